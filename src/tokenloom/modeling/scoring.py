"""Models that tell a class or a score of a whole text: a decoder with a small head over its last place, or an encoder with one over the mean of all.

The layout is that of transformers' ``…ForSequenceClassification`` (``model`` and ``score``), so a Llama-shaped one of ours opens there as a
``LlamaForSequenceClassification``, and any family that has such a class can be trained.

Shapes: B texts · T tokens · D hidden_size · C classes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import nn
from transformers import AutoModelForSequenceClassification, PreTrainedModel
from transformers.modeling_outputs import SequenceClassifierOutputWithPast

from tokenloom.kit.errors import SpecError
from tokenloom.modeling.config import TransformerConfig
from tokenloom.modeling.transformer import Decoder, _Base

SCORES = "ForSequenceClassification"


class TransformerForSequenceClassification(_Base):
    """Our transformer and a linear head without bias: over a decoder's last place, or over the mean of an encoder's places."""

    def __init__(self, config: TransformerConfig) -> None:
        super().__init__(config)
        self.model = Decoder(config)
        self.score = nn.Linear(config.hidden_size, config.num_labels, bias=False)
        self.post_init()

    def forward(
        self, input_ids: torch.Tensor, attention_mask: torch.Tensor | None = None, **inputs: Any
    ) -> SequenceClassifierOutputWithPast:
        """(B, C) logits of each text, from its last token that is not padding, or from the mean of all that are not."""
        hidden_BTD = self.model(input_ids=input_ids, attention_mask=attention_mask, **inputs).last_hidden_state
        places_BT = torch.ones_like(input_ids) if attention_mask is None else attention_mask
        if takes_mean(self):
            weights_BT = (places_BT / places_BT.sum(-1, keepdim=True)).to(hidden_BTD.dtype)
            return SequenceClassifierOutputWithPast(logits=self.score((weights_BT[..., None] * hidden_BTD).sum(1)))
        last_B = (places_BT * torch.arange(input_ids.shape[1], device=input_ids.device)).argmax(-1)
        rows_B = torch.arange(len(input_ids), device=input_ids.device)
        return SequenceClassifierOutputWithPast(logits=self.score(hidden_BTD[rows_B, last_B]))


AutoModelForSequenceClassification.register(TransformerConfig, TransformerForSequenceClassification, exist_ok=True)


def is_scorer(model: nn.Module) -> bool:
    """Whether the model (without its adapter) tells classes or scores rather than tokens."""
    return type(model).__name__.endswith(SCORES)


def takes_mean(model: PreTrainedModel) -> bool:
    """Whether the head of a scorer reads the mean over a text's places (an encoder of ours) rather than its last one."""
    return isinstance(model.config, TransformerConfig) and not model.config.is_causal


def is_scorer_config(config: Any) -> bool:
    return any(name.endswith(SCORES) for name in getattr(config, "architectures", None) or [])


def head_of(model: PreTrainedModel) -> nn.Module:
    """What makes logits of hidden states: over classes of a scorer, else over the vocabulary."""
    return model.score if is_scorer(model) else model.get_output_embeddings()  # type: ignore[return-value]


def labels_of(model: PreTrainedModel) -> list[str]:
    """Names of a scorer's classes, in the order of its logits."""
    names = model.config.id2label
    return [str(names[number]) for number in range(len(names))]


def with_score_head(model: PreTrainedModel, labels: Sequence[str]) -> PreTrainedModel:
    """The body of a language model under a fresh head for ``labels``; a scorer of the same labels as it is."""
    if is_scorer(model):
        if labels_of(model) == list(labels):
            return model
        model = model.base_model
    config = type(model.config)(**{**model.config.to_dict(), "id2label": dict(enumerate(labels))})
    config.label2id = {label: number for number, label in enumerate(labels)}
    body = model.base_model
    if isinstance(body, Decoder):
        scorer: PreTrainedModel = TransformerForSequenceClassification(config)
    else:
        try:
            scorer = AutoModelForSequenceClassification.from_config(config)
        except ValueError as error:
            raise SpecError(
                f"objective: the family “{config.model_type}” has no form with a head for classes in transformers",
                hint="Choose another model, or teach it to answer with the class's name (objective.kind=language).",
            ) from error
    setattr(scorer, scorer.base_model_prefix, body)
    return scorer
