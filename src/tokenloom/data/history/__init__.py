"""What became of a dataset from version to version, and what each is."""
