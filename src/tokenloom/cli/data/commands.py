"""``tokenloom data …``: datasets in and out."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from tokenloom.cli.data.sources import separated, source_of
from tokenloom.cli.data.splits import SPLIT_HELP, split_of
from tokenloom.cli.foreground import start
from tokenloom.cli.output import ForGood, emit, emit_deleted, emit_table, options, say, workspace

app = typer.Typer(help="Datasets: import, look, check, export, delete.", no_args_is_help=True)
Name = Annotated[str, typer.Argument(metavar="NAME", help="Dataset by name, name@version or id.")]
Split = Annotated[str | None, typer.Option(help="Only this split.")]


@app.command("import")
def import_(
    context: typer.Context,
    sources: Annotated[
        list[str],
        typer.Argument(
            metavar="SOURCE... [KEY=VALUE]...",
            help="Files or folders, https://…, s3://…, gs://…, hf:org/name[@revision], dataset:NAME, or kind=NAME of a generator; "
            "further settings such as format.sheet=Data.",
        ),
    ],
    name: Annotated[str, typer.Option("--name", help="Name of the dataset; again = a new version.")],
    format: Annotated[
        str, typer.Option(help="auto, csv, jsonl, parquet, arrow, spreadsheet, markdown or text.")
    ] = "auto",
    unit: Annotated[
        str, typer.Option(help="For text: line, paragraph, document or pattern; for markdown: document or section.")
    ] = "",
    pattern: Annotated[str, typer.Option(help="Which files of a folder, as a glob such as **/*.py.")] = "",
    map: Annotated[
        list[str] | None, typer.Option("--map", help="field=column, for example prompt=Question; repeatable.")
    ] = None,
    type: Annotated[
        list[str] | None,
        typer.Option(
            "--type",
            help="column=type, for example price=number; repeatable. Types: text, integer, number, decimal_comma, boolean, date, "
            "day_first_date, month_first_date. Others are found by themselves; columns.find=false leaves all as text.",
        ),
    ] = None,
    split: Annotated[str, typer.Option(help=SPLIT_HELP)] = "",
    seed: Annotated[int, typer.Option(help="Another seed draws another split.")] = 0,
) -> None:
    """Read a source into a new dataset version. Bad rows are counted, located and kept in quarantine."""
    from tokenloom.kit.errors import SpecError
    from tokenloom.spec.override import apply_overrides

    given, overrides = separated(sources)
    if not given:
        raise SpecError("There is no source.", hint="Name a file, a folder or an address to import.")
    data: dict[str, Any] = {"task": "import", "dataset": name, "source": source_of(given, pattern)}
    data["format"] = {"kind": _kind(format, unit)} | ({"unit": unit} if unit else {})
    if map:
        data["mapping"] = _mapping(map)
    if type:
        data["columns"] = {"types": _types(type)}
    data["split"] = split_of(split, seed)
    result = start(context, apply_overrides(data, overrides))
    emit(context, result, text=_summary(result))


@app.command("list")
def list_(context: typer.Context) -> None:
    """All datasets, newest version first."""
    from tokenloom.data.dataset import DatasetStore

    rows = [_meta(dataset) for dataset in DatasetStore(workspace(context)).list()]
    columns = ["name", "version", "shape", "rows", "splits", "quarantined", "id"]
    emit_table(context, rows, columns, empty="There is no dataset yet: tokenloom data import FILE --name NAME")


@app.command()
def show(context: typer.Context, name: Name) -> None:
    """What a dataset is made of: source, mapping, splits, counts and ledger."""
    from tokenloom.data.dataset import DatasetStore

    dataset = DatasetStore(workspace(context)).get(name)
    columns = {"columns": list(dataset.columns)}
    emit(context, {**dataset.meta, **columns}, text=f"{_plain(dataset)}\n{dataset.ledger.table()}")


@app.command()
def rows(
    context: typer.Context,
    name: Name,
    split: Split = None,
    limit: Annotated[int, typer.Option(help="Most rows.")] = 10,
    offset: Annotated[int, typer.Option(help="Rows to skip.")] = 0,
    search: Annotated[str, typer.Option(help="Only rows that contain this text.")] = "",
    filter: Annotated[
        list[str] | None,
        typer.Option(help="column=value, column!=value, column~text, column!~text, column>=3, column<=9; repeatable."),
    ] = None,
    sort: Annotated[str, typer.Option(help="Sort by this column; empty values come last.")] = "",
    descending: Annotated[bool, typer.Option("--descending", help="Largest first.")] = False,
) -> None:
    """Rows as they were imported, searched, filtered and sorted."""
    from tokenloom.data.dataset import DatasetStore
    from tokenloom.data.exploring import Explorer, Question, parse_filters

    space = workspace(context)
    question = Question(split, search, parse_filters(filter or []), sort or None, descending)
    explorer = Explorer(space, copies=False)
    found = explorer.page(DatasetStore(space).get(name), question, offset=offset, limit=limit, seconds=None).rows
    if options(context).as_json:
        emit(context, found)
        return
    for row in found:
        typer.echo(f"── row {row['_row']} ({row['_split']})")
        for column, value in row.items():
            if not column.startswith("_"):
                typer.echo(f"{column}: {value}")


@app.command()
def export(
    context: typer.Context,
    name: Name,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where to write: .jsonl, .csv or .parquet.")],
    split: Split = None,
) -> None:
    """Write a dataset's rows to a file."""
    from tokenloom.data.dataset import DatasetStore
    from tokenloom.data.writing import write_rows

    count = write_rows(DatasetStore(workspace(context)).get(name), file, split=split)
    emit(context, {"file": str(file), "rows": count}, text=f"{file}: {count} rows")


