"""Export a model and prove that it is still the same."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from tokenloom.data.template.renderer import Renderer
from tokenloom.export.card import model_card
from tokenloom.export.huggingface import write_adapter, write_merged
from tokenloom.export.verify import GREEDY_TOKENS, Prompt, Proof, prove
from tokenloom.kit.atomic import atomic_dir_commit, read_manifest
from tokenloom.kit.errors import Conflict, DataError, ExportError, ResourceError
from tokenloom.modeling.adapter import base_of, is_adapted
from tokenloom.modeling.writing import full_disk_as_os_error
from tokenloom.spec.recipe import ExportSpec
from tokenloom.tasks.context import Context
from tokenloom.tasks.ending import Ending
from tokenloom.tasks.lineage import evaluations_of, lineage_of, recipe_of
from tokenloom.tasks.models import OpenModel, open_model
from tokenloom.tracking.artifacts import resolve_model

KIND = "tokenloom.export"  # what the manifest of an export calls itself
PROBES = (
    "Write one short sentence.",
    "The quick brown fox jumps over the lazy dog, 12 times out of 345.",
    "  naïve café — 東京 🙂\n\tx = [1, 2, 3]",
)


def export_model(spec: ExportSpec, context: Context) -> Ending:
    """Result: the folder, its files and the proof. Nothing is published unless the proof holds."""
    opened = open_model(context.workspace, spec.model)
    opened.model.eval()
    target = Path(spec.out).expanduser().resolve() if spec.out else context.workspace.exports / context.run_id
    _check_target(target)
    progress = context.phase("export")
    progress(0, 3, "steps")
    is_adapter = is_adapted(opened.model) and not spec.merge_adapter
    if not spec.merge_adapter and not is_adapter:
        raise ExportError(
            f"{opened.reference} has no adapter that could be written alone.",
            hint="Export the whole model (merge_adapter=true, without --adapter-only).",
        )
    if is_adapter and opened.is_scorer:
        raise ExportError(
            "An adapter with a head for classes can be opened elsewhere only with its base's body put under it.",
            hint="Export it merged (merge_adapter=true).",
        )
    context.is_cancelled()
    with atomic_dir_commit(target, meta={"kind": KIND, "model": opened.reference}) as folder, full_disk_as_os_error():
        renderer = opened.renderer()
        model = opened.model
        template = opened.meta.get("template", opened.tokenizer.chat_template) or ""
        base_folder = None
        if is_adapter:
            base_folder = _folder_of_base(context, opened)
            write_adapter(
                model, folder, tokenizer_folder=opened.tokenizer_folder, template=template, base=opened.meta["base"]
            )
        else:
            model = write_merged(
                model,
                folder,
                tokenizer_folder=opened.tokenizer_folder,
                template=template,
                stop_ids=renderer.stop_ids,
            )
        progress(1, 3, "steps")
        context.is_cancelled()
        proof = prove(
            model,
            folder,
            probes(renderer, with_messages=bool(template), longest=opened.max_sequence_length),
            stop_ids=renderer.stop_ids,
            allowed_logit_difference=spec.max_logit_difference,
            base_folder=base_folder,
        )
        context.is_cancelled()
        _require(proof)
        progress(2, 3, "steps")
        (folder / "README.md").write_text(_card(spec, context, opened, proof, bool(template)), encoding="utf-8")
    progress(3, 3, "steps")
    files = {path.name: path.stat().st_size for path in sorted(target.iterdir())}
    context.result(kind="export", folder=str(target), files=files, proof=proof.as_dict(), model=opened.reference)
    return Ending()


def probes(renderer: Renderer, *, with_messages: bool, longest: int) -> list[Prompt]:
    """Prompts that try words, numbers, white space and several scripts, raw and through the template.

    What the model reads of them is cut so that the greedy text still fits into ``longest`` tokens.
    """
    room = max(longest - GREEDY_TOKENS, 1)
    found = []
    for text in PROBES:
        text_ids = [int(number) for number in renderer.tokenizer.encode(text)]
        if not with_messages:
            found.append(Prompt(renderer.text_ids(text)[:room], text, text_ids))
            continue
        messages = [{"role": "user", "content": text}]
        ids = renderer.prompt_ids(messages)[:room]
        found.append(Prompt(ids, text, text_ids, messages, renderer.prompt_text(messages)))
    return found


def _require(proof: Proof) -> None:
    if proof.problems:
        raise ExportError(
            f"The exported model is not the same as its source: {'; '.join(proof.problems)}.",
            hint="Nothing was published. Raise max_logit_difference only if you know why they differ.",
            proof=proof.as_dict(),
        )


def _check_target(target: Path) -> None:
    if target.exists() and not _may_be_replaced(target):
        raise Conflict(
            f"{target} is there already and was not made by an export.", hint="Choose a new folder with --out DIR."
        )
    free = shutil.disk_usage(next(parent for parent in target.parents if parent.exists())).free
    if free < 16 << 20:
        raise ResourceError(f"There are only {free / 1e6:.0f} MB free for {target}.", hint="Free some space first.")


def _may_be_replaced(target: Path) -> bool:
    """Only what an export made, or an empty folder: a file, a dataset or a stranger's folder is never overwritten."""
    if not target.is_dir():
        return False
    if not any(target.iterdir()):
        return True
    try:
        return read_manifest(target)["meta"].get("kind") == KIND
    except (DataError, KeyError, AttributeError):
        return False


def _folder_of_base(context: Context, opened: OpenModel) -> Path:
    ref = resolve_model(context.workspace, str(opened.meta["base"]))
    if ref.folder is None:
        raise ExportError("An adapter alone can be verified only beside a local base.", hint="Export it merged.")
    return ref.folder


def _card(spec: ExportSpec, context: Context, opened: OpenModel, proof: Proof, has_template: bool) -> str:
    base = base_of(opened.model)
    parameters = sum(parameter.numel() for parameter in base.parameters())
    config: dict[str, Any] = base.config.to_dict() | {"parameters": parameters}
    return model_card(
        name=spec.name or opened.reference,
        reference=opened.reference,
        config=config,
        recipe=recipe_of(context.workspace, opened.reference),
        lineage=lineage_of(opened.meta),
        proof=proof.as_dict(),
        evaluations=evaluations_of(context.workspace, opened.reference),
        has_template=has_template,
    )
