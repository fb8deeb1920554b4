"""Objects of S3 and Google Cloud Storage, through their own SDKs and their own ways to find credentials."""

from __future__ import annotations

import contextlib
import fnmatch
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

from tokenloom.data.source.address import check_url
from tokenloom.data.source.cache import Broken, Changed, Remote, fetched
from tokenloom.data.source.opening import Files, Place, SourceFile, fetch_source
from tokenloom.kit.errors import DataError, MissingExtra, NotFound
from tokenloom.spec.sources import GcsSource, S3Source

_BLOCK = 1 << 20
_MAX_OBJECTS = 200_000
_SECONDS = 30


@fetch_source.register
def _fetch_s3(spec: S3Source, place: Place) -> Files:
    try:
        import boto3
        from botocore import UNSIGNED
        from botocore.config import Config
        from botocore.exceptions import BotoCoreError, ClientError
    except ImportError:
        raise MissingExtra("s3", "Reading from S3") from None
    if spec.endpoint:
        check_url(spec.endpoint)
    config = Config(
        signature_version=UNSIGNED if spec.anonymous else None,
        connect_timeout=8,
        read_timeout=_SECONDS,
        retries={"max_attempts": 3},
    )
    bucket, prefix = _parts(spec.uri)
    with _told(spec.uri, (BotoCoreError, ClientError), "Credentials are found as by the AWS tools; try `aws s3 ls`."):
        client = boto3.session.Session().client(
            "s3", endpoint_url=spec.endpoint or None, region_name=spec.region or None, config=config
        )
        listed = list(_s3_objects(client, bucket, prefix, f"{spec.endpoint or 's3'}/{bucket}"))
        return _files(spec, listed, prefix, place)


def _s3_objects(client: Any, bucket: str, prefix: str, service: str) -> Iterator[Remote]:
    from botocore.exceptions import BotoCoreError, ClientError

    def reader(key: str, tag: str) -> Callable[[int], Iterator[bytes]]:
        def read(offset: int) -> Iterator[bytes]:
            try:
                asked = {"Range": f"bytes={offset}-"} if offset else {}
                body = client.get_object(Bucket=bucket, Key=key, IfMatch=tag, **asked)["Body"]
                yield from body.iter_chunks(_BLOCK)
            except ClientError as error:
                status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode")
                if status in (412, 416):
                    raise Changed from None
                raise
            except (BotoCoreError, OSError) as error:
                raise Broken(f"the line broke ({type(error).__name__})") from None

        return read

    for page in client.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
        for each in page.get("Contents", []):
            tag = str(each["ETag"])
            yield Remote(f"{service}/{each['Key']}", each["Key"], tag, int(each["Size"]), reader(each["Key"], tag))


@fetch_source.register
def _fetch_gcs(spec: GcsSource, place: Place) -> Files:
    try:
        from google.api_core.exceptions import GoogleAPIError
        from google.auth.credentials import AnonymousCredentials
        from google.auth.exceptions import GoogleAuthError
        from google.cloud import storage
    except ImportError:
        raise MissingExtra("gcp", "Reading from Google Cloud Storage") from None
    if spec.endpoint:
        check_url(spec.endpoint)
    bucket, prefix = _parts(spec.uri)
    with _told(
        spec.uri,
        (GoogleAPIError, GoogleAuthError),
        "Credentials are found as by Google's tools; try `gcloud auth application-default login`.",
    ):
        known: dict[str, Any] = {"client_options": {"api_endpoint": spec.endpoint}} if spec.endpoint else {}
        if spec.anonymous:
            known |= {"credentials": AnonymousCredentials(), "project": "anonymous"}
        client = storage.Client(**known)
        listed = list(_gcs_objects(client, bucket, prefix, f"{spec.endpoint or 'gs'}/{bucket}"))
        return _files(spec, listed, prefix, place)


