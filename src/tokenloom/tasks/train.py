"""Pretrain or fine-tune: put the parts together, then let the loop run."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import torch
from torch import nn

from tokenloom.data.dataset import Dataset, DatasetStore
from tokenloom.data.tokens import TokenStore
from tokenloom.kit.errors import RunError, SpecError
from tokenloom.modeling.adapter import fingerprint, has_effect, plain
from tokenloom.modeling.config import config_from_spec
from tokenloom.modeling.fused.fp8 import use_fp8
from tokenloom.modeling.scoring import with_score_head
from tokenloom.modeling.transformer import Transformer
from tokenloom.modeling.tuning import tune
from tokenloom.modeling.tuning.quantized import num_weights
from tokenloom.spec.model import PretrainedModel, TransformerModel
from tokenloom.spec.recipe import FinetuneSpec, PretrainSpec
from tokenloom.tasks.context import Context
from tokenloom.tasks.ending import Ending
from tokenloom.tasks.foresight.memory import foretell
from tokenloom.tasks.foresight.rehearsal import rehearse, wants_rehearsal
from tokenloom.tasks.models import OpenModel, find_tokenizer, open_model, write_model_folder
from tokenloom.tasks.objective.layouts import labels_for
from tokenloom.tasks.objective.needs import Needs
from tokenloom.tasks.objective.tokens import fitting_dataset, token_stores
from tokenloom.tasks.repeating import commands_again, tell_repetition
from tokenloom.tasks.samples import Sampler
from tokenloom.tracking import query
from tokenloom.tracking.artifacts import pin_checkpoint, resolve_model
from tokenloom.tracking.series.repetition import read_original
from tokenloom.training.batches import CPU_PIECE, BatchStream, Share, Tokens
from tokenloom.training.distributed.starting import compute_of, recipe_digest, require_same, same_checkpoint
from tokenloom.training.distributed.team import build_team
from tokenloom.training.joining import continued, join
from tokenloom.training.loop import train
from tokenloom.training.objective import build_objective
from tokenloom.training.objective.base import Objective
from tokenloom.training.optim.optimizer import build_optimizer
from tokenloom.training.order.mixture import Mixture
from tokenloom.training.paths import FlatPath, PaddedPath, path_for
from tokenloom.training.precision import Compute, measured_ceiling
from tokenloom.training.saving.certificate import paused_as
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
        if session.origin < 0 and _newest(context) is None:
            context.note("There is no checkpoint to go back to: starting over.", level="warning")
        del session  # before the next one is built: two models would need twice the memory
        context.events = context.ranks.share(query.events(context.folder))
        session = _begin(spec, context, detour)
    watch_memory(session, is_last=True)
    if ending.state == "completed" and spec.tuning.is_adapter:
        _require_change(session)
    if ending.state == "completed":
        tell_repetition(session, context)
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


def _begin(spec: Spec, context: Context, detour: dict[str, int] | None = None) -> Session:
    """A session that has told what it is about to do and what it will take."""
    session = build_session(spec, context, detour)
    session.memory = foretell(session, context.workspace)
    _announce(session, context)
    return session


def build_session(spec: Spec, context: Context, detour: dict[str, int] | None = None) -> Session:
    """Everything the loop needs, at the state of the newest sound checkpoint; ``detour`` is what the guard wants to be different."""
    ranks, checkpoint = context.ranks, _newest(context)
    original = ranks.share(read_original(context.folder))
    saved = checkpoint.meta["compute"] if checkpoint is not None else original.get("compute")
    compute = compute_of(ranks, spec.compute, width=_width(spec), saved=saved)
    torch.manual_seed(spec.seed)
    dataset = fitting_dataset(spec, context, spec.data.dataset, field="objective")
    labels = labels_for(spec.objective, dataset)
    opened, base_reference = _open(spec, context, checkpoint, labels)
    model = opened.model
    stores = ranks.heads_first(lambda: token_stores(spec, context, opened, dataset, labels))
    require_same(ranks, recipe=recipe_digest(spec), dataset=dataset.id, tokenizer=opened.tokenizer.id)
    renderer = opened.renderer(spec.data.render.template, learn=spec.data.render.learn)
    template = renderer.template if dataset.shape != "text" else opened.meta.get("template", "")
    needs = Needs(spec, context, opened, renderer, dataset, compute, is_fresh=checkpoint is None)
    _place(spec, model, compute)
    objective, stream, validation = ranks.heads_first(lambda: _learning(needs, stores, path_for(model)))
    meta = _meta(spec, context, opened, dataset, checkpoint) | {
        "template": template,
        "base": base_reference,
        "labels": labels,
    }
    team = build_team(spec.distributed, model, ranks, compute.torch_device)
    session = Session(
        spec=spec,
        folder=context.folder,
        log=context.log,
        control=context.control,
        model=model,
        objective=objective,
        optimizer=build_optimizer(spec.optimizer, model),
        compute=compute,
        team=team,
        kernels=context.workspace.cache / "compiled" if spec.compute.compile else None,
        stream=stream,
        validation=validation,
        write_model=lambda folder: write_model_folder(
            model,
            folder,
            tokenizer_folder=opened.tokenizer_folder,
            template=template,
            base_reference=base_reference,
            weights=team.weights,
        ),
        sample=Sampler(spec, opened, renderer, dataset) if not labels else lambda *_: [],
        token_text=lambda number: opened.tokenizer.decode([number]),
        total_steps=spec.loop.max_steps or stream.num_steps(spec.loop.num_epochs),
        meta=meta,
    )
    _restore(session, context, checkpoint, detour)
    _repeat(session, context, original)
    return session


def _place(spec: Spec, model: nn.Module, compute: Compute) -> None:
    """Let the model multiply as it was asked to, on its device."""
    if compute.precision == "fp8":
        use_fp8(model)
    if spec.distributed.kind != "fsdp":  # which puts the model there part by part
        model.to(compute.torch_device)


def _repeat(session: Session, context: Context, original: dict[str, Any]) -> None:
    """What is done again from here on: the run's own commands after its checkpoint, and those of the run ``original`` that it repeats."""
    session.last_step = original.get("last_step")
    session.journal = Journal([*commands_again(original), *context.events], after_step=session.state.step)


