"""How a worker comes into the world: forked from a loaded server where there is one, else a process of its own."""
