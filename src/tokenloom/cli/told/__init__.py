"""Long answers as lines for a terminal."""
