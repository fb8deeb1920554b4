"""The program ``tokenloom``: the first moments of a command, and the one place where errors become exit codes."""

from __future__ import annotations

import sys
from types import TracebackType
from typing import TYPE_CHECKING

from tokenloom.cli.ahead import load_ahead, wants_models
from tokenloom.kit.loading import loading

if TYPE_CHECKING:
    from tokenloom.kit.errors import TokenloomError


def main() -> None:
    """Run the command line. Exit codes: 0 done, 1 failed, 2 bad input, 3 not found, 4 conflict, 130/143 signals."""
    sys.excepthook = _explain_defect
    if wants_models(sys.argv[1:]):
        load_ahead()
    with loading():
        from tokenloom.cli.contents import commands
        from tokenloom.cli.output import show_error
        from tokenloom.kit.errors import TokenloomError
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

    from tokenloom.cli.output import show_error
    from tokenloom.kit.errors import TokenloomError

    with tempfile.NamedTemporaryFile("w", prefix="tokenloom-defect-", suffix=".txt", delete=False) as file:
        traceback.print_exception(kind, error, trace, file=file)
    hint = f"This is a defect of ours; {file.name} holds the details."
    show_error(TokenloomError(f"{kind.__name__}: {error}", hint=hint), as_json=_wants_json())


if __name__ == "__main__":
    main()
