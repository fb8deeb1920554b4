"""Every setting of the product: one typed tree (pydantic only)."""
