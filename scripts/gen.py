"""Everything that is derived from the code: schema, OpenAPI, settings, command and route reference.

``--check`` writes nothing and fails if a file on disk differs.
"""

from __future__ import annotations

import json
import os
import re
import sys
import tempfile
from pathlib import Path

import typer

ROOT = Path(__file__).parents[1]
REFERENCE = ROOT / "docs" / "reference"
NOTICE = "<!-- Made by `make gen`; edit the source, not this file. -->\n\n"


def main() -> int:
    """Write, or compare, every generated file; 1 if one differs under ``--check``."""
    files = {
        REFERENCE / "recipe.schema.json": recipe_schema(),
        REFERENCE / "settings.md": settings_page(),
        REFERENCE / "commands.md": commands_page(),
        REFERENCE / "events.md": events_page(),
        REFERENCE / "routes.md": routes_page(),
        ROOT / "web" / "openapi.json": openapi(),
    }
    stale = [path for path, text in files.items() if not path.is_file() or path.read_text(encoding="utf-8") != text]
    if "--check" in sys.argv:
        for path in stale:
            print(f"{path.relative_to(ROOT)} is not what the code says: run `make gen`", file=sys.stderr)
        return 1 if stale else 0
    for path in stale:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(files[path], encoding="utf-8")
        print(path.relative_to(ROOT))
    return 0


def recipe_schema() -> str:
    from tokenloom.spec.recipe import RUN_SPEC

    return json.dumps(RUN_SPEC.json_schema(), indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def settings_page() -> str:
    """One table per task, from the tree of settings."""
    from tokenloom.spec.override import leaves
    from tokenloom.spec.recipe import TASKS

    parts = ["# Settings\n", NOTICE, "Dotted names are the same in YAML, on the command line and in the form.\n"]
    for task, model in TASKS.items():
        parts.append(
            f"\n## task: {task}\n\n{model.__doc__}\n\n| setting | default | unit | what it does |\n|---|---|---|---|\n"
        )
        for row in leaves(model):
            text = str(row["help"]).replace("|", "\\|").replace("\n", " ")
            default = (
                json.dumps(row["default"], ensure_ascii=False, default=str)
                if row["default"] != "required"
                else "required"
            )
            parts.append(f"| `{row['name']}` | {_code(default)} | {row['unit']} | {text} |\n")
    return "".join(parts)


def commands_page() -> str:
    """Every command with its help, as the terminal shows it."""
    from tokenloom.cli.contents import commands

    os.environ["COLUMNS"] = "100"
    parts = ["# Commands\n", NOTICE]
    for path, command in _commands(commands(), ["tokenloom"]):
        context = typer.Context(command, info_name=" ".join(path), **command.context_settings)
        text = re.sub(r"[ \t]+$", "", command.get_help(context), flags=re.M)
        parts.append(f"\n## {' '.join(path)}\n\n```text\n{text.strip()}\n```\n")
    return "".join(parts)


def events_page() -> str:
    """The union of events that a run writes."""
    import typing

    from tokenloom.spec import event

    parts = ["# Events\n", NOTICE, "What a run reports beside its metrics, told apart by `type`.\n"]
    for model in typing.get_args(typing.get_args(event.Event)[0]):
        fields = ", ".join(f"`{name}`" for name in model.model_fields if name not in ("type", "time", "step"))
        parts.append(
            f"\n## {model.model_fields['type'].default}\n\n{model.__doc__.strip()}\n\nFields: {fields or 'none'}.\n"
        )
    return "".join(parts)


def routes_page() -> str:
    """Every route with its summary."""
    document = json.loads(openapi())
    parts = [
        "# Routes\n",
        NOTICE,
        "Errors are problem+json with `code`, `detail`, `hint`.\n\n| route | does |\n|---|---|\n",
    ]
    for path, operations in sorted(document["paths"].items()):
        for method, operation in operations.items():
            summary = operation.get("summary") or operation.get("description", "").split("\n")[0]
            parts.append(f"| `{method.upper()} {path}` | {summary} |\n")
    return "".join(parts)


def openapi() -> str:
    from tokenloom.kit.workspace import Workspace
    from tokenloom.server.app import create_app

    with tempfile.TemporaryDirectory() as folder:
        app = create_app(Workspace.open(folder), token="generated")
        return json.dumps(app.openapi(), indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def _commands(command: object, path: list[str]) -> list[tuple[list[str], object]]:
    found = [(path, command)]
    for name, inner in sorted(getattr(command, "commands", {}).items()):
        found += _commands(inner, [*path, name])
    return found


def _code(text: str) -> str:
    return f"`{text}`" if len(text) < 60 else "see schema"


if __name__ == "__main__":
    sys.exit(main())
