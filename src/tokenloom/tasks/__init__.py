"""One readable page per kind of run."""
