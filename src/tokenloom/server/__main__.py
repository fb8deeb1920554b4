"""``python -m tokenloom.server --workspace DIR``: the server process."""

from __future__ import annotations

import argparse
import gc
import sys
from pathlib import Path

from tokenloom.kit.loading import loading


def main(arguments: list[str] | None = None) -> int:
    with loading():
        from tokenloom.kit.errors import TokenloomError
        from tokenloom.kit.workspace import Workspace
        from tokenloom.server.serve import DEFAULT_PORT, serve
    gc.freeze()  # nor is it ever looked at again
    parser = argparse.ArgumentParser(
        prog="tokenloom studio", description="Serve the studio of a workspace on this machine."
    )
    parser.add_argument(
        "--workspace", type=Path, default=None, help="workspace folder; else $TOKENLOOM_WORKSPACE, else ~/tokenloom"
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on; loopback only")
    parser.add_argument("--port", default=str(DEFAULT_PORT), help="port, or auto for the next free one")
    parser.add_argument("--root-path", default="", help="prefix under which a proxy offers the server")
    parser.add_argument("--no-browser", action="store_true", help="do not open a browser")
    options = parser.parse_args(arguments)
    try:
        return serve(
            Workspace.open(options.workspace),
            host=options.host,
            port=options.port,
            root_path=options.root_path,
            opens_browser=not options.no_browser,
        )
    except TokenloomError as error:
        sys.stderr.write(f"error: {error}\n")
        return error.exit_code


if __name__ == "__main__":
    sys.exit(main())
