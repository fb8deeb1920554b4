"""What the numbers of a run say while it trains."""
