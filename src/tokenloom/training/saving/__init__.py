"""What of a run is kept on disk, and when."""
