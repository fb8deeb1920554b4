"""From a source to an immutable dataset version."""

from tokenloom.data.importing.importing import import_dataset

__all__ = ["import_dataset"]
