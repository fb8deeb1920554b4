"""Pretrain or fine-tune: put the parts together, then let the loop run."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from torch import nn

from tokenloom.data.dataset import Dataset, DatasetStore
from tokenloom.data.progress import Watch
from tokenloom.data.tokens import TokenStore, prepare_tokens
from tokenloom.kit.errors import DataError, RunError, SpecError
from tokenloom.modeling.adapter import fingerprint, has_effect, plain
from tokenloom.modeling.config import config_from_spec
from tokenloom.modeling.scoring import with_score_head
from tokenloom.modeling.transformer import Transformer
from tokenloom.modeling.tuning import tune
from tokenloom.spec.model import PretrainedModel, TransformerModel
from tokenloom.spec.recipe import FinetuneSpec, PretrainSpec, RehearseSpec
from tokenloom.spec.training.objective import shape_problem
from tokenloom.tasks.context import Context
from tokenloom.tasks.ending import Ending
from tokenloom.tasks.foresight.memory import foretell
from tokenloom.tasks.foresight.rehearsal import rehearse, wants_rehearsal
from tokenloom.tasks.models import OpenModel, find_tokenizer, open_model, write_model_folder
from tokenloom.tasks.objective.layouts import labels_for, layout_of, room_for_answers
from tokenloom.tasks.objective.needs import Needs
from tokenloom.tasks.samples import Sampler
from tokenloom.tracking import query
from tokenloom.tracking.artifacts import pin_checkpoint, resolve_model
from tokenloom.training.batches import CPU_PIECE, BatchStream, Tokens
from tokenloom.training.loop import train
from tokenloom.training.objective import build_objective
from tokenloom.training.objective.base import Objective
from tokenloom.training.optim.optimizer import build_optimizer
from tokenloom.training.paths import FlatPath, PaddedPath, path_for
from tokenloom.training.precision import choose_compute
from tokenloom.training.saving.checkpoint import Checkpoint, load_training_state, newest_sound, set_aside
from tokenloom.training.session import Session
from tokenloom.training.steering.control import Journal, was_paused
from tokenloom.training.watching.memory import watch_memory
from tokenloom.training.watching.rows import Rewind

Spec = PretrainSpec | FinetuneSpec


def train_model(spec: Spec, context: Context) -> Ending:
    """Run to the end, from the newest sound checkpoint if there is one. Result: the model's reference and its last numbers."""
    context.is_steerable = True
    session = _begin(spec, context)
    if wants_rehearsal(session) and not any(event.get("type") == "rehearsal" for event in context.events):
        rehearse(session, context)
    while True:
        try:
            ending = train(session)
            break
        except Rewind as rewind:
            detour = {"position": rewind.position, "rewinds": session.state.rewinds + 1}
        if session.origin < 0 and newest_sound(context.folder, lambda *_: None) is None:
            context.note("There is no checkpoint to go back to: starting over.", level="warning")
        del session  # before the next one is built: two models would need twice the memory
        context.events = query.events(context.folder)
        session = _begin(spec, context, detour)
    watch_memory(session, is_last=True)
    if ending.state == "completed" and spec.tuning.is_adapter:
        _require_change(session)
    state = session.state
    context.result(
        kind="model",
        model=f"{context.run_id}@{state.step}",
        steps=state.step,
        tokens=state.tokens,
        best_loss=state.best_loss if state.best_step >= 0 else None,
        best_step=state.best_step,
        train_seconds=state.train_seconds,
    )
    return Ending(ending.state, ending.reason, ending.signal)


def rehearse_recipe(spec: RehearseSpec, context: Context) -> Ending:
    """Only the rehearsal of a recipe. Result: its stages, with seconds and the most memory."""
    session = build_session(spec.recipe, context)
    session.memory = foretell(session, context.workspace)
    found = rehearse(session, context)
    watch_memory(session, is_last=True)
    words = ("predicted_bytes", "low_bytes", "high_bytes", "measured_bytes")
    context.result(
        kind="rehearsal",
        stages=found.stages,
        seconds=found.seconds,
        **{name: session.memory.get(name) for name in words},
    )
    return Ending("completed")


def _begin(spec: Spec, context: Context, detour: dict[str, int] | None = None) -> Session:
    """A session that has told what it is about to do and what it will take."""
    session = build_session(spec, context, detour)
    session.memory = foretell(session, context.workspace)
    _announce(session, context)
    return session


