"""The table of contents of the command line: every command and group, each built when it is asked for.

Typer reads the signature of a command to build it. For all of them together that takes longer than most commands do.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup

from tokenloom.cli import checkpoints, data, keeping, models, plans, runs, system, work
from tokenloom.cli.data import tokenizer
from tokenloom.cli.output import Options

SETTINGS: dict[str, Any] = {
    "name": "tokenloom",
    "help": "A training studio for language models that people own: from raw data to a served model.",
    "no_args_is_help": True,
    "pretty_exceptions_enable": False,
    "add_completion": False,
    "rich_markup_mode": None,
    "context_settings": {"help_option_names": ["-h", "--help"], "max_content_width": 110},
}
app = typer.Typer(**SETTINGS)


def _version(wanted: bool) -> None:
    if wanted:
        from tokenloom import __version__

        typer.echo(f"tokenloom {__version__}")
        raise typer.Exit


@app.callback()
def everything(
    context: typer.Context,
    workspace: Annotated[
        Path | None,
        typer.Option("--workspace", "-w", help="Workspace folder; else $TOKENLOOM_WORKSPACE, else ~/tokenloom."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Exactly one JSON document on stdout.")] = False,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    context.obj = Options(workspace, as_json)


app.add_typer(data.app, name="data")
app.add_typer(tokenizer.app, name="tokenizer")
app.add_typer(runs.app, name="runs")
app.add_typer(checkpoints.app, name="checkpoints")
app.add_typer(models.app, name="models")
work.register(app)
plans.register(app)
system.register(app)
keeping.register(app)


@cache
def commands() -> Any:
    """The command line, ready to be called; what is not asked for is not built."""
    root = typer.Typer(**SETTINGS, cls=_Contents)
    root.registered_callback = app.registered_callback
    group: Any = typer.main.get_group(root)
    group.commands = _Offered()
    return group


class _Offered(Mapping[str, Any]):
    """The commands and groups of :data:`app` by name, in the order in which the help lists them."""

    def __init__(self) -> None:
        named: list[tuple[Any, Any]] = [(each.name, each) for each in app.registered_commands]
        name_of = typer.main.get_command_name
        self._infos = {name or name_of(each.callback.__name__): each for name, each in named}
        self._infos |= {str(each.name): each for each in app.registered_groups}
        self._built: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        if name not in self._built:
            info, alone = self._infos[name], typer.Typer(**SETTINGS)
            shelf: list[Any] = alone.registered_commands if info.callback else alone.registered_groups
            shelf.append(info)
            self._built[name] = typer.main.get_group(alone).commands[name]
        return self._built[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._infos)

    def __len__(self) -> int:
        return len(self._infos)

    def words(self, name: str, limit: int) -> str:
        """What the help says of it in one line of at most ``limit`` characters."""
        info = self._infos[name]
        help = inspect.getdoc(info.callback) if info.callback else info.typer_instance.info.help
        return TyperCommand(name, help=help).get_short_help_str(limit)


class _Contents(TyperGroup):
    """The help is written without building what it lists."""

    def list_commands(self, context: Any) -> list[str]:
        return list(self.commands)

    def format_commands(self, context: Any, formatter: Any) -> None:
        offered: Any = self.commands
        limit = formatter.width - 6 - max(map(len, offered))
        with formatter.section("Commands"):
            formatter.write_dl([(name, offered.words(name, limit)) for name in offered])
