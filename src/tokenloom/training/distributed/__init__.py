"""One run in several processes: who they are, who does what, and how they stay alike."""
