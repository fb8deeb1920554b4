"""Models that a run will open, and which of them cannot be opened: told before the run is queued. Reads folders only; loads no model."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tokenloom.jobs.foresight.hub import is_offline, needs_download
from tokenloom.jobs.runs import last_state, read_info
from tokenloom.kit.errors import NotFound
from tokenloom.kit.workspace import Workspace
from tokenloom.spec.event import TERMINAL
from tokenloom.spec.model import PretrainedModel
from tokenloom.spec.presets import is_placeholder
from tokenloom.tracking.artifacts import resolve_model

MAKERS = ("pretrain", "finetune", "vocabulary")
"""Tasks whose runs make a model."""


@dataclass(frozen=True)
class Named:
    """A model by the ``field`` that names it; ``may_fetch`` is ``None`` where the field can only name what is on this machine."""

    field: str
    source: str
    revision: str | None = None
    may_fetch: bool | None = None


def models_of(spec: Any) -> Iterator[Named]:
    """Each existing model that a run of ``spec`` will open."""
    teacher = getattr(getattr(spec, "objective", None), "teacher", None)
    for field, model in (("model", getattr(spec, "model", None)), ("objective.teacher", teacher)):
        if isinstance(model, PretrainedModel):
            yield Named(f"{field}.source", model.source, model.revision, model.allow_download)
    for number, step in enumerate(getattr(spec, "steps", None) or []):
        names = {"augment_contextual": ("model", "back"), "quality": ("perplexity_model",)}.get(step.kind, ())
        for name in names:
            if source := getattr(step, name):
                yield Named(f"steps.{number}.{name}", source)


def absent_models(workspace: Workspace, spec: Any, *, are_presets_fine: bool) -> list[dict[str, str]]:
    """``{field, message, fix}`` for each model that is not there, would have to be fetched without leave, or stands on such a one.

    A model that a run is still making may be named.
    """
    mistakes = []
    for named in models_of(spec):
        if are_presets_fine and is_placeholder(named.source):
            continue
        try:
            problem = _problem(workspace, named)
        except NotFound as error:
            if _is_coming(workspace, named.source.partition("@")[0]):
                continue
            problem = _in_a_sentence(error)
        if problem is not None:
            mistakes.append({"field": named.field, "message": problem[0], "fix": problem[1]})
    return mistakes


def _is_coming(workspace: Workspace, name: str) -> bool:
    """Whether a run that has not ended, by its name or its id, makes a model."""
    for folder in workspace.runs.glob("[!.]*"):
        info = read_info(folder)
        is_meant = name in (folder.name, info.get("name")) and info.get("task") in MAKERS
        if is_meant and last_state(folder)["state"] not in TERMINAL:
            return True
    return False


def _problem(workspace: Workspace, named: Named) -> tuple[str, str] | None:
    """What is wrong, and what to do; :class:`NotFound` where there is no such model at all."""
    ref = resolve_model(workspace, named.source)
    if ref.folder is None:
        if not needs_download(workspace, named.source, named.revision):
            return None
        message = f"the hub model “{named.source}” is not on this machine"
        if named.may_fetch is None:
            return message, "Name a model of this workspace or a folder; nothing is fetched here."
        if not named.may_fetch:
            field = named.field.rpartition(".")[0]
            fix = f"Set {field}.allow_download to true, which fetches it from the Hugging Face Hub, or name a model of this workspace or a folder."
            return message, fix
        if is_offline():
            fix = "Unset HF_HUB_OFFLINE, copy the model here, or set HF_ENDPOINT to a mirror that can be reached."
            return f"{message}, and HF_HUB_OFFLINE=1 forbids to fetch it", fix
        return None
    adapter = ref.folder / "adapter_config.json"
    if adapter.is_file():
        return _base_problem(workspace, named, ref.folder)
    if not (ref.folder / "config.json").is_file():
        return f"{ref.folder} holds no model: config.json is missing", "Give the folder that has config.json."
    return None


def _base_problem(workspace: Workspace, named: Named, folder: Path) -> tuple[str, str] | None:
    """The same of what an adapter stands on."""
    try:
        base = json.loads((folder / "adapter_config.json").read_text(encoding="utf-8"))["base_model_name_or_path"]
    except (OSError, ValueError, KeyError, TypeError):
        return None  # opening it says what is wrong with the file
    if not base:
        return None
    try:
        found = _problem(workspace, Named(named.field, str(base), None, named.may_fetch))
    except NotFound as error:
        found = _in_a_sentence(error)
    return found and (f"“{named.source}” is an adapter, and its base cannot be opened: {found[0]}", found[1])


def _in_a_sentence(error: NotFound) -> tuple[str, str]:
    """Message and hint, the message as a part of a longer one."""
    return error.message[:1].lower() + error.message[1:].rstrip("."), error.hint
