"""One file per family of tasks; each draws one draft for a level, or ``None`` where the dice did not fit."""
