"""``/api/models``, ``/api/architecture`` and ``/api/checkpoints``: what can be evaluated, exported, generated from or trained further."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Body, Query
from pydantic import BaseModel, ConfigDict, Field

from tokenloom.jobs.deletion import delete_checkpoint as delete_checkpoint_folder
from tokenloom.jobs.registry import delete_model as delete_registered
from tokenloom.jobs.registry import register_model
from tokenloom.kit.atomic import read_manifest, verify_dir
from tokenloom.kit.errors import DataError
from tokenloom.server.answers import ID_PATTERN, Cursor, Deleted, ForGood, Id, Limit, Page, Reference, page_of
from tokenloom.server.openapi import takes_spec
from tokenloom.server.studio import Here, Studio
from tokenloom.spec.base import DeferredModel
from tokenloom.spec.override import parse_run_spec
from tokenloom.tracking.artifacts import checkpoint_steps, registered_models

if TYPE_CHECKING:
    from tokenloom.tracking.catalog.runs import RunRow

router = APIRouter(tags=["models"])
Batch = Annotated[int | None, Query(ge=1, le=1 << 16, description="Sequences; empty = the recipe's own, else 1.")]
Sequence = Annotated[int | None, Query(ge=1, le=1 << 20, description="Tokens of each; empty = the longest.")]


class Model(DeferredModel):
    """A model by the name that every MODEL setting takes: a registered one, or a run with a checkpoint."""

    reference: str
    name: str
    kind: str
    """`registered` or `run`."""
    run: str = ""
    step: int | None = None
    task: str = ""
    state: str = ""
    created: float | None = None
    meta: dict[str, Any] = {}


class Register(BaseModel):
    """A run, `RUN@STEP` or a folder, and the lasting name that it gets."""

    model_config = ConfigDict(extra="forbid")
    model: str = Field(min_length=1, max_length=1000)
    name: str = Field(min_length=1, max_length=200)


class Checkpoint(DeferredModel):
    """One published checkpoint of a run."""

    reference: str
    run: str
    step: int
    bytes: int
    best_loss: float | None
    problems: list[str]
    """What is wrong with its files: without `verify` only what a look at the manifest shows."""


class Module(DeferredModel):
    """A module of a model. Where ``times`` is more than 1, its numbers are those of all of them, its children those of one."""

    name: str
    path: str
    last: str = ""
    """Name of the last of them."""
    kind: str
    """Its class."""
    role: str
    """`block`, `attention`, `feed_forward`, `norm`, `embedding`, `head`, `linear`, `adapter` or `other`."""
    times: int
    is_shared: bool
    """Whether its weights stand elsewhere in the model, as a head that is tied to the embedding."""
    input_shape: list[int] | None
    output_shape: list[int] | None
    parameters: int
    trained: int
    weight_bytes: int
    activation_bytes: int
    """Of what its layers give, in the format of the products."""
    training_bytes: int
    """Gradients and optimizer of what is trained."""
    flops: int
    """Operations of one forward pass."""
    children: list[Module]


class ModelFacts(DeferredModel):
    """The numbers by which people name a shape; empty where the family does not say."""

    family: str
    layers: int | None
    hidden_size: int | None
    heads: int | None
    kv_heads: int | None
    head_size: int | None
    feed_forward: int | None
    vocabulary: int | None
    max_sequence_length: int | None
    is_tied: bool


class Architecture(DeferredModel):
    """A model as a tree of its modules, seen with a batch of ``batch`` × ``sequence`` tokens."""

    batch: int
    sequence: int
    facts: ModelFacts
    training_passes: int
    """What a step costs in forward passes."""
    note: str
    """Why shapes and arithmetic are missing; empty where they are not."""
    root: Module


@router.get("/models")
def list_models(studio: Here, cursor: Cursor = "", limit: Limit = 100) -> Page[Model]:
    """Registered models, then runs that have a checkpoint, newest first."""
    return page_of([*_registered(studio), *_of_runs(studio)], cursor, limit)


@router.post("/models", status_code=201)
def create_model(body: Register, studio: Here) -> Model:
    """Copy a checkpoint's model under a lasting name; the same name again makes a new version."""
    meta = register_model(studio.workspace, body.model, body.name)
    studio.changed()
    return _model(meta)


@router.delete("/models/{model}")
def delete_model(model: Reference, studio: Here, for_good: ForGood = False) -> Deleted:
    """Put one registered version into the bin."""
    gone = delete_registered(studio.workspace, model, for_good=for_good)
    studio.changed()
    return Deleted(deleted=gone.reference, bin=gone.id)


