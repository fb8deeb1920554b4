"""``python -m tokenloom``: the program ``tokenloom``."""

from __future__ import annotations

import sys

from tokenloom.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
