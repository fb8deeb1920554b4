"""Columns in blocks: Parquet and Arrow."""
