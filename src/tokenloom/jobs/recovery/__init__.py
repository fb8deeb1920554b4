"""Going on from what was saved: forks and drills."""
