"""Learning a tokenizer from text and publishing it as a folder that ``transformers.AutoTokenizer`` opens."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from tokenizers import Tokenizer as Backend

from tokenloom.data.dataset import Dataset, DatasetStore
from tokenloom.data.progress import Cancelled, Progress, report, stop_if
from tokenloom.data.tokenizer.learning import learn
from tokenloom.data.tokenizer.load import LAYOUT
from tokenloom.data.tokenizer.store import TokenizerRef
from tokenloom.data.versions import VersionedFolders, now, remove_stale, valid_name
from tokenloom.kit.atomic import atomic_dir_commit
from tokenloom.kit.errors import DataError
from tokenloom.kit.ids import content_id
from tokenloom.kit.workspace import Workspace
from tokenloom.spec.base import Spec
from tokenloom.spec.tokenizer import BpeTokenizer

_REPORT_EVERY = 1_000_000  # characters
_PIECE_CHARS = 1 << 20  # longer texts are handed over in pieces: the trainer holds a copy of each


def train_tokenizer(
    workspace: Workspace,
    *,
    name: str,
    spec: Spec | None = None,
    texts: Iterable[str] | None = None,
    datasets: Sequence[str | Dataset] = (),
    split: str = "train",
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> TokenizerRef:
    """Learn from ``texts`` and from the ``split`` of ``datasets``, and publish as the next version of ``name``.

    The same texts and settings under the same name give the same id, so nothing is published twice. Raises
    :class:`DataError` without any text and :class:`Interrupted` when cancelled.
    """
    spec = spec or BpeTokenizer()
    folders = VersionedFolders(workspace.tokenizers, "tokenizer")
    valid_name(name, "tokenizer")
    store = DatasetStore(workspace)
    opened = [store.get(each) if isinstance(each, str) else each for each in datasets]
    stream = _Stream(texts, opened, split, progress, cancelled)
    files = learn(spec, stream)
    if stream.num_chars == 0:
        raise DataError(
            "There is no text to learn a tokenizer from.", hint="Name a dataset or split that holds some rows."
        )
    identity = content_id(name, spec.model_dump(mode="json"), stream.digest())
    with folders.lock():
        remove_stale(workspace.tokenizers)
        target = workspace.tokenizers / identity
        if not target.exists():
            meta = _meta(identity, name, folders.next_version(name), spec, stream, files)
            with atomic_dir_commit(target, meta=meta) as folder:
                _write(folder, files)
    found = folders.find(identity)
    return TokenizerRef(identity, name, int(found["version"]), workspace.tokenizers / identity, found)


def _meta(identity: str, name: str, version: int, spec: Spec, stream: _Stream, files: dict[str, str]) -> dict[str, Any]:
    layout = json.loads(files[LAYOUT])
    backend = Backend.from_str(files[LAYOUT])
    return {
        "kind": "tokenloom.tokenizer",
        "id": identity,
        "name": name,
        "version": version,
        "created": now(),
        "vocab_size": 1 + max(backend.get_vocab(with_added_tokens=True).values()),
        "special_tokens": [token["content"] for token in layout["added_tokens"]],
        "spec": spec.model_dump(mode="json"),
        "trained_on": {"datasets": stream.dataset_ids, "texts": stream.num_texts, "characters": stream.num_chars},
    }


def _write(folder: Path, files: dict[str, str]) -> None:
    for name, content in files.items():
        (folder / name).write_text(content, "utf-8")


class _Stream:
    """Walks over all texts once, hashing, counting, telling progress and stopping when asked."""

    def __init__(
        self,
        texts: Iterable[str] | None,
        datasets: list[Dataset],
        split: str,
        progress: Progress | None,
        cancelled: Cancelled | None,
    ) -> None:
        self._texts, self._datasets, self._split = texts, datasets, split
        self._progress, self._cancelled = progress, cancelled
        self._hash = hashlib.sha256()
        self.dataset_ids = [dataset.id for dataset in datasets]
        self.num_texts = self.num_chars = self._rows = 0
        self._total = None if texts is not None else sum(dataset.count(split) for dataset in datasets)

    def digest(self) -> str:
        return self._hash.hexdigest()

    def __iter__(self) -> Iterator[str]:
        next_report = 0
        for text in self._walk():
            self.num_texts += 1
            self.num_chars += len(text)
            self._hash.update(text.encode("utf-8", "replace") + b"\0")
            if self.num_chars >= next_report:
                stop_if(self._cancelled, "Training the tokenizer")
                self._tell()
                next_report = self.num_chars + _REPORT_EVERY
            yield from (text[start : start + _PIECE_CHARS] for start in range(0, len(text), _PIECE_CHARS))
        self._tell()

    def _tell(self) -> None:
        """Rows where their number is known, else characters."""
        if self._total is None:
            report(self._progress, self.num_chars, None, "characters")
        else:
            report(self._progress, self._rows, self._total, "rows")

    def _walk(self) -> Iterator[str]:
        yield from self._texts or ()
        for dataset in self._datasets:
            for example in dataset.examples(self._split):
                self._rows += 1
                if example.text is not None:
                    yield example.text
                yield from (str(message["content"]) for message in example.messages or [])
