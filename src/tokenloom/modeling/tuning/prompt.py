"""Virtual tokens before the text, through PEFT: learned embeddings (prompt tuning), or keys and values of every layer (prefix tuning).

They are places that no text stands in, so the flat path cannot lay them out: such a model takes the padded one.
"""

from __future__ import annotations

from typing import Any

from torch import nn
from transformers import PreTrainedModel

from tokenloom.modeling.tuning.base import tune
from tokenloom.modeling.tuning.targets import require_writer
from tokenloom.resources.naming import too_many_tokens
from tokenloom.spec.training.tuning import PrefixTuning, PromptTuning

INITS = {"random": "RANDOM", "vocabulary": "SAMPLE_VOCAB"}  # PEFT's words


@tune.register
def add_prompt(spec: PromptTuning, model: PreTrainedModel) -> nn.Module:
    """The model with learned embeddings before its text; everything else is frozen."""
    from peft import PromptTuningConfig, get_peft_model

    _leave_room(spec, model)
    config = PromptTuningConfig(
        task_type="CAUSAL_LM", num_virtual_tokens=spec.num_virtual_tokens, prompt_tuning_init=INITS[spec.init]
    )
    return get_peft_model(model, config)  # type: ignore[return-value,arg-type]


@tune.register
def add_prefix(spec: PrefixTuning, model: PreTrainedModel) -> nn.Module:
    """The model with learned keys and values before its text; everything else is frozen."""
    from peft import PrefixTuningConfig, get_peft_model

    _leave_room(spec, model)
    config: Any = model.config
    head = getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads
    heads = getattr(config, "num_key_value_heads", None) or config.num_attention_heads
    settings = PrefixTuningConfig(
        task_type="CAUSAL_LM",
        num_virtual_tokens=spec.num_virtual_tokens,
        num_layers=config.num_hidden_layers,
        num_attention_heads=heads,
        token_dim=heads * head,
    )
    return get_peft_model(model, settings)  # type: ignore[return-value,arg-type]


def _leave_room(spec: PromptTuning | PrefixTuning, model: PreTrainedModel) -> None:
    require_writer(model, spec.kind)
    problem = too_many_tokens(spec.num_virtual_tokens, int(getattr(model.config, "max_position_embeddings", 1 << 30)))
    if problem is not None:
        raise problem
