"""What a run tells of itself before its first step."""
