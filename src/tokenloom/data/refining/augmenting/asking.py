"""Texts said anew by a language model behind an OpenAI-compatible API: in other words, or through another language and back."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from tokenloom.data.refining.augmenting.base import Augment, Draw
from tokenloom.data.refining.building import Tools, builder
from tokenloom.data.refining.step import Step
from tokenloom.data.source.address import check_url
from tokenloom.kit.errors import DataError, Denied, ResourceError
from tokenloom.spec.steps.augmenting import AugmentParaphraseStep, AugmentTranslateStep

if TYPE_CHECKING:
    import httpx

_MOST_ASKED = 6
"""Rows that a preview asks about: each answer takes its time, and may cost."""
_LONGEST = 20_000  # characters of an answer


@builder.register
def _make_paraphrase(spec: AugmentParaphraseStep, tools: Tools) -> Step:
    return Asking(tools, spec, [spec.instruction])


@builder.register
def _make_translation(spec: AugmentTranslateStep, tools: Tools) -> Step:
    told = "Translate the following into {}. Keep its numbers and names. Answer with the translation alone."
    return Asking(tools, spec, [told.format(spec.language), told.format(spec.home)])


class Asking(Augment):
    """Each text goes through ``instructions`` one after another. What the model refuses or leaves empty makes no new row."""

    def __init__(
        self, tools: Tools, spec: AugmentParaphraseStep | AugmentTranslateStep, instructions: list[str]
    ) -> None:
        import httpx  # here, since every preview of steps loads this module

        super().__init__(tools, spec)
        self._model, self._temperature, self._instructions = spec.model, spec.temperature, instructions
        check_url(spec.endpoint)
        headers = {}
        if spec.key_variable:
            key = os.environ.get(spec.key_variable, "")
            if not key:
                raise Denied(
                    f"The environment variable {spec.key_variable} is empty, and it should hold the key.",
                    hint="Set it where the studio or the command is started.",
                )
            headers["authorization"] = f"Bearer {key}"
        self._client = httpx.Client(
            base_url=spec.endpoint.rstrip("/"), timeout=spec.timeout_seconds, headers=headers, trust_env=False
        )
        self._left = _MOST_ASKED if tools.is_preview else None

    def change(self, text: str, draw: Draw) -> str:
        if self._left is not None:
            if self._left <= 0:
                return text
            self._left -= 1
        said = text
        for instruction in self._instructions:
            said = self._ask(f"{instruction}\n\n{said}", draw) or text
        return said

    def close(self) -> None:
        self._client.close()

    def _ask(self, prompt: str, draw: Draw) -> str:
        import httpx

        body = {
            "model": self._model,
            "messages": [{"role": "user", "content": prompt}],
            "temperature": self._temperature,
            "seed": draw.randrange(1 << 31),
        }
        try:
            answer = self._client.post("/chat/completions", json=body)
        except httpx.HTTPError as error:
            raise ResourceError(
                f"The model at {self._client.base_url} does not answer: {type(error).__name__}.",
                hint="Check the address, and that the model is served.",
            ) from None
        if answer.status_code != 200:
            raise DataError(
                f"The model at {self._client.base_url} answered with status {answer.status_code}: {answer.text[:200]}",
                hint="Check the name of the model and the key.",
            )
        return _text_of(answer)


def _text_of(answer: httpx.Response) -> str:
    try:
        found: Any = answer.json()["choices"][0]["message"]["content"]
    except (ValueError, KeyError, IndexError, TypeError):
        raise DataError(
            "The answer is not that of an OpenAI-compatible API.", hint="The address should end in /v1."
        ) from None
    return found.strip()[:_LONGEST] if isinstance(found, str) else ""