@app.command()
def delete(context: typer.Context, name: Name, for_good: ForGood = False) -> None:
    """Put one version of a dataset into the bin."""
    from tokenloom.data.dataset import DatasetStore
    from tokenloom.jobs.deletion import delete_version

    space = workspace(context)
    emit_deleted(context, delete_version(space, DatasetStore(space).get(name), for_good=for_good))


def _kind(format: str, unit: str) -> str:
    """A unit alone says which kind of text it is."""
    return ("markdown" if unit == "section" else "text") if unit and format == "auto" else format


def _types(pairs: list[str]) -> dict[str, str]:
    """The last sign of equality divides, since a column's name may hold one."""
    from tokenloom.kit.errors import SpecError

    types = {}
    for pair in pairs:
        column, equals, name = pair.rpartition("=")
        if not equals or not column:
            raise SpecError(f"“{pair}” is not COLUMN=TYPE.", hint="For example: --type price=number.")
        types[column] = name
    return types


def _mapping(pairs: list[str]) -> dict[str, Any]:
    """``prompt=Question`` … with the kind that has those fields."""
    from tokenloom.kit.errors import SpecError

    fields = dict(pair.split("=", 1) for pair in pairs if "=" in pair)
    if len(fields) < len(pairs):
        raise SpecError("--map needs field=column.", hint="For example --map prompt=Question --map completion=Answer.")
    kinds = {
        "messages": "chat",
        "chosen": "preference",
        "rejected": "preference",
        "verdict": "feedback",
        "label": "label",
    }
    kind = next((kinds[name] for name in fields if name in kinds), "text" if set(fields) == {"text"} else "prompt")
    return {"kind": kind, **fields}


def _meta(dataset: Any) -> dict[str, Any]:
    report = dataset.report()
    quarantined = report["rows"]["bad"]
    return {**dataset.meta, "rows": dataset.count(), "splits": dataset.splits, "quarantined": quarantined}


def _plain(dataset: Any) -> str:
    splits = ", ".join(f"{split} {count}" for split, count in dataset.splits.items())
    return f"{dataset.name}@{dataset.version} ({dataset.id}): {dataset.shape}, {dataset.count()} rows ({splits})"


def _summary(result: dict[str, Any]) -> str:
    from tokenloom.data.ledger import Ledger

    if "ledger" in result:
        say(Ledger.from_dict(result["ledger"]).table())
    splits = ", ".join(f"{split} {count}" for split, count in result.get("splits", {}).items())
    return f"{result['name']}@{result['version']} ({result['id']}): {result['shape']}, {splits}"
