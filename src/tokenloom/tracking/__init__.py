"""The run log, everything that reads it, and the catalog that indexes it.

Import the module that you need: this file loads nothing, so that ``tokenloom.tracking.client`` opens a run in
milliseconds, without numpy or the database.
"""
