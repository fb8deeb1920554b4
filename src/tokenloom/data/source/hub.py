"""Datasets of the Hugging Face Hub, of its cache, and folders that ``save_to_disk`` wrote, through the library ``datasets``."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from tokenloom.data.format.columnar.values import plain
from tokenloom.data.source.opening import Place, Rows, fetch_source
from tokenloom.kit.errors import DataError, MissingExtra, NotFound, TokenloomError
from tokenloom.spec.sources import HuggingFaceSource

_BATCH_ROWS = 256
_SECRET = re.compile(r"hf_\w{8,}")
_SAVED = ("dataset_info.json", "dataset_dict.json", "state.json")


@fetch_source.register
def _fetch_hub(spec: HuggingFaceSource, place: Place) -> Rows:
    try:
        import datasets
    except ImportError:
        raise MissingExtra("hub", "Reading datasets of the Hugging Face Hub") from None
    if spec.offline:
        _go_offline(datasets)
    datasets.disable_progress_bars()
    try:
        parts = _parts(datasets, spec)
    except TokenloomError:
        raise
    except Exception as error:  # noqa: BLE001  the library raises what its many backends raise
        raise _told(datasets, spec, error) from None
    label = f"{spec.id}@{spec.revision}" if spec.revision else spec.id
    return Rows(_rows(datasets, spec, parts), label)


def _parts(datasets: Any, spec: HuggingFaceSource) -> dict[str, Any]:
    """The wanted splits by name; an unnamed one where only one was asked for."""
    folder = Path(spec.id).expanduser()
    if folder.is_dir() and any((folder / name).is_file() for name in _SAVED):
        found = datasets.load_from_disk(str(folder))
        if spec.split and isinstance(found, dict):
            if spec.split not in found:
                raise NotFound(
                    f"{spec.id} has no split “{spec.split}”; there are {', '.join(found)}.", hint="Name one of them."
                )
            found = found[spec.split]
    else:
        found = datasets.load_dataset(
            str(folder) if folder.is_dir() else spec.id,
            name=spec.config or None,
            split=spec.split or None,
            revision=spec.revision or None,
            streaming=spec.streaming,
            token=os.environ.get("HF_TOKEN") or None,
        )
    return dict(found) if isinstance(found, dict) else {"": found}


def _rows(datasets: Any, spec: HuggingFaceSource, parts: dict[str, Any]) -> Iterator[dict[str, Any]]:
    try:
        yield from islice((row for name, part in parts.items() for row in _of_part(name, part)), spec.limit)
    except TokenloomError:
        raise
    except Exception as error:  # noqa: BLE001  as above, while rows are streamed
        raise _told(datasets, spec, error) from None


def _of_part(name: str, part: Any) -> Iterator[dict[str, Any]]:
    """Rows in the types of JSON; of several splits each row names its own."""
    for batch in part.with_format("arrow").iter(batch_size=_BATCH_ROWS):
        for row in batch.to_pylist():
            told = {column: _text(value) for column, value in row.items()}
            yield told if not name else {**told, "split": told.get("split", name)}


def _text(value: Any) -> Any:
    try:
        return plain(value)
    except UnicodeDecodeError:
        return None  # a picture or a sound beside the text


def _go_offline(datasets: Any) -> None:
    import huggingface_hub

    os.environ["HF_HUB_OFFLINE"] = "1"
    datasets.config.HF_HUB_OFFLINE = True
    huggingface_hub.constants.HF_HUB_OFFLINE = True


def _told(datasets: Any, spec: HuggingFaceSource, error: Exception) -> TokenloomError:
    """What the library says, without tokens, and what to do about it."""
    words = _SECRET.sub("hf_…", str(error)).strip().split("\n")[0][:400]
    kind = type(error).__name__
    if isinstance(error, FileNotFoundError) or kind in (
        "DatasetNotFoundError",
        "RepositoryNotFoundError",
        "RevisionNotFoundError",
    ):
        hint = "Check the name and the revision. A closed dataset needs a token in HF_TOKEN."
        if spec.offline or datasets.config.HF_HUB_OFFLINE:
            hint = "It is not in the cache of this machine, and the Hub was not asked: offline mode is on."
        return NotFound(f"There is no dataset {spec.id}: {words}", hint=hint)
    if isinstance(error, ConnectionError) or "Connect" in kind or "Offline" in kind or "Timeout" in kind:
        return DataError(
            f"The Hub cannot be reached: {words}",
            hint="Check the network, or set source.offline=true to use the cache.",
        )
    return DataError(
        f"{spec.id} cannot be read: {words}", hint="Check source.config, source.split and source.revision."
    )
