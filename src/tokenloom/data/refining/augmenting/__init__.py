"""Steps that add rows."""
