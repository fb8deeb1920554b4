"""``/api/datasets``: look at datasets page by page, take their bad rows away, import new ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from fastapi import APIRouter, Body, Query, Response
from starlette.responses import FileResponse

from tokenloom.kit.errors import DataError
from tokenloom.server.answers import Cursor, Deleted, ForGood, Limit, Page, Reference, attachment, offset_of, page_of
from tokenloom.server.openapi import takes
from tokenloom.server.routes.runs import Started, start
from tokenloom.server.studio import Here, Studio
from tokenloom.spec.base import DeferredModel

if TYPE_CHECKING:
    from tokenloom.data.dataset import Dataset

router = APIRouter(tags=["datasets"])
_IMPORT = takes(
    {
        "type": "object",
        "description": "An import spec in which `upload` (the id of a whole upload), `uploads` (several as one) or `path` may stand instead of `source`.",
        "required": ["dataset"],
        "properties": {
            "dataset": {"type": "string", "description": "Name; the same name again makes a new version."},
            "upload": {"type": "string", "description": "Id of a whole upload."},
            "uploads": {
                "type": "array",
                "items": {"type": "string"},
                "description": "Ids of whole uploads that become one dataset; their names may hold folders.",
            },
            "path": {"type": "string", "description": "A file or folder on the server's machine."},
            "source": {"type": "object", "additionalProperties": True},
            "format": {"type": "object", "additionalProperties": True},
            "mapping": {"type": "object", "additionalProperties": True},
            "columns": {"type": "object", "additionalProperties": True},
            "split": {"type": "object", "additionalProperties": True},
            "name": {"type": "string"},
            "project": {"type": "string"},
            "tags": {"type": "array", "items": {"type": "string"}},
        },
    }
)


class DatasetItem(DeferredModel):
    """One version of a dataset."""

    id: str
    name: str
    version: int
    created: str
    shape: str
    """`text`, `prompt` or `chat`."""
    rows: int
    splits: dict[str, int]
    quarantined: int
    """Rows that could not be used; the report says why."""
    columns: list[str]


class DatasetDetail(DatasetItem):
    """One version of a dataset with all that its manifest says."""

    ledger: dict[str, Any]
    """How many rows each step took in and gave out, and why."""
    meta: dict[str, Any]


class RenderedToken(DeferredModel):
    """One token of a row; ``start`` and ``end`` are character offsets into the rendered text."""

    id: int
    text: str
    start: int
    end: int
    special: bool
    trained: bool
    """Whether it carries loss."""


class Rendered(DeferredModel):
    """A row as the model reads it."""

    row: int
    template: str
    tokens: list[RenderedToken]
    trained: int


@router.get("/datasets")
def list_datasets(studio: Here, cursor: Cursor = "", limit: Limit = 100) -> Page[DatasetItem]:
    """All versions of all datasets, by name, newest version first."""
    from tokenloom.data.dataset import DatasetStore

    return page_of([DatasetItem(**_item(each)) for each in DatasetStore(studio.workspace).list()], cursor, limit)


@router.post("/datasets", status_code=201, openapi_extra=_IMPORT)
def import_dataset(body: Annotated[dict[str, Any], Body()], response: Response, studio: Here) -> Started:
    """Start a run that imports uploads, a file or folder of this machine, or any other source, as a new version."""
    data = {"task": "import", **body}
    one, several, path = data.pop("upload", None), data.pop("uploads", None), data.pop("path", None)
    ids = [one] if isinstance(one, str) else [each for each in several or [] if isinstance(each, str)]
    if ids:
        data["source"] = uploaded(studio, ids)
    elif path is not None:
        data["source"] = {"kind": "file", "path": path}
    started = start(studio, data, response)
    for upload in ids:
        studio.uploads.remember_run(upload, started.id)
    return started


def uploaded(studio: Studio, ids: list[str]) -> dict[str, Any]:
    """Uploads as a source: one is a file, several are files of one dataset under the names that they had."""
    files = [{"path": str(studio.uploads.file_of(each)), "name": studio.uploads.get(each).name or None} for each in ids]
    return {"kind": "file", **files[0]} if len(files) == 1 else {"kind": "files", "files": files}


@router.get("/datasets/{dataset}")
def get_dataset(dataset: Reference, studio: Here) -> DatasetDetail:
    """One version: by id, `name@version`, or name for the newest."""
    found = _dataset(studio, dataset)
    studio.expect_preview()
    return DatasetDetail(**_item(found), ledger=found.ledger.as_dict(), meta=found.meta)


@router.get("/datasets/{dataset}/rendered")
def render_row(
    dataset: Reference,
    studio: Here,
    row: Annotated[int, Query(ge=0, description="`_row` of the row.")],
    tokenizer: Annotated[str, Query(max_length=200, description="By name, name@version or id.")],
    template: Annotated[str, Query(max_length=20_000, description="As in a recipe's `data.render.template`.")] = "auto",
    learn: Annotated[Literal["responses", "all"], Query(description="What carries loss.")] = "responses",
) -> Rendered:
    """One row exactly as the model reads it: every token with its id, and whether it is learned."""
    from tokenloom.data.mapping import BadRow
    from tokenloom.data.template.renderer import Renderer
    from tokenloom.data.tokenizer.store import TokenizerStore

    found = _dataset(studio, dataset)
    renderer = Renderer(TokenizerStore(studio.workspace).get(tokenizer).load(), template, learn)
    try:
        views = renderer.views(found.example(row))
    except BadRow as reason:
        raise DataError(
            f"Row {row} cannot be used: {reason}.", hint="It would be left out of training, and the ledger says so."
        ) from None
    tokens = [RenderedToken(**view.__dict__, trained=learned) for view, learned in views]
    return Rendered(row=row, template=renderer.name, tokens=tokens, trained=sum(token.trained for token in tokens))


@router.get("/datasets/{dataset}/stats")
def get_dataset_stats(
    dataset: Reference,
    studio: Here,
    tokenizer: Annotated[str, Query(max_length=200, description="Count tokens with this tokenizer, too.")] = "",
    split: Annotated[str | None, Query(max_length=100)] = None,
) -> dict[str, Any]:
    """Rows, characters, percentiles of lengths and, with a tokenizer, tokens."""
    found = _dataset(studio, dataset)
    if split is not None:
        found.check_split(split)
    if not tokenizer:
        return found.stats(None, split)
    from tokenloom.data.tokenizer.store import TokenizerStore

    return found.stats(TokenizerStore(studio.workspace).get(tokenizer).load(), split)


@router.get("/datasets/{dataset}/report")
def get_dataset_report(dataset: Reference, studio: Here) -> dict[str, Any]:
    """What the import found: counts, the choice of columns with its reason, the first bad rows, duplicates."""
    return _dataset(studio, dataset).report()


@router.get("/datasets/{dataset}/quarantine")
def list_quarantine(dataset: Reference, studio: Here, cursor: Cursor = "", limit: Limit = 50) -> Page[dict[str, Any]]:
    """Rows that could not be used, with file, line and reason."""
    found, offset = _dataset(studio, dataset), offset_of(cursor)
    rows = found.quarantine(offset=offset, limit=limit + 1)
    return Page(items=rows[:limit], next_cursor=str(offset + limit) if len(rows) > limit else "")


@router.get("/datasets/{dataset}/quarantine/file", response_class=FileResponse)
def download_quarantine(dataset: Reference, studio: Here) -> FileResponse:
    """All bad rows as a file to save."""
    from tokenloom.data.dataset import QUARANTINE

    found = _dataset(studio, dataset)
    return attachment(found.path / QUARANTINE, f"{found.name}-{found.version}-quarantine.jsonl")


@router.delete("/datasets/{dataset}")
def delete_dataset(dataset: Reference, studio: Here, for_good: ForGood = False) -> Deleted:
    """Put one version into the bin."""
    from tokenloom.jobs.deletion import delete_version

    found = _dataset(studio, dataset)
    gone = delete_version(studio.workspace, found, for_good=for_good)
    studio.changed()
    return Deleted(deleted=found.id, bin=gone.id)


def _dataset(studio: Studio, reference: str) -> Dataset:
    from tokenloom.data.dataset import DatasetStore

    return DatasetStore(studio.workspace).get(reference)


def _item(dataset: Dataset) -> dict[str, Any]:
    rows = dataset.meta.get("rows") or {}
    return {
        "id": dataset.id,
        "name": dataset.name,
        "version": dataset.version,
        "created": str(dataset.meta.get("created", "")),
        "shape": dataset.shape,
        "rows": dataset.count(),
        "splits": dataset.splits,
        "quarantined": int(rows.get("bad", 0)),
        "columns": dataset.columns,
    }
