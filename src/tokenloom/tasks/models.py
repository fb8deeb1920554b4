"""Opening a model with everything that belongs to it: weights, adapter, tokenizer, prompt template."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import torch
from torch import nn
from transformers import PreTrainedModel

from tokenloom.data.template.presets import template_text
from tokenloom.data.template.renderer import Renderer
from tokenloom.data.tokenizer.load import load_tokenizer
from tokenloom.data.tokenizer.store import TokenizerStore
from tokenloom.data.tokenizer.tokenizer import Tokenizer
from tokenloom.kit.atomic import MANIFEST, read_manifest, verify_dir
from tokenloom.kit.errors import DataError, NotFound, SpecError
from tokenloom.kit.workspace import Workspace
from tokenloom.modeling.adapter import (
    base_of,
    is_adapter_folder,
    load_adapter,
    load_beside,
    num_virtual_tokens,
    plain,
    save_adapter,
)
from tokenloom.modeling.pretrained import hub_answers, load_body, load_model, not_fetched, save_model
from tokenloom.modeling.scoring import is_scorer, labels_of, with_score_head
from tokenloom.modeling.tuning.quantized import quantize_base
from tokenloom.spec.model import PretrainedModel, TransformerModel
from tokenloom.tracking.artifacts import ModelRef, resolve_model

TOKENIZER_FILES = ("tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "chat_template.jinja")


@dataclass
class OpenModel:
    """A model ready for use. ``tokenizer_folder`` holds its tokenizer's files; ``meta`` is what its checkpoint says of itself."""

    model: nn.Module
    tokenizer: Tokenizer
    tokenizer_folder: Path
    reference: str
    meta: dict[str, Any] = field(default_factory=dict)

    @property
    def max_sequence_length(self) -> int:
        places = int(getattr(base_of(self.model).config, "max_position_embeddings", 1 << 20))
        return places - num_virtual_tokens(self.model)

    @property
    def is_scorer(self) -> bool:
        """Whether it tells classes or scores, and so writes no text."""
        return is_scorer(base_of(self.model))

    def require_writer(self) -> None:
        """:class:`SpecError` where the model cannot write text."""
        if self.is_scorer:
            names = ", ".join(labels_of(base_of(self.model))[:5])
            raise SpecError(
                f"model: {self.reference} tells classes or scores ({names}) and writes no text",
                hint="Choose a language model, or evaluate this one on a dataset with labels.",
            )

    def renderer(self, template: str = "auto", **options: Any) -> Renderer:
        """The renderer with ``template``, where ``auto`` is the one that the model was trained with."""
        trained_with = self.meta.get("template") or "auto"
        return Renderer(self.tokenizer, trained_with if template == "auto" else template, **options)


def open_model(
    workspace: Workspace,
    spec: PretrainedModel,
    *,
    dtype: torch.dtype = torch.float32,
    trainable_adapter: bool = False,
    base_bits: int | None = None,
) -> OpenModel:
    """Weights, adapter if any, tokenizer and template of the model that ``spec.source`` means; ``base_bits`` quantises the weights below an adapter."""
    ref = resolve_model(workspace, spec.source)
    meta = _meta(ref)
    if ref.folder is not None and is_adapter_folder(ref.folder):
        below = {"source": _base_reference(ref, meta), "without_adapter": False}
        base = open_model(workspace, spec.model_copy(update=below), dtype=dtype)
        if spec.without_adapter:
            return base
        # An adapter may stand on a model that was itself made with one.
        body = plain(base.model)
        if meta.get("labels"):
            body = with_score_head(body, meta["labels"])
        if base_bits is not None:
            quantize_base(body, base_bits)
        model: nn.Module = load_adapter(body, ref.folder, trainable=trainable_adapter)
        folder = ref.folder if (ref.folder / "tokenizer.json").is_file() else base.tokenizer_folder
        return OpenModel(model, base.tokenizer, folder, ref.reference, meta or base.meta)
    return _opened(workspace, spec, ref, load_model, dtype)


def open_body(workspace: Workspace, spec: PretrainedModel, *, dtype: torch.dtype = torch.float32) -> OpenModel:
    """The model that ``spec.source`` means without its head, for its hidden states: decoders, with or without an adapter, and encoders.

    :class:`SpecError` for an adapter of virtual tokens, which are no part of the body.
    """
    ref = resolve_model(workspace, spec.source)
    if ref.folder is not None and is_adapter_folder(ref.folder):
        opened = open_model(workspace, spec, dtype=dtype)
        if num_virtual_tokens(opened.model):
            raise SpecError(
                f"model: {ref.reference} is virtual tokens before a text, which change nothing of what the model makes of the text by itself",
                hint="Name its base, or set model.without_adapter=true.",
            )
        return replace(opened, model=base_of(opened.model).base_model)
    return _opened(workspace, spec, ref, load_body, dtype)


