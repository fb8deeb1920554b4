"""Writing models for others, with proof."""
