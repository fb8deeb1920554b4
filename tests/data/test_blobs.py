"""Uploads stored by content."""

from __future__ import annotations

import hashlib
import io

import pytest

from tokenloom.data.blobs import BlobStore
from tokenloom.kit.errors import DataError, NotFound
from tokenloom.kit.workspace import Workspace


def test_a_stream_is_stored_once_under_its_hash(workspace: Workspace) -> None:
    store = BlobStore(workspace)
    content = b"hello" * 1000
    first, again = store.put(io.BytesIO(content)), store.put([content[:10], content[10:]])
    assert first == again and first.sha256 == hashlib.sha256(content).hexdigest()
    assert store.get(first.sha256).path.read_bytes() == content
    assert store.num_bytes() == len(content)
    store.delete(first.sha256)
    with pytest.raises(NotFound):
        store.get(first.sha256)


def test_too_much_is_refused_and_leaves_nothing(workspace: Workspace) -> None:
    with pytest.raises(DataError, match="more than"):
        BlobStore(workspace).put((b"x" * 1000 for _ in range(10)), max_bytes=5000)
    assert list(workspace.blobs.iterdir()) == []


@pytest.mark.parametrize("name", ["../../etc/passwd", "", "A" * 64, "a" * 63])
def test_only_hashes_are_names(workspace: Workspace, name: str) -> None:
    with pytest.raises(NotFound):
        BlobStore(workspace).get(name)