def _opened(
    workspace: Workspace, spec: PretrainedModel, ref: ModelRef, load: Callable[..., PreTrainedModel], dtype: torch.dtype
) -> OpenModel:
    """A whole model, by one of the ways in which `modeling.pretrained` loads them, and its tokenizer."""
    model = load(
        ref.source,
        revision=spec.revision,
        allow_download=spec.allow_download,
        trust_remote_code=spec.trust_remote_code,
        dtype=dtype,
    )
    meta = _meta(ref)
    folder = ref.folder if ref.folder is not None else _hub_folder(ref, spec)
    return OpenModel(model, _tokenizer(workspace, folder, meta), folder, ref.reference, meta)


def open_beside(workspace: Workspace, opened: OpenModel, adapters: dict[str, str]) -> None:
    """Load more adapters of the same base beside the one that is open: name → reference. :class:`DataError` for one of another base."""
    for name, source in adapters.items():
        ref = resolve_model(workspace, source)
        if ref.folder is None or not is_adapter_folder(ref.folder):
            raise DataError(f"{source} is a whole model, not an adapter.", hint="Open it by itself.")
        base, own = _base_reference(ref, _meta(ref)), opened.meta.get("base", "")
        if own and base != own:
            raise DataError(
                f"The adapter {source} stands on {base}, not on {own}.", hint="Adapters side by side share one base."
            )
        load_beside(opened.model, ref.folder, name)


def find_tokenizer(workspace: Workspace, spec: TransformerModel) -> tuple[Tokenizer, Path]:
    """The tokenizer of a new model: by name, id or folder, or the newest of the workspace for ``auto``."""
    store = TokenizerStore(workspace)
    if spec.tokenizer == "auto":
        known = sorted(store.list(), key=lambda ref: str(ref.meta.get("created", "")))
        if not known:
            raise NotFound(
                "There is no tokenizer in this workspace yet.",
                hint="Train one first: tokenloom tokenizer train NAME --data DATASET.",
            )
        return known[-1].load(), known[-1].path
    folder = Path(spec.tokenizer).expanduser()
    if (folder / "tokenizer.json").is_file():
        return load_tokenizer(folder), folder
    ref = store.get(spec.tokenizer)
    return ref.load(), ref.path


def write_model_folder(
    model: nn.Module,
    folder: Path,
    *,
    tokenizer_folder: Path,
    template: str,
    base_reference: str = "",
    weights: dict[str, torch.Tensor] | None = None,
) -> None:
    """Config, safetensors (or the adapter alone), the tokenizer's files and the template, so that the folder can be used by itself.
    ``weights`` by name, where the model itself holds only parts of them.
    """
    if base_reference:
        save_adapter(model, folder, base=base_reference, weights=weights)
        (folder / "README.md").unlink(missing_ok=True)  # PEFT's form of a card; ours is written at export
    else:
        save_model(base_of(model), folder, weights=weights)
    for name in TOKENIZER_FILES:
        if (tokenizer_folder / name).is_file():
            shutil.copyfile(tokenizer_folder / name, folder / name)
    if template:
        (folder / "chat_template.jinja").write_text(template, encoding="utf-8")


def resolved_template(name: str, tokenizer: Tokenizer) -> str:
    """The Jinja text that ``name`` means for this tokenizer."""
    return Renderer(tokenizer, name).template if name == "auto" else template_text(name)


def _meta(ref: ModelRef) -> dict[str, Any]:
    """What a folder of ours says of itself, once its files match their hashes; nothing for a folder from elsewhere."""
    if ref.folder is None or not (ref.folder / MANIFEST).is_file():
        return {}
    if problems := verify_dir(ref.folder):
        raise DataError(f"The model {ref.reference} is damaged: {problems[0]}.", hint="Use another checkpoint or copy.")
    return dict(read_manifest(ref.folder)["meta"])


def _base_reference(ref: ModelRef, meta: dict[str, Any]) -> str:
    if meta.get("base"):
        return str(meta["base"])
    import json

    assert ref.folder is not None
    config = json.loads((ref.folder / "adapter_config.json").read_text())
    return str(config.get("base_model_name_or_path") or "")


def _tokenizer(workspace: Workspace, folder: Path, meta: dict[str, Any]) -> Tokenizer:
    """The workspace's own copy where the checkpoint names it (already trusted), else the files beside the weights."""
    if meta.get("tokenizer"):
        try:
            return TokenizerStore(workspace).get(str(meta["tokenizer"])).load()
        except NotFound:
            pass
    return load_tokenizer(folder)


def _hub_folder(ref: ModelRef, spec: PretrainedModel) -> Path:
    """The local snapshot of a hub model."""
    from huggingface_hub import snapshot_download

    try:
        return Path(
            snapshot_download(
                ref.hub_id,
                revision=spec.revision,
                local_files_only=not (spec.allow_download and hub_answers()),
                allow_patterns=["*.json", "*.jinja", "*.safetensors", "tokenizer*"],
            )
        )
    except (OSError, ValueError) as error:
        raise not_fetched(ref.hub_id, error, may_fetch=spec.allow_download) from error
