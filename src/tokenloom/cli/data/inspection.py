"""``tokenloom data validate`` and ``doctor``: what is wrong with a dataset, and whether one may train on it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from tokenloom.cli.foreground import start
from tokenloom.cli.output import emit, workspace

if TYPE_CHECKING:
    from tokenloom.data.dataset import Dataset

Name = Annotated[str, typer.Argument(metavar="NAME", help="Dataset by name, name@version or id.")]
Chosen = Annotated[str, typer.Option("--tokenizer", help="Count rows that are too long under this tokenizer.")]
Context = Annotated[int, typer.Option("--context", help="Longest sequence in tokens that the model will read.", min=8)]
Near = Annotated[bool, typer.Option("--near", help="Search near-duplicates, too: minutes for a million rows.")]
_WIDTH = 120
_SIGNS = {"error": "✗", "warning": "!", "note": "·"}


def validate(
    context: typer.Context, name: Name, tokenizer: Chosen = "", length: Context = 1024, near: Near = False
) -> None:
    """What is wrong with a dataset: bad rows, duplicates, broken letters, leakage, contradictions; with counts, rows and fixes."""
    dataset, report = _inspected(context, name, tokenizer, length, near)
    imported = dataset.report()
    lines = [
        _imported_lines(imported),
        *(_finding_lines(finding) for finding in report["findings"]),
        _verdict_line(report["verdict"]),
    ]
    emit(context, {**imported, "validation": report}, text="\n".join(lines))


def doctor(
    context: typer.Context, name: Name, tokenizer: Chosen = "", length: Context = 1024, near: Near = False
) -> None:
    """Whether one may train on a dataset, and why not; ends with code 1 where it is not ready."""
    _, report = _inspected(context, name, tokenizer, length, near)
    verdict = report["verdict"]
    reasons = [
        f"  {_SIGNS[each['severity']]} {each['title']}: {each['count']:,}\n      {each['advice']}"
        for each in verdict["reasons"]
    ]
    emit(context, verdict, text="\n".join([_verdict_line(verdict), *reasons]))
    if verdict["verdict"] == "not_ready":
        raise typer.Exit(1)


def _inspected(
    context: typer.Context, name: str, tokenizer: str, length: int, near: bool
) -> tuple[Dataset, dict[str, Any]]:
    """The report: from the cache, at once for small data, else by a run that shows how far it is."""
    from tokenloom.data.dataset import DatasetStore
    from tokenloom.data.inspecting import Looked, inspect_dataset, is_quick, known_report
    from tokenloom.data.tokenizer.store import TokenizerStore

    space = workspace(context)
    dataset = DatasetStore(space).get(name)
    chosen = TokenizerStore(space).get(tokenizer).load() if tokenizer else None
    looked = Looked(chosen, length, near=near)
    if known_report(space, dataset, looked) is None and not is_quick(dataset, looked):
        spec = {
            "task": "inspect",
            "dataset": dataset.id,
            "tokenizer": tokenizer or None,
            "context": length,
            "near": near,
        }
        start(context, spec)
    return dataset, inspect_dataset(space, dataset, looked)


def _finding_lines(finding: dict[str, Any]) -> str:
    rows = ", ".join(map(str, finding["rows"][:10])) + (" …" if len(finding["rows"]) > 10 else "")
    lines = [f"{_SIGNS[finding['severity']]} {finding['title']}: {finding['count']:,} ({finding['share']:.2%})"]
    lines += [f"    rows {rows}"] if rows else []
    lines += [f"    e.g. {_one_line(each['text'])}" for each in finding["examples"][:2]]
    lines.append(f"    why: {finding['why']}")
    steps = " ".join(f"--step {_step(step)}" for step in finding["fix"])
    lines.append(f"    fix: {finding['advice']}" + (f" [{steps}]" if steps else ""))
    return "\n".join(lines)


def _step(step: dict[str, Any]) -> str:
    """A step as the command line writes it, where its settings are plain words."""
    plain = {key: value for key, value in step.items() if key != "kind" and isinstance(value, str | float | int)}
    return str(step["kind"]) + (":" + ",".join(f"{key}={value}" for key, value in plain.items()) if plain else "")


def _one_line(text: str) -> str:
    shown = "".join(
        each if each.isprintable() else each.encode("unicode_escape").decode() for each in " ".join(text.split())
    )
    return shown if len(shown) <= _WIDTH else f"{shown[:_WIDTH]}…"


def _verdict_line(verdict: dict[str, Any]) -> str:
    return f"verdict: {verdict['words']}"


def _imported_lines(report: dict[str, Any]) -> str:
    rows = report["rows"]
    lines = [
        f"{rows['raw']} rows: {rows['good']} good, {rows['bad']} in quarantine; {report['duplicates']['rows']} repeat another"
    ]
    fixes = report.get("fixes", {})
    lines += [f"  {count} × {reason}. {fixes.get(reason, '')}" for reason, count in report["reasons"].items()]
    lines += [
        f"  {bad['file']} {bad.get('place') or 'line ' + str(bad['line'])}: {bad['reason']}\n    {bad['raw'][:160]}"
        for bad in report["first_bad"]
    ]
    lines += [f"  note: {note}" for note in report["notes"]]
    return "\n".join(lines)
