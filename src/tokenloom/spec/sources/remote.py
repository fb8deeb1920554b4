"""Sources elsewhere. Secrets never stand here: they come from the environment, as each service's own tools read them."""

from __future__ import annotations

from typing import Literal

from pydantic import field_validator

from tokenloom.spec.base import Spec, setting

_MEGABYTES = 20_000


class UrlSource(Spec):
    """One file from the web, kept by its content: the same file is not fetched twice."""

    kind: Literal["url"] = "url"
    url: str = setting(simple=True, max_length=4000)
    """Address that begins with `https://` or `http://`. Addresses within this machine or its network are refused unless `TOKENLOOM_ALLOWED_HOSTS`
    names the host."""
    name: str | None = None
    """File name to show, and to take as a hint of the format; empty takes the one that the server or the address gives."""
    pattern: str = "**/*"
    """Which files of a ZIP archive are read, as a glob."""
    sha256: str | None = setting(None, pattern=r"^[0-9a-fA-F]{64}$")
    """SHA-256 that the file must have; empty accepts any."""
    max_megabytes: int = setting(_MEGABYTES, ge=1, le=10_000_000, unit="MB", scale="log")
    """Largest file that is fetched."""


class HuggingFaceSource(Spec):
    """A dataset of the Hugging Face Hub or of its cache, or a folder that `save_to_disk` wrote. Needs the extra `hub`."""

    kind: Literal["huggingface"] = "huggingface"
    id: str = setting(simple=True, max_length=500)
    """Name on the Hub such as `org/name`, or a folder on this machine. A token for closed datasets is read from `HF_TOKEN`."""
    config: str | None = None
    """Configuration of the dataset, often a language or a subset; empty takes the default."""
    split: str | None = setting(None, simple=True)
    """Split to take, also in the form `train[:10%]`; empty takes all and keeps each row's split in the column `split`."""
    revision: str | None = None
    """Branch, tag or commit; empty takes the newest. Name a commit to be able to repeat the import."""
    streaming: bool = False
    """Whether rows are read over the network as they come, without storing the files first."""
    offline: bool = False
    """Whether only what is on this machine already is used; `HF_HUB_OFFLINE=1` says the same for everything."""
    limit: int | None = setting(None, ge=1, unit="rows")
    """Most rows to take, from the first on; empty takes all."""


class S3Source(Spec):
    """An object of Amazon S3 or of a service that speaks its language, or all objects below a prefix. Needs the extra `s3`."""

    kind: Literal["s3"] = "s3"
    uri: str = setting(simple=True, max_length=2000)
    """`s3://bucket/path/file.jsonl`, or `s3://bucket/path/` for everything below. Keys are found as by the AWS tools: environment, profile, role."""
    pattern: str = "**/*"
    """Which objects below a prefix are read, as a glob relative to it."""
    endpoint: str | None = None
    """Address of another service that speaks S3, such as `https://minio.example.org`. Within this network `TOKENLOOM_ALLOWED_HOSTS` must name the host."""
    region: str | None = None
    """Region of the bucket; empty takes the one of the environment."""
    anonymous: bool = False
    """Whether a public bucket is read without any key."""
    max_megabytes: int = setting(_MEGABYTES, ge=1, le=10_000_000, unit="MB", scale="log")
    """Most bytes of all objects together."""

    @field_validator("uri")
    @classmethod
    def _is_s3(cls, uri: str) -> str:
        return _bucket_uri(uri, "s3")


class GcsSource(Spec):
    """An object of Google Cloud Storage, or all objects below a prefix. Needs the extra `gcp`."""

    kind: Literal["gcs"] = "gcs"
    uri: str = setting(simple=True, max_length=2000)
    """`gs://bucket/path/file.jsonl`, or `gs://bucket/path/` for everything below. Credentials are found as by Google's tools (`gcloud auth …`)."""
    pattern: str = "**/*"
    """Which objects below a prefix are read, as a glob relative to it."""
    endpoint: str | None = None
    """Address of an emulator, such as `http://localhost:9023`; `TOKENLOOM_ALLOWED_HOSTS` must name the host."""
    anonymous: bool = False
    """Whether a public bucket is read without any credentials."""
    max_megabytes: int = setting(_MEGABYTES, ge=1, le=10_000_000, unit="MB", scale="log")
    """Most bytes of all objects together."""

    @field_validator("uri")
    @classmethod
    def _is_gs(cls, uri: str) -> str:
        return _bucket_uri(uri, "gs")


def _bucket_uri(uri: str, scheme: str) -> str:
    if not uri.startswith(f"{scheme}://") or not uri.removeprefix(f"{scheme}://").split("/")[0]:
        raise ValueError(f"it begins with {scheme}:// and the name of a bucket, such as {scheme}://bucket/folder/")
    return uri
