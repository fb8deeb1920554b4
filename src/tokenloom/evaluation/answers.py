"""Generating one answer per row, in batches of similar length."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from torch import nn

from tokenloom.data.mapping import Example
from tokenloom.data.template.renderer import Renderer
from tokenloom.modeling.generate import StopCheck, generate_batch, longest_prompt
from tokenloom.spec.generation import GenerationSpec

PROMPT_TOO_LONG = "prompt too long"


@dataclass(frozen=True)
class Answered:
    """What the model was asked, what it said, and what the row says."""

    row: int
    prompt: str
    answer: str
    reference: str
    ended_by: str


def answer_all(
    model: nn.Module,
    renderer: Renderer,
    examples: Sequence[Example],
    spec: GenerationSpec,
    *,
    batch_size: int,
    progress: Callable[[int, int, str], None] | None = None,
    is_cancelled: Callable[[], bool] = lambda: False,
) -> list[Answered]:
    """Answers in the order of ``examples``: the last assistant turn is the reference, everything before it the prompt.

    A prompt that the model cannot hold gets an empty answer that says so in ``ended_by``.
    """
    asked = [_asked(renderer, example) for example in examples]
    longest = longest_prompt(model)
    answers = {
        index: Answered(examples[index].row, prompt, "", reference, PROMPT_TOO_LONG)
        for index, (ids, prompt, reference) in enumerate(asked)
        if len(ids) > longest
    }
    order = sorted(
        (index for index in range(len(asked)) if index not in answers), key=lambda index: len(asked[index][0])
    )
    stopped = stop_check(renderer, spec)
    for start in range(0, len(order), batch_size):
        is_cancelled()
        picked = order[start : start + batch_size]
        drawn = generate_batch(
            model, [asked[index][0] for index in picked], spec, stop_ids=renderer.stop_ids, is_stopped=stopped
        )
        for index, answer in zip(picked, drawn, strict=True):
            text = cut_at_stop(renderer.tokenizer.decode(answer.ids), spec.stop)
            prompt, reference = asked[index][1:]
            answers[index] = Answered(examples[index].row, prompt, text, reference, answer.ended_by)
        if progress is not None:
            progress(len(answers), len(asked), "answers")
    return [answers[index] for index in range(len(asked))]


def stop_check(renderer: Renderer, spec: GenerationSpec) -> StopCheck | None:
    """Whether the text drawn so far holds one of the stop texts."""
    if not spec.stop:
        return None
    decode = renderer.tokenizer.decode
    return lambda ids: any(stop in decode(ids) for stop in spec.stop)


def cut_at_stop(text: str, stops: Sequence[str]) -> str:
    """``text`` up to the first stop text in it."""
    places = [place for stop in stops if (place := text.find(stop)) >= 0]
    return text[: min(places)] if places else text


def _asked(renderer: Renderer, example: Example) -> tuple[list[int], str, str]:
    if example.messages is None:
        raise ValueError("rows of plain text have no answer to compare with")
    *before, last = example.messages
    return renderer.prompt_ids(before), before[-1]["content"], last["content"]
