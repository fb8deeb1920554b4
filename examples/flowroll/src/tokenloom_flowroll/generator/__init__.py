"""Drawing tasks and language text: instructions in English with programs that are proved by running."""