def _gcs_objects(client: Any, bucket: str, prefix: str, service: str) -> Iterator[Remote]:
    from google.api_core.exceptions import NotFound as Gone
    from google.api_core.exceptions import PreconditionFailed

    def reader(blob: Any) -> Callable[[int], Iterator[bytes]]:
        def read(offset: int) -> Iterator[bytes]:
            try:
                with blob.open(
                    "rb", chunk_size=8 * _BLOCK, if_generation_match=blob.generation, timeout=_SECONDS
                ) as file:
                    file.seek(offset)
                    yield from iter(lambda: file.read(_BLOCK), b"")
            except (PreconditionFailed, Gone):
                raise Changed from None
            except OSError as error:
                raise Broken(f"the line broke ({type(error).__name__})") from None

        return read

    for blob in client.list_blobs(bucket, prefix=prefix or None, timeout=_SECONDS):
        tag = f"{blob.generation}-{blob.md5_hash or blob.etag}"
        yield Remote(f"{service}/{blob.name}", blob.name, tag, int(blob.size), reader(blob))


def _files(spec: S3Source | GcsSource, listed: list[Remote], prefix: str, place: Place) -> Files:
    """Fetch what is wanted of the objects that the service lists."""
    exact = [each for each in listed if each.name == prefix]
    below = [
        each for each in listed if each.name.startswith(prefix.rstrip("/") + "/") or not prefix or prefix.endswith("/")
    ]
    root = prefix if prefix.endswith("/") or not prefix else prefix.rstrip("/") + "/"
    wanted = (
        exact
        if exact and not prefix.endswith("/")
        else [each for each in below if _is_wanted(each, root, spec.pattern)]
    )
    if not wanted:
        raise NotFound(
            f"There is no object at {spec.uri}" + (f" that matches {spec.pattern}." if below else "."),
            hint="Check the bucket and the path; a folder ends with a slash.",
        )
    most, total = spec.max_megabytes * 1_000_000, sum(each.size or 0 for each in wanted)
    if len(wanted) > _MAX_OBJECTS or total > most:
        raise DataError(
            f"{spec.uri} holds {len(wanted)} objects of {total / 1e6:,.0f} MB; the limit is {_MAX_OBJECTS} and {most / 1e6:,.0f} MB.",
            hint="Name a longer path or a pattern, or raise source.max_megabytes.",
        )
    files, done = [], 0
    for each in sorted(wanted, key=lambda remote: remote.name):
        path = fetched(place, each, max_bytes=most, before=done, total=total)
        done += each.size or 0
        files.append(
            SourceFile(path, each.name.removeprefix(root) if each.name != prefix else each.name.rpartition("/")[2])
        )
    return Files(files, is_folder=wanted is not exact, pattern=spec.pattern, label="" if len(files) == 1 else spec.uri)


def _is_wanted(remote: Remote, root: str, pattern: str) -> bool:
    name = remote.name.removeprefix(root)
    is_hidden = any(part.startswith(".") for part in name.split("/"))
    return (
        bool(name)
        and not name.endswith("/")
        and not is_hidden
        and fnmatch.fnmatchcase(name, pattern.replace("**/", "*"))
    )


def _parts(uri: str) -> tuple[str, str]:
    bucket, _, key = uri.partition("://")[2].partition("/")
    return bucket, key


@contextlib.contextmanager
def _told(uri: str, kinds: tuple[type[Exception], ...], hint: str) -> Iterator[None]:
    """What the SDK says as an error of ours; its text holds no secrets, and is cut."""
    try:
        yield
    except kinds as error:
        status = getattr(error, "code", None) or getattr(error, "response", {}).get("ResponseMetadata", {}).get(
            "HTTPStatusCode"
        )
        if status == 404:
            raise NotFound(
                f"There is no bucket {urlsplit(uri).netloc}.", hint="Check its name, and the endpoint if there is one."
            ) from None
        raise DataError(f"{uri[:200]} cannot be read: {str(error)[:300]}.", hint=hint) from None
