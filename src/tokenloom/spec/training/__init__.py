"""How a model is changed: objective, tuning, optimizer, schedule, batch, loop, checkpoints, guard, compute."""
