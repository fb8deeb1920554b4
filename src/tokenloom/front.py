"""``tokenloom.train``, ``tokenloom.load`` and ``tokenloom.import_rows``: the Python face of three commands."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tokenloom.kit.errors import RunError
from tokenloom.kit.workspace import Workspace


def train(recipe: str | dict[str, Any], /, *, workspace: Path | str | None = None, **overrides: Any) -> dict[str, Any]:
    """Run a recipe (a file, a preset's name or plain data) to its end; its result with the key ``run``.

    ``overrides`` are dotted names: ``train("cpu/tiny-pretrain", **{"data.dataset": "stories"})``. Raises :class:`RunError` where the run
    failed.
    """
    from tokenloom.jobs.control import submit
    from tokenloom.jobs.runs import last_state
    from tokenloom.jobs.watch import wait_for
    from tokenloom.spec.override import apply_overrides, parse_run_spec
    from tokenloom.spec.presets import load_recipe
    from tokenloom.tracking import query

    data = load_recipe(recipe) if isinstance(recipe, str) else recipe
    space = Workspace.open(workspace)
    data = apply_overrides(data, [f"{name}={json.dumps(value)}" for name, value in overrides.items()])
    run_id = submit(space, parse_run_spec(data))
    state = wait_for(space, run_id)
    if state != "completed":
        error = last_state(space.run(run_id)).get("error") or {}
        raise RunError(
            f"The run {run_id} is {state}: {error.get('message', '')}", hint=error.get("hint", ""), run=run_id
        )
    results = query.events(space.run(run_id), ["result"])
    return {**(results[-1]["result"] if results else {}), "run": run_id}


def import_rows(
    rows: Any,
    name: str,
    /,
    *,
    workspace: Path | str | None = None,
    mapping: dict[str, Any] | None = None,
    split: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """Make a dataset version of a pandas or polars frame, an Arrow table, or dicts; its manifest, with ``id``, ``version`` and ``rows``.

    ``mapping`` and ``split`` are as in a recipe: ``import_rows(frame, "faq", mapping={"kind": "prompt", "prompt": "q", "completion": "a"})``.
    Raises :class:`DataError` where no row can be used.
    """
    from tokenloom.data.importing import import_dataset
    from tokenloom.data.source.frames import rows_from
    from tokenloom.spec.override import parse_run_spec

    given = {"mapping": mapping, "split": split}
    stated = {key: value for key, value in given.items() if value is not None}
    spec = parse_run_spec({"task": "import", "dataset": name, "source": {"kind": "file", "path": "."}, **stated})
    space = Workspace.open(workspace)
    return import_dataset(space, name=name, source=rows_from(rows), mapping=spec.mapping, split=spec.split).meta


def load(model: str, *, workspace: Path | str | None = None, adapters: dict[str, str] | None = None) -> tuple[Any, Any]:
    """The model (a transformers ``PreTrainedModel``, an adapter on it) and its tokenizer. ``model`` as on the command line.

    ``adapters`` are more of them on the same base, name → model; ``tokenloom.modeling.adapter`` chooses among them, merges and unmerges. The first is
    called ``default``, and works until another is chosen.
    """
    from tokenloom.spec.model import PretrainedModel
    from tokenloom.tasks.models import open_beside, open_model

    space = Workspace.open(workspace)
    opened = open_model(space, PretrainedModel(source=model))
    open_beside(space, opened, adapters or {})
    return opened.model.eval(), opened.tokenizer
