"""Refining a dataset as a run."""
