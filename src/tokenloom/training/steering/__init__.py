"""What people and numbers ask of a running loop: commands, changeable settings, the guard."""
