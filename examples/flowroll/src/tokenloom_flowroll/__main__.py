"""``python -m tokenloom_flowroll``: write data, audit it, check and run programs."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tokenloom.kit.errors import DataError, NotFound, TokenloomError
from tokenloom_flowroll.audit import audit_folder
from tokenloom_flowroll.data import Amounts, write_dataset
from tokenloom_flowroll.language.interpreter import run
from tokenloom_flowroll.language.parser import parse, parse_value

_AMOUNTS = ("tasks", "documents", "test_per_level", "validation_per_level", "seed")


def main(arguments: list[str] | None = None) -> int:
    """Run one command; its exit code: 0 done, 1 the audit found something, else that of the error."""
    options = _parser().parse_args(arguments)
    try:
        return int(options.command(options))
    except TokenloomError as error:
        print(error, file=sys.stderr)
        return error.exit_code


def _generate(options: argparse.Namespace) -> int:
    amounts = Amounts(**{name: getattr(options, name) for name in _AMOUNTS})
    for part, count in write_dataset(options.out, amounts).items():
        print(f"{part:10} {count:6} rows")
    return 0


def _audit(options: argparse.Namespace) -> int:
    audit = audit_folder(options.folder)
    for part, count in audit.rows.items():
        print(f"{part:10} {count:6} rows {len(audit.edges[part]):4} edges")
    for (part, level, family), count in sorted(audit.cells.items()):
        print(f"{part:10} level {level} {family:10} {count:6}")
    per_operation = audit.train_edges_per_operation()
    print("train edges per operation:", ", ".join(f"{word} {count}" for word, count in per_operation.items()))
    print("\n".join(audit.problems) or "No problem found.")
    return 1 if audit.problems else 0


def _check(options: argparse.Namespace) -> int:
    text = _read(options.file)
    canonical = str(parse(text))
    print(canonical)
    print("canonical" if canonical == text.strip("\n") else "parses; the canonical spelling is above", file=sys.stderr)
    return 0


def _run(options: argparse.Namespace) -> int:
    bindings = {name: parse_value(text) for name in ("x", "y") if (text := getattr(options, name))}
    print(run(_read(options.file), bindings))
    return 0


def _read(path: str) -> str:
    if path == "-":
        return sys.stdin.read()
    try:
        return Path(path).read_text(encoding="utf-8")
    except FileNotFoundError:
        raise NotFound(f"There is no file {path}.", hint="Name a program, or - to read it from the terminal.") from None
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"{path} cannot be read as text: {error}.", hint="Name a file of UTF-8 text.") from None


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="flowroll", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    defaults = Amounts()
    generate = commands.add_parser("generate", help="write a data set as JSONL files")
    generate.add_argument("--out", type=Path, required=True, metavar="DIR")
    for name in _AMOUNTS:
        generate.add_argument(f"--{name.replace('_', '-')}", type=int, default=getattr(defaults, name), metavar="N")
    generate.set_defaults(command=_generate)
    audit = commands.add_parser("audit", help="read a data set again and look for leaks")
    audit.add_argument("folder", type=Path, metavar="DIR")
    audit.set_defaults(command=_audit)
    check = commands.add_parser("check", help="parse a program and print its canonical spelling")
    check.add_argument("file", metavar="FILE")
    check.set_defaults(command=_check)
    execute = commands.add_parser("run", help="run a program on inputs")
    execute.add_argument("file", metavar="FILE")
    for name in ("x", "y"):
        execute.add_argument(f"--{name}", metavar="VALUE", default="", help='such as "roll 1 2 3" or "grid 1 2 / 3 4"')
    execute.set_defaults(command=_run)
    return parser


if __name__ == "__main__":
    sys.exit(main())
