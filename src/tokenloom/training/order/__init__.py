"""Which rows come when."""
