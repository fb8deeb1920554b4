"""Models for the steps of refining."""
