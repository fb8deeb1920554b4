"""What a model is made of, told by its own modules without a single weight in memory."""
