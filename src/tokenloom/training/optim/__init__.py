"""From gradients to changes: optimizers by the type of their spec, rules for groups of parameters, averages of the weights."""
