"""LoRA beside frozen linear layers, through PEFT, so that adapters are the field's own format."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from peft import LoraConfig, PeftModel, get_peft_model
from safetensors import SafetensorError
from torch import nn
from transformers import PreTrainedModel

from tokenloom.kit.errors import DataError, SpecError
from tokenloom.kit.registry import nearest
from tokenloom.modeling.scoring import head_of, is_scorer
from tokenloom.spec.training.tuning import LoraTuning


def add_lora(model: PreTrainedModel, spec: LoraTuning) -> PeftModel:
    """The model with fresh adapters (their effect is zero) in fp32; everything else is frozen."""
    config = LoraConfig(
        r=spec.rank,
        lora_alpha=spec.alpha,  # type: ignore[arg-type]
        lora_dropout=spec.dropout,
        target_modules=_targets(model, spec),
        task_type="SEQ_CLS" if is_scorer(model) else "CAUSAL_LM",
        bias="none",
    )
    return get_peft_model(model, config)  # type: ignore[return-value,arg-type]


def load_adapter(model: PreTrainedModel, folder: Path, *, trainable: bool = False) -> PeftModel:
    """The model with the adapter stored in ``folder``."""
    try:
        return PeftModel.from_pretrained(model, str(folder), is_trainable=trainable)
    except (OSError, ValueError, RuntimeError, KeyError, SafetensorError) as error:
        raise DataError(
            f"The adapter {folder.name} does not fit this model: {str(error).splitlines()[0][:200]}",
            hint="Load it on the model that it was trained on.",
        ) from error


def merge_adapter(model: PeftModel) -> PreTrainedModel:
    """The plain model with the adapter's product added to its weights."""
    return model.merge_and_unload()  # type: ignore[no-any-return,operator]


def plain(model: nn.Module) -> PreTrainedModel:
    """A model without adapters, every weight trainable: what an adapter learned is part of the weights."""
    if isinstance(model, PeftModel):
        model = merge_adapter(model)
    return model.requires_grad_(True)  # type: ignore[return-value]


def base_of(model: nn.Module) -> PreTrainedModel:
    """The transformers model below an adapter, or the model itself."""
    return model.get_base_model() if isinstance(model, PeftModel) else model  # type: ignore[return-value]


def is_adapter_folder(folder: Path) -> bool:
    return (folder / "adapter_config.json").is_file()


def trained_parameters(model: nn.Module) -> dict[str, torch.nn.Parameter]:
    """Names and parameters that receive gradients, each tensor once."""
    return {name: parameter for name, parameter in model.named_parameters() if parameter.requires_grad}


def linear_names(model: PreTrainedModel) -> list[str]:
    """Last parts of the names of all linear layers but the output head, sorted."""
    head: Any = head_of(model)
    return sorted(
        {name.rsplit(".", 1)[-1] for name, module in model.named_modules() if _is_linear(module) and module is not head}
    )


def _is_linear(module: nn.Module) -> bool:
    return isinstance(module, nn.Linear) or type(module).__name__ == "Conv1D"


def _targets(model: PreTrainedModel, spec: LoraTuning) -> list[str]:
    known = linear_names(model)
    if spec.target_modules == "all-linear":
        return known
    for name in spec.target_modules:
        if name.rsplit(".", 1)[-1] not in known:
            near = nearest(name, known)
            fix = f"Did you mean {near[0]}?" if near else f"There is: {', '.join(known)}."
            problem = {
                "field": "tuning.target_modules",
                "message": f"the model has no linear layer “{name}”",
                "fix": fix,
            }
            raise SpecError(
                f"tuning.target_modules: the model has no linear layer “{name}”", hint=fix, errors=[problem]
            )
    return list(spec.target_modules)
