"""From gradients to changes: optimizers and learning-rate schedules, by the type of their spec."""
