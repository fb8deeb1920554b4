"""The training engine: flat batches, one step, one loop."""