def build_session(spec: Spec, context: Context, detour: dict[str, int] | None = None) -> Session:
    """Everything the loop needs, at the state of the newest sound checkpoint; ``detour`` is what the guard wants to be different."""
    checkpoint = newest_sound(context.folder, lambda damaged, problems: _report_damage(context, damaged, problems))
    saved = checkpoint.meta["compute"] if checkpoint is not None else None
    compute = choose_compute(spec.compute, width=_width(spec), saved=saved)
    torch.manual_seed(spec.seed)
    dataset = DatasetStore(context.workspace).get(spec.data.dataset)
    if problem := shape_problem(spec.objective, dataset.shape):
        raise DataError(f"{dataset.name}: {problem[0]}.", hint=problem[1], field="objective")
    labels = labels_for(spec.objective, dataset)
    opened, base_reference = _open(spec, context, checkpoint, labels)
    model = opened.model.to(compute.torch_device)
    stores = _tokens(spec, context, opened, dataset, labels)
    renderer = opened.renderer(spec.data.render.template, learn=spec.data.render.learn)
    template = renderer.template if dataset.shape != "text" else opened.meta.get("template", "")
    needs = Needs(spec, context, opened, renderer, dataset, compute, is_fresh=checkpoint is None)
    objective, stream, validation = _learning(needs, stores, path_for(model))

    def write_model(folder: Path) -> None:
        write_model_folder(
            model, folder, tokenizer_folder=opened.tokenizer_folder, template=template, base_reference=base_reference
        )

    session = Session(
        spec=spec,
        folder=context.folder,
        log=context.log,
        control=context.control,
        model=model,
        objective=objective,
        optimizer=build_optimizer(spec.optimizer, model),
        compute=compute,
        stream=stream,
        validation=validation,
        write_model=write_model,
        sample=Sampler(spec, opened, renderer, dataset) if not labels else list,
        token_text=lambda number: opened.tokenizer.decode([number]),
        total_steps=spec.loop.max_steps or stream.num_steps(spec.loop.num_epochs),
        meta={
            "tokenizer": opened.tokenizer.id,
            "template": template,
            "base": base_reference,
            "dataset": dataset.id,
            "task": spec.task,
            "labels": labels,
            **({"began": _began(model, checkpoint)} if spec.tuning.is_adapter else {}),
        },
    )
    _restore(session, context, checkpoint, detour)
    return session


def _learning(
    needs: Needs, stores: tuple[TokenStore, TokenStore | None], path: FlatPath | PaddedPath
) -> tuple[Objective, BatchStream, Tokens | None]:
    """What is learned, the windows that it is learned from, and what it is validated on."""
    spec = needs.spec
    splits = (spec.data.train_split, spec.data.validation_split or "")
    training, validation = (
        store and needs.with_reference(store, split, path) for store, split in zip(stores, splits, strict=True)
    )
    objective = build_objective(spec.objective, needs.supplies(path))
    in_pieces = needs.compute.torch_device.type == "cpu" and objective.adds_up
    stream = BatchStream(training, spec.batch, seed=spec.seed, piece_tokens=CPU_PIECE if in_pieces else None)
    return objective, stream, validation


def _open(spec: Spec, context: Context, checkpoint: Checkpoint | None, labels: list[str]) -> tuple[OpenModel, str]:
    """The model to train, and the lasting name of its base where only an adapter is trained. With ``labels`` it has a head for them."""
    is_adapter = spec.tuning.is_adapter
    if checkpoint is not None:
        source = PretrainedModel(source=f"{context.run_id}@{checkpoint.step}", **_trust(spec))
        bits = getattr(spec.tuning, "base_bits", None)
        opened = open_model(context.workspace, source, trainable_adapter=is_adapter, base_bits=bits)
        if not is_adapter:
            opened.model = tune(spec.tuning, opened.model)
        return opened, str(checkpoint.meta.get("base", ""))
    if isinstance(spec.model, TransformerModel):
        if is_adapter:
            raise SpecError(
                "tuning: an adapter needs a model that already knows something; this one starts from random weights",
                hint="Set tuning.kind=full, or give model.kind=pretrained.",
            )
        opened = _new_model(spec.model, context)
    else:
        ref = resolve_model(context.workspace, spec.model.source)
        pin_checkpoint(context.workspace, ref, by=context.run_id)
        opened = open_model(context.workspace, spec.model.model_copy(update={"source": ref.reference}))
        opened.model = plain(opened.model)
    if labels:
        opened.model = with_score_head(opened.model, labels)
    else:
        opened.require_writer()
    opened.model = tune(spec.tuning, opened.model)
    return opened, opened.reference if is_adapter else ""


def _began(model: nn.Module, checkpoint: Checkpoint | None) -> str:
    """What the adapter was before the first step."""
    return str(checkpoint.meta.get("began", "")) if checkpoint is not None else fingerprint(model)


def _require_change(session: Session) -> None:
    """:class:`RunError` for an adapter that is what it was at the start, or has no effect: whatever went wrong, it must not look like a success."""
    if fingerprint(session.model) != session.meta["began"] and has_effect(session.model):
        return
    raise RunError(
        "The adapter changed nothing: after the last step it has no effect on the model.",
        hint="Look at train/loss and train/grad_norm. Usual reasons: a learning rate that is far too small, no learned tokens in the data, "
        "target_modules that the loss does not depend on, or steps that were all skipped.",
    )