@router.post("/architecture", openapi_extra=takes_spec("RunSpec"))
def draw_recipe(
    spec: Annotated[dict[str, Any], Body()], studio: Here, batch: Batch = None, sequence: Sequence = None
) -> Architecture:
    """The model of a training recipe as it will be trained: parameters, shapes, bytes and arithmetic of each module."""
    from tokenloom.jobs.foresight.architecture import architecture_of_recipe

    found = architecture_of_recipe(studio.workspace, parse_run_spec(spec), batch=batch, sequence=sequence)
    return Architecture.model_validate(found)


@router.get("/architecture")
def draw_model(
    model: Annotated[str, Query(min_length=1, max_length=1000, description="A registered name, RUN or RUN@STEP.")],
    studio: Here,
    batch: Batch = None,
    sequence: Sequence = None,
) -> Architecture:
    """The same of a model, a run or a checkpoint."""
    from tokenloom.jobs.foresight.architecture import architecture_of_model

    return Architecture.model_validate(architecture_of_model(studio.workspace, model, batch=batch, sequence=sequence))


@router.get("/checkpoints")
def list_checkpoints(
    studio: Here,
    run: Annotated[str, Query(pattern=ID_PATTERN)],
    verify: Annotated[bool, Query(description="Compare every file with its hash.")] = False,
    cursor: Cursor = "",
    limit: Limit = 100,
) -> Page[Checkpoint]:
    """Checkpoints of a run, oldest first."""
    folder = studio.run_folder(run) / "checkpoints"
    found = [
        _checkpoint(run, step, folder / f"step-{step}", verify) for step in checkpoint_steps(studio.workspace, run)
    ]
    return page_of(found, cursor, limit)


@router.delete("/checkpoints/{id}/{step}")
def delete_checkpoint(id: Id, step: int, studio: Here, for_good: ForGood = False) -> Deleted:
    """Put one checkpoint of a run at rest into the bin."""
    studio.run_folder(id)
    gone = delete_checkpoint_folder(studio.workspace, id, step, for_good=for_good)
    return Deleted(deleted=gone.reference, bin=gone.id)


def _registered(studio: Studio) -> list[Model]:
    entries = registered_models(studio.workspace)
    return [_model(entry) for entry in sorted(entries, key=lambda each: -float(each.get("created") or 0))]


def _model(entry: dict[str, Any]) -> Model:
    return Model(
        reference=f"{entry['name']}@{entry.get('version', 1)}",
        name=str(entry["name"]),
        kind="registered",
        run=str(entry.get("run", "")),
        step=entry.get("step"),
        task=str(entry.get("task", "")),
        created=entry.get("created"),
        meta=entry,
    )


def _of_runs(studio: Studio) -> list[Model]:
    runs = [run for task in ("pretrain", "finetune") for run in _runs_of(studio, task)]
    found = []
    for run in sorted(runs, key=lambda run: -run.created):
        steps = checkpoint_steps(studio.workspace, run.id)
        if steps:
            model = Model(reference=f"{run.id}@{steps[-1]}", name=run.name, kind="run", run=run.id, step=steps[-1])
            found.append(model.model_copy(update={"task": run.task, "state": run.state, "created": run.created}))
    return found


def _runs_of(studio: Studio, task: str) -> list[RunRow]:
    from tokenloom.tracking.catalog.runs import MAX_LIMIT, list_runs

    found: list[RunRow] = []
    cursor = ""
    while True:
        page = studio.query(
            partial(list_runs, filter=f"task={task}", metrics=[], params=[], cursor=cursor, limit=MAX_LIMIT)
        )
        found += page.items
        cursor = page.next_cursor
        if not cursor:
            return found


def _checkpoint(run: str, step: int, folder: Path, verify: bool) -> Checkpoint:
    try:
        manifest = read_manifest(folder)
    except DataError as error:
        return Checkpoint(
            reference=f"{run}@{step}", run=run, step=step, bytes=0, best_loss=None, problems=[error.message]
        )
    state = manifest.get("meta", {}).get("state", {})
    return Checkpoint(
        reference=f"{run}@{step}",
        run=run,
        step=step,
        bytes=sum(int(entry["bytes"]) for entry in manifest["files"].values()),
        best_loss=state.get("best_loss"),
        problems=verify_dir(folder) if verify else [],
    )
