"""Learning a tokenizer from text and publishing it as a folder that ``transformers.AutoTokenizer`` opens."""

from __future__ import annotations

import functools
import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from tokenizers import AddedToken, Regex, decoders, models, pre_tokenizers, trainers
from tokenizers import Tokenizer as Backend

from tokenloom.data.dataset import Dataset, DatasetStore
from tokenloom.data.progress import Cancelled, Progress, report, stop_if
from tokenloom.data.template.jinja import ChatTemplate
from tokenloom.data.template.presets import template_marks, template_text
from tokenloom.data.tokenizer.load import CONFIG, LAYOUT, TEMPLATE
from tokenloom.data.tokenizer.store import TokenizerRef
from tokenloom.data.versions import VersionedFolders, now, remove_stale, valid_name
from tokenloom.kit.atomic import atomic_dir_commit
from tokenloom.kit.errors import DataError, SpecError
from tokenloom.kit.ids import content_id
from tokenloom.kit.workspace import Workspace
from tokenloom.spec.base import Spec
from tokenloom.spec.tokenizer import RESERVED_TOKENS, BpeTokenizer

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


@functools.singledispatch
def learn(spec: Spec, texts: Iterable[str]) -> dict[str, str]:
    """Contents of the tokenizer's files by name; plugins register a function for their own spec."""
    raise SpecError(f"There is no trainer for a tokenizer of kind {type(spec).__name__}.", hint="Use kind: bpe.")


@learn.register
def _learn_bpe(spec: BpeTokenizer, texts: Iterable[str]) -> dict[str, str]:
    template = template_text(spec.template)
    ChatTemplate(template, "of the tokenizer")  # a syntax error shows here, not after minutes
    specials = list(dict.fromkeys([*RESERVED_TOKENS, *template_marks(spec.template), *spec.special_tokens]))
    backend = Backend(models.BPE())
    backend.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(split_pattern(spec)), "isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    backend.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=_room(spec, specials),
        min_frequency=spec.min_frequency,
        special_tokens=[AddedToken(token, special=True, normalized=False) for token in specials],
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
        show_progress=False,
    )
    backend.train_from_iterator(iter(texts), trainer)
    return {LAYOUT: backend.to_str(), CONFIG: json.dumps(_config(specials, template), indent=1), TEMPLATE: template}


def split_pattern(spec: BpeTokenizer) -> str:
    """How text is cut into words before merging. Without look-ahead, so that every engine reads it in one pass."""
    space = " ?" if spec.space_prefix else ""
    digits = r"\p{N}" if spec.digits == "individual" else r"\p{N}{1,3}"
    return rf"{space}{digits}|{space}[\p{{L}}\p{{M}}]+|{space}[^\s\p{{L}}\p{{M}}\p{{N}}]+|\s+"


def _room(spec: BpeTokenizer, specials: list[str]) -> int:
    least = 256 + len(specials)
    if spec.vocab_size < least:
        raise SpecError(
            f"A vocabulary of {spec.vocab_size} has no room for 256 bytes and {len(specials)} special tokens.",
            hint=f"Set vocab_size to at least {least}.",
            errors=[{"field": "vocab_size", "message": "too small", "fix": str(least)}],
        )
    return spec.vocab_size


def _config(specials: list[str], template: str) -> dict[str, Any]:
    pad, unknown, begin, end = RESERVED_TOKENS
    return {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "pad_token": pad,
        "unk_token": unknown,
        "bos_token": begin,
        "eos_token": end,
        "additional_special_tokens": [token for token in specials if token not in RESERVED_TOKENS],
        "clean_up_tokenization_spaces": False,
        "padding_side": "right",
        "model_max_length": 1_000_000_000,
        "chat_template": template,
    }


def _meta(identity: str, name: str, version: int, spec: Spec, stream: _Stream, files: dict[str, str]) -> dict[str, Any]:
    layout = json.loads(files[LAYOUT])
    return {
        "kind": "tokenloom.tokenizer",
        "id": identity,
        "name": name,
        "version": version,
        "created": now(),
        "vocab_size": len(layout["model"]["vocab"]),
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
        self.num_texts = self.num_chars = 0

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
                report(self._progress, self.num_chars, None, "characters")
                next_report = self.num_chars + _REPORT_EVERY
            yield from (text[start : start + _PIECE_CHARS] for start in range(0, len(text), _PIECE_CHARS))

    def _walk(self) -> Iterator[str]:
        yield from self._texts or ()
        for dataset in self._datasets:
            for example in dataset.examples(self._split):
                if example.text is not None:
                    yield example.text
                yield from (str(message["content"]) for message in example.messages or [])
