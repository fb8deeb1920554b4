"""Buckets, against emulators on this machine that speak the real protocols."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from gcp_storage_emulator.server import create_server
from google.auth.credentials import AnonymousCredentials
from google.cloud import storage
from moto.server import ThreadedMotoServer

from tokenloom.data.importing import import_dataset
from tokenloom.data.source import Files, Place, opened
from tokenloom.kit.errors import DataError, Denied, NotFound
from tokenloom.spec.sources import GcsSource, S3Source

LINES = b'{"text": "a"}\n{"text": "b"}\n'
OBJECTS = {
    "set/one.jsonl": LINES,
    "set/deep/two.jsonl": b'{"text": "c"}\n',
    "set/notes.txt": b"words",
    "set/.hidden": b"x",
    "set/": b"",
    "settings.json": b"{}",
}


@pytest.fixture(scope="module")
def s3_url() -> Iterator[str]:
    server = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def s3(s3_url: str, monkeypatch: pytest.MonkeyPatch) -> tuple[str, Any]:
    for name, value in {
        "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true", "TOKENLOOM_ALLOWED_HOSTS": s3_url.removeprefix("http://"),
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    client = boto3.client("s3", endpoint_url=s3_url)
    client.create_bucket(Bucket="bucket")
    for name, content in OBJECTS.items():
        client.put_object(Bucket="bucket", Key=name, Body=content)
    return s3_url, client


@pytest.fixture(scope="module")
def gcs_url() -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = create_server("127.0.0.1", port, in_memory=True)
    server.start()
    yield f"http://127.0.0.1:{port}"
    thread = threading.Thread(target=server.stop)
    thread.start()
    thread.join(10)


@pytest.fixture
def gcs(gcs_url: str, monkeypatch: pytest.MonkeyPatch) -> tuple[str, Any]:
    monkeypatch.setenv("TOKENLOOM_ALLOWED_HOSTS", gcs_url.removeprefix("http://"))
    client = storage.Client(credentials=AnonymousCredentials(), project="x", client_options={"api_endpoint": gcs_url})
    bucket = client.lookup_bucket("bucket") or client.create_bucket("bucket")
    for name, content in OBJECTS.items():
        if not name.endswith("/"):
            bucket.blob(name).upload_from_string(content)
    return gcs_url, bucket


def _names(place: Place, spec: S3Source | GcsSource) -> list[str]:
    found = opened(spec, place)
    assert isinstance(found, Files)
    return [file.name for file in found.files]


def test_s3_objects_below_a_prefix_are_a_folder_and_one_is_a_file(s3: tuple[str, Any], place: Place) -> None:
    url, _ = s3
    assert _names(place, S3Source(uri="s3://bucket/set/", endpoint=url)) == ["deep/two.jsonl", "notes.txt", "one.jsonl"]
    assert _names(place, S3Source(uri="s3://bucket/set", endpoint=url, pattern="**/*.jsonl")) == [
        "deep/two.jsonl",
        "one.jsonl",
    ]
    assert _names(place, S3Source(uri="s3://bucket/set/one.jsonl", endpoint=url)) == ["one.jsonl"]
    dataset = import_dataset(
        place.workspace, name="x", source=S3Source(uri="s3://bucket/set/", endpoint=url, pattern="*.jsonl")
    )
    assert [(row["file"], row["text"]) for row in dataset.rows()] == [
        ("deep/two.jsonl", "c"), ("one.jsonl", "a"), ("one.jsonl", "b"),
    ]  # fmt: skip


def test_an_unchanged_object_is_not_fetched_again(
    s3: tuple[str, Any], place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    url, client = s3
    spec = S3Source(uri="s3://bucket/set/one.jsonl", endpoint=url)
    first = opened(spec, place)
    monkeypatch.setattr("tokenloom.data.source.cache._receive", lambda *_: pytest.fail("it was fetched again"))
    assert opened(spec, place) == first
    monkeypatch.undo()
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    monkeypatch.setenv("TOKENLOOM_ALLOWED_HOSTS", url.removeprefix("http://"))
    client.put_object(Bucket="bucket", Key="set/one.jsonl", Body=b'{"text": "new"}\n')
    changed = opened(spec, place)
    assert isinstance(changed, Files) and changed.files[0].path.read_bytes() == b'{"text": "new"}\n'


def test_what_s3_refuses_is_told_without_a_traceback(s3: tuple[str, Any], place: Place) -> None:
    url, _ = s3
    with pytest.raises(NotFound, match="no bucket nowhere"):
        opened(S3Source(uri="s3://nowhere/x", endpoint=url), place)
    with pytest.raises(NotFound, match="no object at"):
        opened(S3Source(uri="s3://bucket/nothing/", endpoint=url), place)
    with pytest.raises(DataError, match="the limit is"):
        opened(
            S3Source(uri="s3://bucket/", endpoint=url, max_megabytes=1).model_copy(update={"max_megabytes": 0}), place
        )


def test_an_endpoint_within_the_network_needs_the_setting(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TOKENLOOM_ALLOWED_HOSTS", raising=False)
    for spec in (
        S3Source(uri="s3://bucket/x", endpoint="http://169.254.169.254"),
        GcsSource(uri="gs://bucket/x", endpoint="http://127.0.0.1:1"),
    ):
        with pytest.raises(Denied):
            opened(spec, place)


def test_without_credentials_the_way_to_them_is_told(
    s3_url: str, place: Place, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("TOKENLOOM_ALLOWED_HOSTS", s3_url.removeprefix("http://"))
    with pytest.raises(DataError, match="cannot be read: Unable to locate credentials") as caught:
        opened(S3Source(uri="s3://bucket/x", endpoint=s3_url, region="us-east-1"), place)
    assert "AWS tools" in caught.value.hint


def test_objects_of_google_cloud_storage(gcs: tuple[str, Any], place: Place) -> None:
    url, bucket = gcs
    spec = GcsSource(uri="gs://bucket/set/", endpoint=url, anonymous=True, pattern="**/*.jsonl")
    assert _names(place, spec) == ["deep/two.jsonl", "one.jsonl"]
    dataset = import_dataset(place.workspace, name="g", source=spec)
    assert [row["text"] for row in dataset.rows()] == ["c", "a", "b"]
    bucket.blob("set/one.jsonl").upload_from_string(LINES * 2)
    found = opened(spec.model_copy(update={"uri": "gs://bucket/set/one.jsonl"}), place)
    assert isinstance(found, Files) and found.files[0].path.read_bytes() == LINES * 2
    with pytest.raises(NotFound):
        opened(GcsSource(uri="gs://bucket/none/", endpoint=url, anonymous=True), place)
    with pytest.raises(NotFound, match="no bucket"):
        opened(GcsSource(uri="gs://nowhere/none/", endpoint=url, anonymous=True), place)


def test_an_address_of_another_kind_is_no_bucket() -> None:
    for wrong in ("bucket/x", "gs://b/x", "s3://", "s3:///x"):
        with pytest.raises(ValueError, match="begins with s3"):
            S3Source(uri=wrong)
