"""The workshop of parts beside a live server on a workspace of its own: the flow stories drive it. Ends with Ctrl+C; nothing is left."""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]


def main() -> int:
    """Start both; the Storybook proxies ``/api`` to the server and brings its token along. ``--test`` runs the flow stories and ends."""
    is_test = "--test" in sys.argv
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "tokenloom.server", "--workspace", folder, "--port", "auto"]
        server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        try:
            assert server.stdout is not None
            found = re.search(r"(http://[^/\s]+)/?\S*token=(\S+)", server.stdout.readline())
            if found is None:
                print("The server did not say where it is.", file=sys.stderr)
                return 1
            environment = os.environ | {"TOKENLOOM_URL": found[1], "TOKENLOOM_TOKEN": found[2]}
            environment |= {"STORYBOOK_DISABLE_TELEMETRY": "1", "VITE_LIVE": "1"}
            script = ["npm", "run", "--silent", *(["flows"] if is_test else ["storybook"])]
            return subprocess.run(script, cwd=ROOT / "web", env=environment).returncode
        except KeyboardInterrupt:
            return 0
        finally:
            with contextlib.suppress(ProcessLookupError):
                server.terminate()
            server.wait(20)


if __name__ == "__main__":
    sys.exit(main())
