"""Pictures of every page for the docs, from a real training: both themes, on a desk and on a phone.

Trains on the example questions in a workspace of its own, serves it, and lets a real browser go through all pages, or through those that are named:
``python scripts/pictures.py cleaning health``.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from fixtures import whole_way
from live_server import live_server

from tokenloom.jobs.control import submit
from tokenloom.jobs.runs import last_state
from tokenloom.jobs.watch import wait_for
from tokenloom.kit.workspace import Workspace
from tokenloom.spec.override import parse_run_spec

ROOT = Path(__file__).parents[1]
TARGET = ROOT / "docs" / "pictures" / "studio"


def main() -> int:
    """Train, serve, photograph; writes PNG files and the page that shows them."""
    chosen = set(sys.argv[1:])
    with tempfile.TemporaryDirectory() as folder:
        workspace = Workspace.open(Path(folder) / "faq")
        runs = whole_way(workspace)
        cared_for(workspace)
        subprocess.run([sys.executable, "scripts/studio.py"], cwd=ROOT, check=True)
        TARGET.mkdir(parents=True, exist_ok=True)
        with live_server(workspace.root) as server:
            walk = {name: href for name, href in pages(runs).items() if not chosen or name in chosen}
            if chosen - walk.keys():
                raise SystemExit(f"There is no page {', '.join(sorted(chosen - walk.keys()))}.")
            asked = json.dumps({"entrance": server.entrance, "target": str(TARGET), "pages": walk})
            subprocess.run(["node", "scripts/pictures.mjs", asked], cwd=ROOT / "web", check=True, timeout=900)
    (TARGET / "README.md").write_text(gallery(), encoding="utf-8")
    return 0


def cared_for(workspace: Workspace) -> None:
    """The dataset is looked through and cleaned, so that its pages have something to show."""
    clean = [{"kind": "whitespace"}, {"kind": "near_duplicates"}, {"kind": "length", "min_characters": 20}]
    for spec in (
        {"task": "inspect", "dataset": "faq@1", "tokenizer": "faq", "context": 256},
        {"task": "refine", "dataset": "faq@1", "steps": clean},
    ):
        run = submit(workspace, parse_run_spec(spec))
        wait_for(workspace, run)
        if last_state(workspace.run(run))["state"] != "completed":
            raise SystemExit(f"{spec['task']} ended as {last_state(workspace.run(run))}")


def pages(runs: dict[str, str]) -> dict[str, str]:
    """Name of the picture → address."""
    base, slower, tuned = runs["base"], runs["base, slower"], runs["answers"]
    return {
        "home": "/",
        "data": "/data",
        "dataset": "/data/faq@1",
        "health": "/data/faq@1?tab=health",
        "rows": "/data/faq@1?tab=rows",
        "statistics": "/data/faq@1?tab=statistics",
        "cleaning": "/data/faq@1?tab=clean",
        "splitting": "/data/faq@1?tab=split",
        "versions": "/data/faq@2?tab=versions",
        "tokenizers": "/data?tab=tokenizers",
        "disk": "/data?tab=storage",
        "recipes": "/recipes",
        "recipe": "/recipes/edit?preset=cpu/minute-pretrain",
        "runs": "/runs",
        "run": f"/runs/{base}",
        "compare": f"/compare?runs={base},{slower}",
        "evaluate": "/evaluate",
        "evaluation": f"/evaluate/{runs['after']}?other={runs['before']}",
        "generate": f"/generate?model={tuned}",
        "exports": "/export",
        "export": f"/export/{runs['faq model']}",
        "compute": "/compute",
        "help": "/help",
        "import": "/data?import=open",
        "mapper": "/data?import=open",
    }


def gallery() -> str:
    """A page of all pictures, by page."""
    names = sorted({path.name.split("-")[0] for path in TARGET.glob("*.png")})
    lines = [
        "# Pictures of the studio",
        "",
        "Taken by `make pictures` from a real training on the example questions.",
        "",
    ]
    for name in names:
        lines += [f"## {name.capitalize()}", ""]
        lines += [f"![{path.stem}]({path.name})" for path in sorted(TARGET.glob(f"{name}-*.png"))] + [""]
    return "\n".join(lines).rstrip() + "\n"


if __name__ == "__main__":
    sys.exit(main())
