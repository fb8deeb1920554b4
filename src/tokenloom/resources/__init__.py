"""What the machine has, what a run takes of it, and what it will take."""
