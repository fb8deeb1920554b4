"""The table of contents of the command line, and the one place where errors become exit codes."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Annotated

import typer

from tokenloom.cli import checkpoints, data, keeping, models, plans, runs, system, work
from tokenloom.cli.data import tokenizer
from tokenloom.cli.output import Options, show_error

if TYPE_CHECKING:
    from tokenloom.kit.errors import TokenloomError

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
plans.register(app)
system.register(app)
keeping.register(app)


@cache
def commands() -> Callable[[], object]:
    """The tree of all commands, built once: that takes longer than most of them."""
    return typer.main.get_command(app)


def main() -> None:
    """Run the command line. Exit codes: 0 done, 1 failed, 2 bad input, 3 not found, 4 conflict, 130/143 signals."""
    from tokenloom.kit.errors import TokenloomError

    sys.excepthook = _explain_defect
    try:
        commands()()
    except TokenloomError as error:
        show_error(error, as_json=_wants_json())
        sys.exit(error.exit_code)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
    except OSError as error:
        show_error(_of_system(error), as_json=_wants_json())
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)


def _wants_json() -> bool:
    return "--json" in sys.argv


def _of_system(error: OSError) -> TokenloomError:
    """What the operating system refused, in our words."""
    import errno

    from tokenloom.kit.errors import DiskFull, ResourceError

    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return DiskFull("The disk is full.", hint="Free some space and try again: nothing that was saved is lost.")
    where = f" ({error.filename})" if error.filename else ""
    return ResourceError(
        f"The system refused: {error.strerror or error}{where}.", hint="Check the path and its permissions."
    )


def _explain_defect(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """A person never meets a traceback: it goes into a file that a report can bring along."""
    import tempfile
    import traceback

    from tokenloom.kit.errors import TokenloomError

    with tempfile.NamedTemporaryFile("w", prefix="tokenloom-defect-", suffix=".txt", delete=False) as file:
        traceback.print_exception(kind, error, trace, file=file)
    hint = f"This is a defect of ours; {file.name} holds the details."
    show_error(TokenloomError(f"{kind.__name__}: {error}", hint=hint), as_json=_wants_json())


if __name__ == "__main__":
    main()
