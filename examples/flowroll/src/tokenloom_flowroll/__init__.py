"""FLOWROLL, the workshop language: interpreter, task generator, judge, and the doors by which Tokenloom finds them."""
