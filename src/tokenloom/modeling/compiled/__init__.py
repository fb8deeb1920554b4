"""The step's pointwise parts, compiled in a process beside the training and taken when they are ready."""
