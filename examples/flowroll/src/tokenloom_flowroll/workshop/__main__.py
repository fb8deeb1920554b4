"""``python -m tokenloom_flowroll.workshop``: the main job. ``QUALITY=1`` draws more and trains longer."""

from __future__ import annotations

import argparse
import os
import re
import sys
import time
from pathlib import Path

from rich.console import Console

from tokenloom.kit.errors import TokenloomError
from tokenloom.kit.workspace import Workspace
from tokenloom_flowroll.workshop.conduct import conduct
from tokenloom_flowroll.workshop.plan import QUALITY, QUICK, plan
from tokenloom_flowroll.workshop.report import FOOTNOTE, before_and_after, headline, show_programs


def main() -> int:
    """Run, report, say what comes next; the exit status."""
    options = _options()
    console = Console(record=options.picture is not None, width=96 if options.picture else None)
    started = time.monotonic()
    size = QUALITY if os.environ.get("QUALITY") == "1" else QUICK
    try:
        workspace = Workspace.open()
        console.print(f"The workspace is [bold]{workspace.root}[/bold]. Ctrl+C is safe: the same command goes on.")
        results = conduct(workspace, plan(size, seed=int(os.environ.get("SEED", "0"))), console)
    except TokenloomError as error:
        console.print(f"[red]{error.message}[/red]\n  → {error.hint}", highlight=False)
        return error.exit_code
    console.print()
    console.print(before_and_after(results))
    console.print(FOOTNOTE, style="dim")
    show_programs(workspace, results, console)
    proof = results["export"]["proof"]
    console.print(
        f"\nExported to {results['export']['folder']}: opens in plain transformers, largest logit difference "
        f"{proof['max_logit_difference']:.1g}, {proof['same_greedy_text']} of {proof['prompts']} greedy texts equal.",
        highlight=False,
    )
    console.print(f"[bold green]{headline(results)}[/bold green]   ({time.monotonic() - started:.0f} s)")
    console.print("Open the studio: [bold]make studio[/bold]")
    if options.picture is not None:
        picture = console.export_svg(title="make run")
        options.picture.write_text(
            re.sub(r"@font-face \{.*?\}\n", "", picture, flags=re.S)
        )  # no font from a foreign host
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tokenloom_flowroll.workshop", description=__doc__)
    parser.add_argument("--picture", type=Path, help="also write the screen as an SVG picture")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
