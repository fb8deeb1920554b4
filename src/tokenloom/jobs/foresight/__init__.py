"""What a recipe will need, and whether it can start at all: told before anything runs."""
