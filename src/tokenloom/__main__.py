"""``python -m tokenloom``: the program ``tokenloom``."""

from __future__ import annotations

from tokenloom.cli.main import main

if __name__ == "__main__":
    main()
