"""LoRA beside frozen linear layers, through PEFT, so that adapters are the field's own format; rsLoRA, DoRA and QLoRA are switches of it."""

from __future__ import annotations

from torch import nn
from transformers import PreTrainedModel

from tokenloom.modeling.tuning.base import tune
from tokenloom.modeling.tuning.quantized import quantize_base
from tokenloom.modeling.tuning.targets import linear_layers, linear_names, peft_task
from tokenloom.spec.training.tuning import LoraTuning


@tune.register
def add_lora(spec: LoraTuning, model: PreTrainedModel) -> nn.Module:
    """The model with fresh adapters (their effect is zero) in fp32; everything else is frozen."""
    from peft import LoraConfig, get_peft_model

    wanted = spec.target_modules
    targets = (
        linear_names(model) if wanted == "all-linear" else linear_layers(model, list(wanted), "tuning.target_modules")
    )
    if spec.base_bits is not None:
        quantize_base(model, spec.base_bits)
    config = LoraConfig(
        r=spec.rank,
        lora_alpha=spec.alpha,  # type: ignore[arg-type]
        lora_dropout=spec.dropout,
        target_modules=targets,
        use_rslora=spec.use_rslora,
        use_dora=spec.use_dora,
        task_type=peft_task(model),
        bias="none",
    )
    return get_peft_model(model, config)  # type: ignore[return-value,arg-type]
