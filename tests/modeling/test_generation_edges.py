"""Where drawing text meets its edges: no prompt, and beams that may end in many ways."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from tokenloom.kit.errors import DataError
from tokenloom.modeling.config import config_from_spec
from tokenloom.modeling.generate import beam_search, generate_batch, stream
from tokenloom.modeling.transformer import Transformer
from tokenloom.spec.generation import BeamSampling, GenerationSpec
from tokenloom.spec.model import TransformerModel

BEAMS = GenerationSpec(max_new_tokens=6, sampling=BeamSampling(num_beams=3))


@pytest.fixture(scope="module")
def model() -> Transformer:
    torch.manual_seed(0)
    spec = TransformerModel(num_layers=1, hidden_size=16, num_heads=2, max_sequence_length=32)
    return Transformer(config_from_spec(spec, 12)).eval()


def test_an_empty_prompt_is_refused_in_words(model: Transformer) -> None:
    for draw in (
        lambda: generate_batch(model, [[1], []], GenerationSpec(), stop_ids=[]),
        lambda: list(stream(model, [], GenerationSpec(), stop_ids=[])),
        lambda: beam_search(model, [], BEAMS, stop_ids=[]),
    ):
        with pytest.raises(DataError, match="prompt is empty"):
            draw()


def test_beams_stay_whole_where_some_of_them_end_in_several_ways(
    model: Transformer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two of three beams would end by either of two marks: four of the six best continuations are ends, three beams must remain."""
    ends = [10, 11]
    real = model.forward

    def forward(*arguments: Any, **options: Any) -> Any:
        output = real(*arguments, **options)
        output.logits[:2, :, ends] = 5.0
        return output

    monkeypatch.setattr(model, "forward", forward)
    spec = GenerationSpec(max_new_tokens=6, sampling=BeamSampling(num_beams=3, length_penalty=5.0))
    answer = beam_search(model, [1, 2], spec, stop_ids=ends)
    assert answer.ended_by in ("end", "length")
    assert not set(answer.ids) & set(ends)
