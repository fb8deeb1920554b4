"""What the log of a run says about how it learns and what its time goes into."""
