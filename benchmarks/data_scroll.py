"""How many frames a second the table of a million rows is painted with while it is scrolled, in a real browser.

``python benchmarks/data_scroll.py [--rows N] [--seconds S]`` prints one JSON document. The promise: 55 frames a second. *Idle* counts the same
page without scrolling, which is what this machine's browser can do at the moment. Needs Node, Chromium and the studio's packages
(``python scripts/studio.py``).
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from _machine import machine

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests" / "data"))
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "scripts"))

from big import big_dataset
from live_server import live_server

from tokenloom.kit.workspace import Workspace

PROMISE_FRAMES = 55.0
BROWSER = Path(__file__).with_name("_data_scroll.mjs")


def main() -> int:
    """Serve the rows, let a browser scroll them; exits 1 where a way of scrolling is painted with fewer frames than promised."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--seconds", type=float, default=8.0)
    arguments = parser.parse_args()
    document: dict[str, Any] = {"machine": machine(), "rows": arguments.rows, "load": os.getloadavg()}
    with tempfile.TemporaryDirectory() as place:
        workspace = Workspace.open(Path(place) / "workspace")
        big_dataset(workspace, arguments.rows)
        with live_server(workspace.root) as server:
            asked = {"entrance": server.entrance, "dataset": "big@1", "seconds": arguments.seconds}
            command = ["node", str(BROWSER), json.dumps(asked)]
            told = subprocess.run(command, check=True, capture_output=True, text=True, timeout=300).stdout
    document["scrolled"] = json.loads(told)
    document["load_after"] = os.getloadavg()
    ways = [document["scrolled"][name]["frames_per_second"] for name in ("slow", "fast", "flung")]
    held = min(ways) >= PROMISE_FRAMES
    document["promises"] = {
        "frames_per_second": {"measured": round(min(ways), 1), "promise": PROMISE_FRAMES, "held": held}
    }
    print(json.dumps(document, indent=1))
    return 0 if held else 1


if __name__ == "__main__":
    raise SystemExit(main())
