"""Routes of the data room."""
