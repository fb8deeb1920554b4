"""The data set on disk: language text for pretraining, four files of tasks, and how much of each."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal, TypeAlias

from tokenloom.kit.atomic import MANIFEST, atomic_dir_commit
from tokenloom.kit.errors import Conflict
from tokenloom_flowroll.generator.documents import draw_language_documents
from tokenloom_flowroll.generator.split import SALT
from tokenloom_flowroll.generator.task import Task
from tokenloom_flowroll.generator.tasks import draw_tasks, even_quotas, seen_structure_tasks

Part: TypeAlias = Literal["pretrain", "train", "validation", "test", "seen"]
PARTS: tuple[Part, ...] = ("pretrain", "train", "validation", "test", "seen")
"""``seen`` has the structure of training with other values: its distance to ``test`` is the price of composition."""


@dataclass(frozen=True, slots=True)
class Amounts:
    """How much to draw. The defaults are those of the recipe that reached the goal."""

    tasks: int = 24_000
    documents: int = 30_000
    test_per_level: int = 200
    """Tasks of each level in ``test`` and in ``seen``, shared evenly among the families."""
    validation_per_level: int = 100
    seed: int = 0


def rows_of(part: Part, amounts: Amounts) -> Iterator[dict[str, Any]]:
    """The rows of one part: ``{"text"}`` for pretrain, else prompt, completion, ``split`` and what judging needs."""
    if part == "pretrain":
        return ({"text": text} for text in draw_language_documents(amounts.documents, amounts.seed))
    return (task.as_row() | {"split": part} for task in tasks_of(part, amounts))


def all_task_rows(amounts: Amounts) -> Iterator[dict[str, Any]]:
    """The rows of train, validation and test in turn; their column ``split`` tells them apart."""
    return (row for part in ("train", "validation", "test") for row in rows_of(part, amounts))


def tasks_of(part: Part, amounts: Amounts) -> list[Task]:
    """The tasks of one part; ``seen`` leaves out every instruction of train."""
    seed = amounts.seed
    if part == "validation":
        return draw_tasks("validation", 0, seed, quotas=even_quotas(amounts.validation_per_level))
    if part == "test":
        return draw_tasks("test", 0, seed, quotas=even_quotas(amounts.test_per_level))
    train = draw_tasks("train", amounts.tasks, seed)
    if part == "train":
        return train
    asked = {task.instruction for task in train}
    return seen_structure_tasks(even_quotas(amounts.test_per_level), seed, exclude=asked)


def write_dataset(folder: Path, amounts: Amounts) -> dict[str, int]:
    """Write one JSONL file per part into ``folder``, all or nothing; the number of rows of each.

    :class:`Conflict` where ``folder`` holds something that is not a data set written here.
    """
    if folder.exists() and not (folder / MANIFEST).is_file() and (not folder.is_dir() or any(folder.iterdir())):
        raise Conflict(f"{folder} is there and is not a FLOWROLL data set.", hint="Name a new folder with --out.")
    counts: dict[str, int] = {}
    meta: dict[str, Any] = {"salt": SALT, "amounts": asdict(amounts), "rows": counts}
    with atomic_dir_commit(folder, meta=meta) as temporary:
        for part in PARTS:
            counts[part] = _write_lines(temporary / f"{part}.jsonl", rows_of(part, amounts))
    return counts


def read_rows(path: Path) -> Iterator[dict[str, Any]]:
    """The rows of a JSONL file, one at a time."""
    with path.open(encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)


def _write_lines(path: Path, rows: Iterable[dict[str, Any]]) -> int:
    count = 0
    with path.open("w", encoding="utf-8") as file:
        for row in rows:
            file.write(json.dumps(row, ensure_ascii=False) + "\n")
            count += 1
    return count
