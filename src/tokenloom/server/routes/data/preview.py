"""``/api/datasets/preview``: what an import would make of files, before it is started."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from tokenloom.kit.errors import SpecError
from tokenloom.server.routes.data.datasets import RenderedToken, uploaded
from tokenloom.server.studio import Here, Studio
from tokenloom.spec.base import DeferredModel
from tokenloom.spec.override import parse_run_spec

router = APIRouter(tags=["datasets"])
MAX_UPLOADS = 20_000
SHOWN_ROWS = 50


class PreviewRequest(BaseModel):
    """Exactly one of ``upload``, ``uploads`` and ``path``; the rest as in an import spec. With a tokenizer the rows come as tokens, too."""

    model_config = ConfigDict(extra="forbid")
    upload: str = Field("", max_length=100)
    uploads: list[Annotated[str, Field(max_length=100)]] = Field(default_factory=list, max_length=MAX_UPLOADS)
    path: str = Field("", max_length=4096)
    format: dict[str, Any] = Field(default_factory=lambda: {"kind": "auto"})
    mapping: dict[str, Any] = Field(default_factory=lambda: {"kind": "auto"})
    columns: dict[str, Any] = Field(default_factory=dict)
    tokenizer: str = Field("", max_length=200)
    template: str = Field("auto", max_length=20_000)
    learn: Literal["responses", "all"] = "responses"
    rows: int = Field(8, ge=1, le=SHOWN_ROWS)


class PreviewColumn(DeferredModel):
    """A column that was found, and what it holds in words."""

    name: str
    holds: str
    type: str = ""
    """The type that was chosen or found, such as `number`; empty where the format itself says what each value is."""
    why: str = ""
    """Why it stays text although it nearly is something else, or that it was chosen."""


class PreviewRow(DeferredModel):
    """A row as it stands in the file, what a model would read of it, or why it would be set aside."""

    row: int
    file: str
    line: int
    place: str
    """Where it is in a file that is more than lines, such as a sheet."""
    cells: dict[str, Any]
    raw: str
    reason: str
    """Empty where it is good."""
    fix: str
    read: dict[str, Any] | None
    """``text``, or ``messages`` with ``rejected`` and ``verdict``; ``label`` of a class."""
    tokens: list[RenderedToken] = []
    trained: int = 0


class ImportPreview(DeferredModel):
    """What was found in the first rows."""

    format: dict[str, Any]
    """Complete: what was named, and what was found for the rest."""
    why: str
    packing: str
    files: list[str]
    num_files: int
    skipped: list[dict[str, str]]
    """Files that would be passed over, with the reason."""
    columns: list[PreviewColumn]
    mapping: dict[str, Any] | None
    """The mapping that was named or found; null where none fits."""
    mapping_reason: str
    problem: dict[str, Any] | None
    """What is wrong with the mapping, and what to do."""
    looked: int
    """Rows that were looked at."""
    num_bad: int
    """How many of them would be set aside."""
    rows: list[PreviewRow]
    bad: list[PreviewRow]
    notes: list[str]
    template: str = ""
    """Template that the tokens were made with."""


@router.post("/datasets/preview")
def preview_import(body: PreviewRequest, studio: Here) -> ImportPreview:
    """Look into files that would be imported: format, columns, mapping with its reason, first rows as a model would read them, and bad rows."""
    from tokenloom.data.importing.preview import look_into
    from tokenloom.data.source import Place

    spec = parse_run_spec(
        {
            "task": "import",
            "dataset": "preview",
            "source": _source(studio, body),
            "format": body.format,
            "mapping": body.mapping,
            "columns": body.columns,
        }
    )
    looked = look_into(Place(studio.workspace), spec.source, spec.format, spec.mapping, spec.columns)
    preview = ImportPreview(**looked.told(body.rows))
    if body.tokenizer and looked.mapping is not None:
        _render(studio, body, looked.rows, preview)
    return preview


def _source(studio: Studio, body: PreviewRequest) -> dict[str, Any]:
    ids = [body.upload] if body.upload else body.uploads
    if bool(ids) + bool(body.path) != 1:
        raise SpecError("Name one upload, several uploads, or a path.", hint="Give one of upload, uploads and path.")
    return uploaded(studio, ids) if ids else {"kind": "file", "path": body.path}


def _render(studio: Studio, body: PreviewRequest, rows: list[Any], preview: ImportPreview) -> None:
    """Fill the tokens of the shown rows in."""
    from tokenloom.data.template.renderer import Renderer
    from tokenloom.data.tokenizer.store import TokenizerStore

    renderer = Renderer(TokenizerStore(studio.workspace).get(body.tokenizer).load(), body.template, body.learn)
    examples = {record.number: example for _, record, example, _ in rows if example is not None}
    preview.template = renderer.name
    for row in preview.rows:
        if row.row in examples:
            views = renderer.views(examples[row.row])
            row.tokens = [RenderedToken(**view.__dict__, trained=learned) for view, learned in views]
            row.trained = sum(token.trained for token in row.tokens)
