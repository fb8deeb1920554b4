"""What a workspace holds, where it came from, and the room it takes."""
