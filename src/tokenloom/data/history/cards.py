"""A dataset card: facts from the manifest and report, and the words that the owner adds. Markdown in the layout of the Hugging Face Hub."""

from __future__ import annotations

import re

import yaml

from tokenloom.data.dataset import Dataset
from tokenloom.kit.atomic import atomic_write
from tokenloom.kit.errors import SpecError
from tokenloom.kit.paths import safe_join
from tokenloom.kit.workspace import Workspace

MAX_WORDS = 100_000
_SHOWN = 12


def read_words(workspace: Workspace, dataset: Dataset) -> str:
    """What the owner wrote about this version, as Markdown; empty where there is nothing."""
    path = safe_join(workspace.cards, f"{dataset.id}.md")
    return path.read_text("utf-8") if path.is_file() else ""


def write_words(workspace: Workspace, dataset: Dataset, words: str) -> None:
    """Keep the owner's text; :class:`SpecError` beyond 100,000 characters."""
    if len(words) > MAX_WORDS:
        raise SpecError(
            f"The text has {len(words)} characters; the limit is {MAX_WORDS}.", hint="Link to a longer document."
        )
    atomic_write(safe_join(workspace.cards, f"{dataset.id}.md"), words.encode("utf-8", "replace"))


def card(workspace: Workspace, dataset: Dataset) -> str:
    """The whole card as Markdown: front matter, the owner's words, facts."""
    front = {"pretty_name": dataset.name, "size_categories": [_size(dataset.count())]}
    if task := _TASKS.get(dataset.shape):
        front["task_categories"] = [task]
    parts = [
        f"---\n{yaml.safe_dump(front, sort_keys=False, allow_unicode=True)}---\n",
        f"# {_plain(dataset.name)}, version {dataset.version}\n",
        read_words(workspace, dataset).strip() or "_Its owner has not described it yet._",
        "\n## What is in it\n",
        _table(["split", "rows"], [[name, f"{count:,}"] for name, count in dataset.splits.items()]),
        f"\nShape: {dataset.shape}. Columns: {', '.join(f'`{_plain(name)}`' for name in dataset.columns)}.",
        "\n## Where it comes from\n",
        _origin(dataset),
        "\n## What was lost on the way\n",
        _table(*_losses(dataset)),
        f"\nIdentity: `{dataset.id}`, the hash of its content and settings.\n",
    ]
    return "\n".join(parts)


_TASKS = {
    "text": "text-generation",
    "prompt": "question-answering",
    "chat": "text-generation",
    "label": "text-classification",
}


def _origin(dataset: Dataset) -> str:
    parents = dataset.meta.get("parents") or []
    if parents:
        told = ", ".join(f"{_plain(each['name'])}@{each['version']} (`{each['id']}`)" for each in parents)
        steps = [str(step.get("kind", step)) for step in dataset.meta.get("steps") or []]
        return f"Made from {told}" + (f" by: {', '.join(steps)}." if steps else ".")
    files = dataset.meta.get("files") or []
    rows = [
        [f"`{_plain(str(each.get('name', '')))}`", str(each.get("rows", "")), str(each.get("sha256", ""))[:16]]
        for each in files[:_SHOWN]
    ]
    more = f"\n\n… and {len(files) - _SHOWN} more files." if len(files) > _SHOWN else ""
    return _table(["file", "rows", "SHA-256"], rows) + more


def _losses(dataset: Dataset) -> tuple[list[str], list[list[str]]]:
    rows: list[list[str]] = []
    for stage in dataset.ledger.as_dict()["stages"]:
        told = [f"{loss['rows']:,} × {_plain(reason)}" for reason, loss in stage["losses"].items()][:_SHOWN]
        rows.append([str(stage["name"]), f"{stage['rows']:,}", "; ".join(told) or "nothing"])
    return ["stage", "rows", "lost"], rows


def _size(rows: int) -> str:
    bounds = [
        (1_000, "n<1K"),
        (10_000, "1K<n<10K"),
        (100_000, "10K<n<100K"),
        (1_000_000, "100K<n<1M"),
        (10_000_000, "1M<n<10M"),
    ]
    return next((name for limit, name in bounds if rows < limit), "n>10M")


def _table(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _plain(text: str) -> str:
    """A name that cannot break out of a table or turn into markup."""
    return re.sub(r"[|`<>\[\]\r\n]", " ", text)
