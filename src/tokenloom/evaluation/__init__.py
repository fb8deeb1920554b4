"""Measuring models: what they find likely, and what they answer."""
