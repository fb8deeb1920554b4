"""The language itself: values, operations, spelling and running. Standard library and ``tokenloom.kit`` only."""
