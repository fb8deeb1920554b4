"""Writing a dataset's rows to a file that other tools read."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import polars as pl

from tokenloom.data.conditions import Question
from tokenloom.data.dataset import Dataset
from tokenloom.kit.atomic import disk_full_as_error
from tokenloom.kit.errors import DataError

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def write_rows(dataset: Dataset, path: Path, *, split: str | None = None) -> int:
    """Rows of a dataset as ``.jsonl``, ``.csv`` or ``.parquet``, by the ending; how many. The file appears whole or not at all.

    In CSV a text that a spreadsheet would run as a formula gets an apostrophe before it. Raises :class:`DataError` for another ending.
    """
    writers = {".jsonl": _write_jsonl, ".csv": _write_csv, ".parquet": _write_parquet}
    if path.suffix not in writers:
        raise DataError(f"“{path.suffix}” is not a format to write.", hint=f"End the name with {', '.join(writers)}.")
    temporary = path.with_name(f".tmp-{path.name}")
    try:
        with disk_full_as_error(path.parent):
            count = writers[path.suffix](dataset, temporary, split)
        temporary.replace(path)
    except FileNotFoundError:
        raise DataError(f"There is no folder {path.parent}.", hint="Make it first, or choose another place.") from None
    finally:
        temporary.unlink(missing_ok=True)
    return count


def _rows(dataset: Dataset, split: str | None) -> Iterator[dict[str, Any]]:
    if split is not None:
        dataset.check_split(split)
    return dataset.answering(Question(split))


def _write_jsonl(dataset: Dataset, path: Path, split: str | None) -> int:
    with path.open("wb") as file:
        file.writelines(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE) for row in _rows(dataset, split))
    return dataset.count(split)


def _write_parquet(dataset: Dataset, path: Path, split: str | None) -> int:
    frame = pl.DataFrame(list(_rows(dataset, split)), infer_schema_length=None)
    frame.write_parquet(path)
    return frame.height


def _write_csv(dataset: Dataset, path: Path, split: str | None) -> int:
    flat = [{key: _cell(value) for key, value in row.items()} for row in _rows(dataset, split)]
    frame = pl.DataFrame(flat, infer_schema_length=None)
    frame.write_csv(path)
    return frame.height


def _cell(value: Any) -> Any:
    if isinstance(value, list | dict):
        value = orjson.dumps(value).decode()
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
