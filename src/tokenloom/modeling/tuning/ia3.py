"""IA³: a learned scale for features of frozen layers, through PEFT."""

from __future__ import annotations

from torch import nn
from transformers import PreTrainedModel

from tokenloom.modeling.tuning.base import tune
from tokenloom.modeling.tuning.targets import linear_layers, linear_names, output_layers, peft_task
from tokenloom.resources.naming import spec_problem
from tokenloom.spec.training.tuning import Ia3Tuning

KEYS_AND_VALUES = ("k_proj", "v_proj", "key", "value", "query_key_value", "c_attn", "qkv_proj", "Wqkv")


@tune.register
def add_ia3(spec: Ia3Tuning, model: PreTrainedModel) -> nn.Module:
    """The model with scales of 1 in fp32; everything else is frozen."""
    from peft import IA3Config, get_peft_model

    feed_forward = _feed_forward(spec, model)
    if spec.target_modules == "auto":
        targets = [name for name in linear_names(model) if name in KEYS_AND_VALUES] + feed_forward
    else:
        targets = linear_layers(model, list(spec.target_modules), "tuning.target_modules")
    if stray := sorted(set(feed_forward) - set(targets)):
        raise spec_problem(
            "tuning.feedforward_modules",
            f"{stray[0]} is not among target_modules",
            "Name it in tuning.target_modules as well.",
        )
    config = IA3Config(target_modules=targets, feedforward_modules=feed_forward, task_type=peft_task(model))
    return get_peft_model(model, config)  # type: ignore[return-value,arg-type]


def _feed_forward(spec: Ia3Tuning, model: PreTrainedModel) -> list[str]:
    """Layers whose input is scaled. PEFT compares ends of names, so where both sublayers call theirs alike (GPT-2) two parts are named."""
    if spec.feedforward_modules != "auto":
        return linear_layers(model, list(spec.feedforward_modules), "tuning.feedforward_modules")
    outputs = output_layers(model)
    last = [outputs[part].rsplit(".", 1)[-1] for part in ("attention", "feed_forward")]
    found = outputs["feed_forward"] if last[0] == last[1] else last[1]
    if spec.target_modules != "auto" and found not in spec.target_modules:
        return []
    return [found]
