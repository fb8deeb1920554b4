"""What the model writes on fixed prompts while it trains, so that before and after can be read side by side."""

from __future__ import annotations

from typing import Any

from tokenloom.data.dataset import Dataset
from tokenloom.data.mapping import Example
from tokenloom.data.template.renderer import Renderer
from tokenloom.modeling.generate import generate_batch
from tokenloom.spec.generation import GenerationSpec
from tokenloom.spec.recipe import FinetuneSpec, PretrainSpec
from tokenloom.tasks.models import OpenModel

PROMPT_TOKENS = 24  # of a text that the model is to continue
ANSWER_TOKENS = 48  # to somebody who asks, where the recipe turns samples off


class Sampler:
    """Callable that gives ``[{"prompt", "reference", "text"}]``, for the recipe's prompts or for the texts it is called with."""

    def __init__(
        self, spec: PretrainSpec | FinetuneSpec, opened: OpenModel, renderer: Renderer, dataset: Dataset
    ) -> None:
        self._opened, self._renderer, self._shape = opened, renderer, dataset.shape
        self._spec = GenerationSpec(max_new_tokens=spec.evaluation.sample_tokens or ANSWER_TOKENS)
        split = spec.data.validation_split
        if spec.evaluation.sample_prompts:
            self._prompts = [self._of_text(text) for text in spec.evaluation.sample_prompts]
        else:
            known = split if split and dataset.splits.get(split) else spec.data.train_split
            self._prompts = [self._of_example(example) for example in dataset.sample(2, known)]

    def __call__(self, *texts: str) -> list[dict[str, Any]]:
        prompts = [self._of_text(text) for text in texts] or self._prompts
        model = self._opened.model
        was_training = model.training
        model.eval()
        ids = [prompt["ids"] for prompt in prompts]
        answers = generate_batch(model, ids, self._spec, stop_ids=self._renderer.stop_ids)
        model.train(was_training)
        decode = self._opened.tokenizer.decode
        return [
            {"prompt": prompt["prompt"], "reference": prompt["reference"], "text": decode(answer.ids)}
            for prompt, answer in zip(prompts, answers, strict=True)
        ]

    def _of_text(self, text: str) -> dict[str, Any]:
        if self._shape in ("text", "label"):
            ids = self._renderer.text_ids(text)
        else:
            ids = self._renderer.prompt_ids([{"role": "user", "content": text}])
        return {"prompt": text, "reference": "", "ids": self._cut(ids)}

    def _of_example(self, example: Example) -> dict[str, Any]:
        if example.messages is not None:
            *before, last = example.messages
            ids = self._renderer.prompt_ids(before)
            return {"prompt": before[-1]["content"], "reference": last["content"], "ids": self._cut(ids)}
        ids = self._renderer.text_ids(example.text or "")
        head, tail = ids[:PROMPT_TOKENS], ids[PROMPT_TOKENS : PROMPT_TOKENS + self._spec.max_new_tokens]
        decode = self._opened.tokenizer.decode
        return {"prompt": decode(head), "reference": decode(tail), "ids": head}

    def _cut(self, ids: list[int]) -> list[int]:
        """The end of a prompt that is too long to leave room for an answer."""
        return ids[-max(self._opened.max_sequence_length - 8, 1) :]