def _meta(
    spec: Spec, context: Context, opened: OpenModel, dataset: Dataset, checkpoint: Checkpoint | None
) -> dict[str, Any]:
    """What each checkpoint says of where it comes from. Asked for before weights are spread: afterwards no process has all that it looks at."""
    began = {"began": _began(opened.model, checkpoint)} if spec.tuning.is_adapter else {}
    mix = [DatasetStore(context.workspace).get(part.dataset).id for part in spec.data.mix]
    is_new = checkpoint is None and isinstance(spec.model, PretrainedModel)
    began_as = opened.reference if is_new else checkpoint.meta.get("began_as", "") if checkpoint is not None else ""
    facts = {"tokenizer": opened.tokenizer.id, "dataset": dataset.id, "mix": mix, "began_as": began_as}
    return {**facts, "task": spec.task, **began}


def _learning(
    needs: Needs, stores: tuple[list[TokenStore], TokenStore | None], path: FlatPath | PaddedPath
) -> tuple[Objective, BatchStream, Tokens | None]:
    """What is learned, the windows that it is learned from, and what it is validated on."""
    spec = needs.spec
    splits = (spec.data.train_split, spec.data.validation_split or "")
    parts, measured = stores
    training: Tokens = needs.with_reference(parts[0], splits[0], path)
    validation = measured and needs.with_reference(measured, splits[1], path)
    mixture = None
    if len(parts) > 1:
        training = join([training, *parts[1:]])
        sizes = [len(part) // part.width for part in parts]
        mixture = Mixture(sizes, seed=spec.seed, changes=[[0, [part.share for part in spec.data.mix]]])
    objective = build_objective(spec.objective, needs.supplies(path))
    in_pieces = needs.compute.torch_device.type == "cpu" and objective.adds_up
    pieces = CPU_PIECE if in_pieces else None
    stream = BatchStream(training, spec.batch, seed=spec.seed, piece_tokens=pieces, mixture=mixture)
    ranks = needs.context.ranks
    stream.share = Share(ranks.rank, ranks.world, may_cut=objective.adds_up)
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
    model, whole = session.model, session.team.whole
    if fingerprint(model, whole) != session.meta["began"] and has_effect(model, whole):
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


def _restore(session: Session, context: Context, checkpoint: Checkpoint | None, detour: dict[str, int] | None) -> None:
    """Continue where the checkpoint stands; rows that were logged after it are void."""
    had_rows = any(event.get("type") == "training" for event in context.events)
    if checkpoint is not None:
        session.state = load_training_state(
            checkpoint, optimizer=session.optimizer, average=session.average, scale=session.loss_scale
        )
        session.is_resumed = True
        if checkpoint.meta.get("run") != context.run_id:
            _begin_fork(session, str(checkpoint.meta.get("run")))
    detour = detour or _earlier_detour(context.events, session.origin)
    if detour:
        session.state = replace(session.state, skipped_in_row=0, pending=[], **detour)
    if checkpoint is not None or had_rows:
        session.rewind(**detour)
        if session.forked_from:
            session.note(f"Goes on from step {session.state.step} of the run {session.forked_from}.")
        else:
            session.note(f"Resumed at step {session.state.step}.")
    session.is_paused = was_paused(context.events)
    session.paused_as = context.ranks.share(paused_as(context.events, session.state.step))


def _begin_fork(session: Session, source: str) -> None:
    """The state of another run, with what belongs to that run alone taken out: its live changes (this recipe counts), and its best."""
    state = replace(
        session.state,
        knobs={},
        pending=[],
        best_loss=math.inf,
        best_step=-1,
        reference_loss=math.inf,
        stale=0,
        rewinds=0,
        mix=continued(session.state.mix, session.stream, session.state.position),
    )
    session.state, session.forked_from = state, source


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
        "all_parameters": sum(num_weights(parameter) for parameter in session.model.parameters()),
        "path": session.path.name,
        "path_reason": session.path.reason if isinstance(session.path, PaddedPath) else "",
        "compute": session.compute.as_dict(),
        "ceiling": measured_ceiling(session.compute, session.meter.width).as_dict(),
        "piece_tokens": session.stream.piece_tokens,
        "sequences": len(session.stream.store),
        "groups": session.stream.num_groups,
        "distributed": session.team.kind,
        "ranks": session.ranks.world,
        "nodes": session.ranks.world // session.ranks.local_world,
    }
    session.event("training", **details)


def _newest(context: Context) -> Checkpoint | None:
    """The newest sound checkpoint, as the leader finds it."""
    found = None
    if context.ranks.is_leader:
        found = newest_sound(context.folder, lambda damaged, problems: _report_damage(context, damaged, problems))
    return same_checkpoint(context.ranks, context.folder, found)


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
