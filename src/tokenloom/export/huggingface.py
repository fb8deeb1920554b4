"""A Hugging Face folder: safetensors, tokenizer, chat template, generation config."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from pathlib import Path

from torch import nn

from tokenloom.kit.errors import ExportError
from tokenloom.modeling.adapter import base_of, is_adapted, merge_adapter, save_adapter
from tokenloom.modeling.config import TransformerConfig
from tokenloom.modeling.pretrained import save_model, write_hub_config
from tokenloom.modeling.scoring import is_scorer
from tokenloom.modeling.tuning.bottleneck import BottleneckModel

TOKENIZER_FILES = ("tokenizer.json", "tokenizer_config.json", "special_tokens_map.json")


def write_merged(
    model: nn.Module, folder: Path, *, tokenizer_folder: Path, template: str, stop_ids: Sequence[int]
) -> nn.Module:
    """Write the whole model, an adapter merged in; the model as it was written (to be compared with the folder)."""
    plain = merge_adapter(model) if is_adapted(model) else base_of(model)
    config = plain.config
    is_ours = isinstance(config, TransformerConfig)
    if is_ours and config.foreign_parts:
        raise ExportError(
            f"A model with {', '.join(config.foreign_parts)} has no form in plain transformers.",
            hint="Causal models with rope, rmsnorm before each part and swiglu or geglu export as Llama, with a sliding window as Mistral, "
            "with experts as Mixtral. Until then use the checkpoint folder with tokenloom.",
        )
    if not is_scorer(plain):
        plain.generation_config.eos_token_id = list(stop_ids) or None
        plain.generation_config.pad_token_id = config.pad_token_id
    save_model(plain, folder)
    if is_ours:
        write_hub_config(plain, folder)
    write_tokenizer(folder, tokenizer_folder, template)
    return plain


def write_adapter(model: nn.Module, folder: Path, *, tokenizer_folder: Path, template: str, base: str) -> None:
    """Write the adapter alone, naming its base."""
    if isinstance(model, BottleneckModel):
        raise ExportError(
            "Plain libraries cannot open bottleneck adapters.",
            hint="Use the checkpoint folder with tokenloom, or train a LoRA or IA³ adapter.",
        )
    config = base_of(model).config
    if isinstance(config, TransformerConfig) and not config.is_llama:
        raise ExportError(
            "Plain libraries cannot open the base of this adapter: its checkpoint is in Tokenloom's own layout, since it is not a plain Llama.",
            hint="Use the checkpoint folder with tokenloom: no other layout has such a base."
            if config.foreign_parts
            else "Export it merged (merge_adapter=true).",
        )
    save_adapter(model, folder, base=base)
    write_tokenizer(folder, tokenizer_folder, template)


def write_tokenizer(folder: Path, tokenizer_folder: Path, template: str) -> None:
    """The tokenizer's own files, with ``template`` as its chat template; without one for a model that was never asked through it."""
    for name in TOKENIZER_FILES:
        if (tokenizer_folder / name).is_file():
            shutil.copyfile(tokenizer_folder / name, folder / name)
    if template:
        (folder / "chat_template.jinja").write_text(template, encoding="utf-8")
    path = folder / "tokenizer_config.json"
    if path.is_file():  # one place for the template: the file that transformers reads first
        config = json.loads(path.read_text(encoding="utf-8"))
        if config.pop("chat_template", None) is not None:
            path.write_text(json.dumps(config, indent=2, ensure_ascii=False), encoding="utf-8")
