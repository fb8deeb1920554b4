"""Columns, sealed chunks, buckets and the answers made of them. Import the module that you need."""
