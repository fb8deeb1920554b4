"""The main job of the workshop."""