def _new_model(spec: TransformerModel, context: Context) -> OpenModel:
    tokenizer, folder = find_tokenizer(context.workspace, spec)
    config = config_from_spec(
        spec,
        tokenizer.vocab_size,
        bos_token_id=tokenizer.bos_id,
        eos_token_id=tokenizer.eos_id,
        pad_token_id=tokenizer.pad_id,
    )
    return OpenModel(Transformer(config), tokenizer, folder, "")


def _tokens(
    spec: Spec, context: Context, opened: OpenModel, dataset: Dataset, labels: list[str]
) -> tuple[TokenStore, TokenStore | None]:
    """Token stores of the training and the validation split; the ledgers are checked and noted."""
    template = spec.data.render.template
    if template == "auto" and opened.meta.get("template"):
        template = str(opened.meta["template"])
    render = spec.data.render.model_copy(update={"template": template})
    room = opened.max_sequence_length - room_for_answers(spec.objective)
    limit = render.max_sequence_length or room
    if limit > opened.max_sequence_length:
        raise SpecError(
            f"data.render.max_sequence_length {limit} is more than the model's {opened.max_sequence_length}.",
            hint="Leave it empty for the model's own, or set a smaller one.",
        )
    layout = layout_of(spec.objective, labels)
    splits = [spec.data.train_split]
    if spec.data.validation_split and dataset.splits.get(spec.data.validation_split):
        splits.append(spec.data.validation_split)
    stores = []
    for split in splits:
        store = prepare_tokens(
            context.workspace,
            dataset,
            split,
            opened.tokenizer,
            render,
            max_sequence_length=min(limit, room),
            layout=layout,
            watch=Watch(context.phase(f"tokens of {split}"), context.is_cancelled),
        )
        store.ledger.check()
        context.event("ledger", split=split, ledger=store.ledger.as_dict())
        stores.append(store)
    if len(stores[0]) == 0:
        raise DataError("Not one sequence is left to train on.", hint="Look at the ledger in the run's events.")
    return stores[0], stores[1] if len(stores) > 1 else None


def _restore(session: Session, context: Context, checkpoint: Checkpoint | None, detour: dict[str, int] | None) -> None:
    """Continue where the checkpoint stands; rows that were logged after it are void."""
    had_rows = any(event.get("type") == "training" for event in context.events)
    if checkpoint is not None:
        session.state = load_training_state(
            checkpoint, optimizer=session.optimizer, average=session.average, scale=session.loss_scale
        )
        session.is_resumed = True
    detour = detour or _earlier_detour(context.events, session.origin)
    if detour:
        session.state = replace(session.state, skipped_in_row=0, pending=[], **detour)
    if checkpoint is not None or had_rows:
        session.rewind(**detour)
        session.note(f"Resumed at step {session.state.step}.")
    session.journal = Journal(context.events, after_step=session.state.step)
    session.is_paused = was_paused(context.events)


def _earlier_detour(events: list[dict[str, Any]], origin: int) -> dict[str, int]:
    """Where the guard sent the run when it last went back to this checkpoint; empty where it never did."""
    found = [event for event in events if event.get("type") == "rewind" and "rewinds" in event]
    if not found or found[-1]["step"] != origin:
        return {}
    return {name: int(found[-1][name]) for name in ("position", "rewinds")}


def _announce(session: Session, context: Context) -> None:
    parameters = session.parameters
    details: dict[str, Any] = {
        "total_steps": session.total_steps,
        "trained_parameters": sum(parameter.numel() for parameter in parameters),
        "all_parameters": sum(parameter.numel() for parameter in session.model.parameters()),
        "path": session.path.name,
        "path_reason": session.path.reason if isinstance(session.path, PaddedPath) else "",
        "compute": session.compute.as_dict(),
        "sequences": len(session.stream.store),
        "groups": session.stream.num_groups,
    }
    session.event("training", **details)


def _report_damage(context: Context, damaged: Checkpoint, problems: list[str]) -> None:
    context.note(
        f"The checkpoint step-{damaged.step} is damaged ({problems[0]}); the one before it is used.",
        level="warning",
        problems=problems,
    )
    set_aside(damaged)


def _trust(spec: Spec) -> dict[str, Any]:
    if not isinstance(spec.model, PretrainedModel):
        return {}
    return {"allow_download": spec.model.allow_download, "trust_remote_code": spec.model.trust_remote_code}


def _width(spec: Spec) -> int:
    return spec.model.hidden_size if isinstance(spec.model, TransformerModel) else 512
