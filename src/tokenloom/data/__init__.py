"""From strangers' files to memory-mapped tokens, every row traceable. Never imports torch."""
