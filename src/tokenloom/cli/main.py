"""The table of contents of the command line, and the one place where errors become exit codes."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from tokenloom.cli import checkpoints, data, models, runs, system, tokenizer, work
from tokenloom.cli.output import Options, show_error

app = typer.Typer(
    name="tokenloom",
    help="A training studio for language models that people own: from raw data to a served model.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
)


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
system.register(app)


def main() -> None:
    """Run the command line. Exit codes: 0 done, 1 failed, 2 bad input, 3 not found, 4 conflict, 130/143 signals."""
    from tokenloom.kit.errors import TokenloomError

    try:
        app()
    except TokenloomError as error:
        show_error(error, as_json="--json" in sys.argv)
        sys.exit(error.exit_code)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
