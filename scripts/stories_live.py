"""The workshop of parts beside a live server on a workspace of its own: the flow stories drive it. Ends with Ctrl+C; nothing is left.

``--test`` runs the flow stories in a browser of their own and ends.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from live_server import live_server

ROOT = Path(__file__).parents[1]


def main() -> int:
    """Start both; the workshop hands ``/api`` on to the server and brings its token along."""
    script = "flows" if "--test" in sys.argv else "storybook"
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder, live_server(Path(folder)) as server:
        environment = os.environ | {"TOKENLOOM_URL": server.url, "TOKENLOOM_TOKEN": server.token}
        environment |= {"STORYBOOK_DISABLE_TELEMETRY": "1", "VITE_LIVE": "1"}
        with contextlib.suppress(KeyboardInterrupt):
            return subprocess.run(["npm", "run", "--silent", script], cwd=ROOT / "web", env=environment).returncode
    return 0


if __name__ == "__main__":
    sys.exit(main())
