"""What makes a recipe fail at its start although each of its values alone is right: told before it is queued, field by field."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from tokenloom.jobs.foresight.methods import method_mistakes
from tokenloom.jobs.foresight.models import absent_models
from tokenloom.jobs.foresight.shapes import limit_of
from tokenloom.jobs.runs import last_state, read_info, read_settings
from tokenloom.kit.errors import NotFound, SpecError
from tokenloom.kit.workspace import Workspace
from tokenloom.spec.event import TERMINAL
from tokenloom.spec.presets import is_placeholder
from tokenloom.spec.training.compute import FP8_CAPABILITY
from tokenloom.spec.training.objective import shape_problem

LENGTH, TOKENIZER = "data.render.max_sequence_length", "model.tokenizer"
Mistake = dict[str, str]
Maker = Callable[[Any, dict[str, Any]], str | None]
"""The name of what a run of this task, with these settings, makes; ``None`` where it is something else."""


def check_recipe(workspace: Workspace, spec: Any, *, are_presets_fine: bool = False) -> None:
    """:class:`SpecError` with ``{field, message, fix}`` for each mistake that only this workspace can know.

    ``are_presets_fine``: a preset's placeholder may stand where a dataset will be.
    """
    spec = getattr(spec, "recipe", spec)  # of a rehearsal or a probe
    mistakes = []
    for field, name in _datasets(spec):
        if not (are_presets_fine and is_placeholder(name)):
            mistakes += _unknown_dataset(workspace, field, name)
    mistakes += _too_long(workspace, spec) + _wrong_shape(workspace, spec) + _absent_library(spec)
    mistakes += _absent_rows(workspace, spec)
    mistakes += _absent_chip(spec) + method_mistakes(workspace, spec)
    mistakes += absent_models(workspace, spec, are_presets_fine=are_presets_fine)
    if not are_presets_fine:
        mistakes += absent_tokenizer(workspace, spec)
    if mistakes:
        more = f" (and {len(mistakes) - 1} more)" if len(mistakes) > 1 else ""
        first = mistakes[0]
        raise SpecError(f"{first['field']}: {first['message']}{more}", hint=first["fix"], errors=mistakes)


def _absent_library(spec: Any) -> list[Mistake]:
    """Quantised numbers, where the library that computes with them is not installed."""
    if spec.task not in ("pretrain", "finetune"):
        return []
    wanted = {
        "tuning.base_bits": getattr(spec.tuning, "base_bits", None) is not None,
        "optimizer.kind": spec.optimizer.kind == "adamw_8bit",
    }
    message, fix = (
        "it needs the optional extra [quantized], which is not installed",
        'Install it with: pip install "tokenloom[quantized]".',
    )
    is_absent = find_spec("bitsandbytes") is None
    return [
        {"field": field, "message": message, "fix": fix} for field, is_set in wanted.items() if is_set and is_absent
    ]


def _absent_chip(spec: Any) -> list[Mistake]:
    """8-bit products, where no processor of this machine makes them."""
    compute = getattr(spec, "compute", None)
    if compute is None or compute.precision != "fp8":
        return []
    from tokenloom.resources.machine import compute_capability

    if compute_capability() >= FP8_CAPABILITY:
        return []
    message = (
        "fp8 needs an NVIDIA GPU of compute capability 8.9 or more (Ada, Hopper and later), and this machine has none"
    )
    return [
        {
            "field": "compute.precision",
            "message": message,
            "fix": "Set it to auto, which takes bf16 where it is faster.",
        }
    ]


def _datasets(spec: Any) -> list[tuple[str, str]]:
    """Each dataset that a run will read, with the field that names it."""
    if spec.task in ("inspect", "map", "refine"):
        return [("dataset", spec.dataset)]
    if spec.task == "tokenizer":
        return [(f"datasets.{index}", name) for index, name in enumerate(spec.datasets)]
    data = getattr(spec, "data", None)
    if data is None:
        return []
    mix = [(f"data.mix.{number}.dataset", part.dataset) for number, part in enumerate(getattr(data, "mix", []))]
    return [("data.dataset", data.dataset), *mix]


def _unknown_dataset(workspace: Workspace, field: str, name: str) -> list[Mistake]:
    from tokenloom.data.dataset import DatasetStore

    try:
        DatasetStore(workspace).get(name)
    except NotFound as error:
        if name.partition("@")[0] in _coming(workspace, _dataset_made):
            return []
        message = error.message[:1].lower() + error.message[1:].rstrip(".")
        fix = error.hint if "yet" not in error.hint else f"{error.hint} Import one first."
        return [{"field": field, "message": message, "fix": fix}]
    return []


def _wrong_shape(workspace: Workspace, spec: Any) -> list[Mistake]:
    """Rows that the objective cannot learn from; a dataset that is still being made tells its shape only then."""
    if spec.task not in ("pretrain", "finetune"):
        return []
    from tokenloom.data.dataset import DatasetStore

    try:
        shape = DatasetStore(workspace).get(spec.data.dataset).shape
    except NotFound:
        return []
    problem = shape_problem(spec.objective, shape)
    return [] if problem is None else [{"field": "objective", "message": problem[0], "fix": problem[1]}]


def _absent_rows(workspace: Workspace, spec: Any) -> list[Mistake]:
    """Rows to be left out that the dataset does not have; a dataset that is still being made tells its rows only then."""
    if spec.task not in ("pretrain", "finetune") or not spec.data.render.leave_out:
        return []
    from tokenloom.data.dataset import DatasetStore

    try:
        last = DatasetStore(workspace).get(spec.data.dataset).largest_number()
    except NotFound:
        return []
    absent = [row for row in spec.data.render.leave_out if not 1 <= row <= last]
    if not absent:
        return []
    message = f"the dataset has no row {absent[0]}; its rows are numbered from 1 to {last}"
    return [
        {
            "field": "data.render.leave_out",
            "message": message,
            "fix": "Take the numbers that an X-ray or the explorer shows.",
        }
    ]


def absent_tokenizer(workspace: Workspace, spec: Any) -> list[Mistake]:
    """A new model without its tokenizer: none is here at all, or not the one that is named, and no run is making it."""
    if spec.task != "pretrain" or spec.model.kind != "transformer":
        return []
    from tokenloom.data.tokenizer.store import TokenizerStore

    name, store = spec.model.tokenizer, TokenizerStore(workspace)
    data = getattr(getattr(spec, "data", None), "dataset", "DATASET")
    fix = f"Train one first: tokenloom tokenizer train NAME --data {data}."
    if name == "auto":
        if store.list() or any(_coming(workspace, _tokenizer_made)):
            return []
        return [{"field": TOKENIZER, "message": "there is no tokenizer in this workspace yet", "fix": fix}]
    if (Path(name).expanduser() / "tokenizer.json").is_file():
        return []
    try:
        store.get(name)
    except NotFound as error:
        if name.partition("@")[0] in _coming(workspace, _tokenizer_made):
            return []
        message = error.message[:1].lower() + error.message[1:].rstrip(".")
        return [{"field": TOKENIZER, "message": message, "fix": error.hint if store.list() else fix}]
    return []


def _coming(workspace: Workspace, made_by: Maker) -> Iterator[str]:
    """Names of what runs that have not ended make, as ``made_by`` tells it of a run's task and settings."""
    for folder in workspace.runs.glob("[!.]*"):
        made = made_by(read_info(folder).get("task"), read_settings(folder))
        if made is not None and last_state(folder)["state"] not in TERMINAL:
            yield made


def _tokenizer_made(task: Any, settings: dict[str, Any]) -> str | None:
    return settings.get("tokenizer") if task == "tokenizer" else None


def _dataset_made(task: Any, settings: dict[str, Any]) -> str | None:
    """Name of the dataset that a run will publish."""
    if task == "refine":
        return str(settings.get("into") or settings.get("dataset")).partition("@")[0]
    return settings.get("dataset") if task == "import" else None


def _too_long(workspace: Workspace, spec: Any) -> list[Mistake]:
    """Rows longer than the model can read. A model that is not on this machine tells its limit only once it is."""
    if spec.task not in ("pretrain", "finetune") or spec.data.render.max_sequence_length is None:
        return []
    limit = limit_of(workspace, spec)
    if limit is None or spec.data.render.max_sequence_length <= limit:
        return []
    message = f"{spec.data.render.max_sequence_length} is more than the model's {limit} tokens"
    return [{"field": LENGTH, "message": message, "fix": "Leave it empty for the model's own, or set a smaller one."}]
