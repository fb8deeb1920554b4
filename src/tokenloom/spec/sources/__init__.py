"""Where rows come from: this machine, the web, buckets, the Hub, an earlier dataset, or a small generator."""

from tokenloom.spec.base import choice
from tokenloom.spec.sources.local import DatasetSource, FileSource, FilesSource
from tokenloom.spec.sources.made import ArithmeticSource, RecallSource, StoriesSource
from tokenloom.spec.sources.remote import GcsSource, HuggingFaceSource, S3Source, UrlSource

BUILTIN = (
    FileSource,
    FilesSource,
    UrlSource,
    HuggingFaceSource,
    S3Source,
    GcsSource,
    DatasetSource,
    ArithmeticSource,
    RecallSource,
    StoriesSource,
)
Source = choice("source", *BUILTIN)

__all__ = [
    "BUILTIN",
    "Source",
    "FileSource",
    "FilesSource",
    "UrlSource",
    "HuggingFaceSource",
    "S3Source",
    "GcsSource",
    "DatasetSource",
    "ArithmeticSource",
    "RecallSource",
    "StoriesSource",
]
