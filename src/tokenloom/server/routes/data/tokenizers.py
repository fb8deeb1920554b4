"""``/api/tokenizers``: list, look, try on a text, train."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Body, Response
from pydantic import BaseModel, ConfigDict, Field

from tokenloom.server.answers import Cursor, Deleted, ForGood, Limit, Page, Reference, page_of
from tokenloom.server.openapi import takes_spec
from tokenloom.server.routes.runs import Started, start
from tokenloom.server.studio import Here
from tokenloom.spec.base import DeferredModel

router = APIRouter(tags=["tokenizers"])
MAX_TEXT = 200_000


class TokenizerItem(DeferredModel):
    """One version of a tokenizer."""

    id: str
    name: str
    version: int
    created: str
    vocab_size: int
    meta: dict[str, Any]


class Text(BaseModel):
    """A text to cut into tokens; with ``template`` it is shown as a user's message through that chat template."""

    model_config = ConfigDict(extra="forbid")
    text: str = Field(max_length=MAX_TEXT)
    template: str = Field("", max_length=20_000)


class Token(DeferredModel):
    """One token; ``start`` and ``end`` are character offsets into the shown text."""

    id: int
    text: str
    start: int
    end: int
    special: bool


class Preview(DeferredModel):
    """The text as the model would see it, and its tokens."""

    text: str
    tokens: list[Token]


@router.get("/tokenizers")
def list_tokenizers(studio: Here, cursor: Cursor = "", limit: Limit = 100) -> Page[TokenizerItem]:
    """All versions of all tokenizers, by name, newest version first."""
    from tokenloom.data.tokenizer.store import TokenizerStore

    return page_of([_item(ref.meta) for ref in TokenizerStore(studio.workspace).list()], cursor, limit)


@router.post("/tokenizers", status_code=201, openapi_extra=takes_spec("TokenizerSpec"))
def train_tokenizer(spec: Annotated[dict[str, Any], Body()], response: Response, studio: Here) -> Started:
    """Start a run that trains a tokenizer on the training splits of datasets."""
    return start(studio, {**spec, "task": "tokenizer"}, response)


@router.get("/tokenizers/{tokenizer}")
def get_tokenizer(tokenizer: Reference, studio: Here) -> TokenizerItem:
    """One tokenizer: by id, `name@version`, or name for the newest."""
    from tokenloom.data.tokenizer.store import TokenizerStore

    return _item(TokenizerStore(studio.workspace).get(tokenizer).meta)


@router.post("/tokenizers/{tokenizer}/preview")
def preview_tokens(tokenizer: Reference, body: Text, studio: Here) -> Preview:
    """The tokens of a text with their ids and places."""
    from tokenloom.data.template.renderer import Renderer
    from tokenloom.data.tokenizer.store import TokenizerStore

    chosen = TokenizerStore(studio.workspace).get(tokenizer).load()
    text = body.text
    if body.template:
        text = Renderer(chosen, body.template).prompt_text([{"role": "user", "content": body.text}])
    tokens = chosen.preview(text, marks=bool(body.template))
    return Preview(text=text, tokens=[Token(**token.__dict__) for token in tokens])


@router.delete("/tokenizers/{tokenizer}")
def delete_tokenizer(tokenizer: Reference, studio: Here, for_good: ForGood = False) -> Deleted:
    """Put one version into the bin."""
    from tokenloom.data.tokenizer.store import TokenizerStore
    from tokenloom.jobs.deletion import delete_version

    found = TokenizerStore(studio.workspace).get(tokenizer)
    gone = delete_version(studio.workspace, found, for_good=for_good)
    studio.changed()
    return Deleted(deleted=found.id, bin=gone.id)


def _item(meta: dict[str, Any]) -> TokenizerItem:
    return TokenizerItem(
        id=str(meta["id"]),
        name=str(meta["name"]),
        version=int(meta["version"]),
        created=str(meta.get("created", "")),
        vocab_size=int(meta.get("vocab_size", 0)),
        meta=meta,
    )
