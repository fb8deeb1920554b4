"""What objectives need of a workspace."""
