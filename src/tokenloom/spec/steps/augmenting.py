"""Steps that add rows made from those that are there. Only rows of the training split are used, and new rows only go there."""

from __future__ import annotations

from typing import Literal

from pydantic import field_validator

from tokenloom.spec.base import setting
from tokenloom.spec.steps.base import StepSpec, Where


class AugmentSpec(StepSpec):
    """What every step that adds rows has."""

    where: Where = "prompts"
    """Which of a row's texts are changed: `prompts` (what is asked: the answers stay right), `answers`, or all. Rows of plain text have one text."""
    rate: float = setting(0.5, gt=0, le=1, simple=True)
    """Share of the training rows that new rows are made from."""
    copies: int = setting(1, ge=1, le=20, unit="rows", simple=True)
    """New rows for each of them."""
    seed: int = 0
    """Another seed draws other rows and other changes."""


class AugmentEditsStep(AugmentSpec):
    """New rows with a few words left out, swapped or said twice: a model learns not to hang on single words."""

    kind: Literal["augment_edits"] = "augment_edits"
    strength: float = setting(0.1, gt=0, le=0.9, simple=True)
    """Share of the words that are touched; at least one."""
    edits: tuple[Literal["delete", "swap", "insert"], ...] = ("delete", "swap", "insert")
    """What may happen to a word: left out, swapped with its neighbour, or inserted once more elsewhere."""

    @field_validator("edits")
    @classmethod
    def _are_some(cls, edits: tuple[str, ...]) -> tuple[str, ...]:
        if not edits:
            raise ValueError("nothing may happen to a word; name delete, swap or insert")
        return edits


class AugmentSynonymsStep(AugmentSpec):
    """New rows with some words replaced by synonyms from WordNet (English)."""

    kind: Literal["augment_synonyms"] = "augment_synonyms"
    strength: float = setting(0.2, gt=0, le=1, simple=True)
    """Share of the words with a synonym that are replaced; at least one."""
    dictionary: str = ""
    """Folder with WordNet's files (`index.noun`, `data.noun` and so on); empty = `/usr/share/wordnet`, where Debian's package `wordnet-base` puts them."""


class AugmentTemplateStep(AugmentSpec):
    """New rows with the text put into other words around it."""

    kind: Literal["augment_template"] = "augment_template"
    templates: tuple[str, ...] = setting(
        ("Please help: {text}", "{text} Thank you.", "I have a question. {text}"), simple=True
    )
    """Sentences with `{text}` where the text goes; one is drawn for each new row."""

    @field_validator("templates")
    @classmethod
    def _hold_the_text(cls, templates: tuple[str, ...]) -> tuple[str, ...]:
        for template in templates:
            if template.count("{text}") != 1:
                raise ValueError(f"the template {template[:60]!r} must hold {{text}} once")
        if not templates:
            raise ValueError("there is no template; write one with {text} in it")
        return templates


class AugmentContextualStep(AugmentSpec):
    """New rows by a language model on this machine: words that a masked model would put there, more text by a causal model, or the whole
    text said anew by an encoder-decoder model."""

    kind: Literal["augment_contextual"] = "augment_contextual"
    model: str = setting(simple=True, min_length=1, max_length=4000)
    """A folder with a model, or a run of this workspace. Masked models (such as BERT), causal ones and encoder-decoder models (such as T5 or
    Marian) are told apart by their configuration. Only safetensors are opened, no code of the folder runs, and nothing is fetched."""
    way: Literal["auto", "replace", "insert", "continue", "rewrite"] = setting("auto", simple=True)
    """`replace` (words by others that fit their place: masked), `insert` (words between others: masked or causal), `continue` (more text at the
    end: causal), `rewrite` (the whole text: encoder-decoder); `auto` takes the first that the model can do."""
    strength: float = setting(0.15, gt=0, le=1, simple=True)
    """Share of the words that are replaced, or before which one is inserted, by a masked model; at least one."""
    words: int = setting(8, ge=1, le=200, unit="words", simple=True)
    """Most words that a causal model inserts or goes on with."""
    back: str = setting("", max_length=4000)
    """Second encoder-decoder model, for the way back: with it a text is translated and translated back (back-translation)."""
    prefix: str = setting("", max_length=500)
    """What an encoder-decoder model is told before the text, such as `paraphrase: ` or `translate English to German: `."""
    back_prefix: str = setting("", max_length=500)
    """The same for the model of the way back."""
    temperature: float = setting(1.0, gt=0, le=5)
    """How freely is drawn among what the model proposes: below 1 the likelier ones come more often."""
    top_k: int = setting(10, ge=1, le=1000)
    """Among how many of the likeliest proposals is drawn."""


class _Asking(AugmentSpec):
    endpoint: str = setting(simple=True)
    """Address of an OpenAI-compatible API, such as `http://127.0.0.1:8000/v1`. Addresses inside your network have to be allowed by TOKENLOOM_ALLOWED_HOSTS."""
    model: str = setting(simple=True)
    """Name of the model there."""
    key_variable: str = ""
    """Environment variable that holds the API key; empty = no key is sent. The key itself never stands in a recipe."""
    temperature: float = setting(0.9, ge=0, le=2)
    """How freely it writes."""
    timeout_seconds: float = setting(60.0, gt=0, le=600, unit="s")
    """How long one answer may take."""


class AugmentParaphraseStep(_Asking):
    """New rows that say the same in other words, written by a language model that you name."""

    kind: Literal["augment_paraphrase"] = "augment_paraphrase"
    instruction: str = (
        "Say the following in other words. Keep its meaning, its numbers and its names. Answer with the new text alone."
    )
    """What the model is told; the text follows."""


class AugmentTranslateStep(_Asking):
    """New rows by translating a text and back again (back-translation), by a language model that you name."""

    kind: Literal["augment_translate"] = "augment_translate"
    language: str = setting("German", min_length=2, max_length=60, simple=True)
    """Language on the way."""
    home: str = setting("English", min_length=2, max_length=60)
    """Language of the texts."""
