"""Where rows come from, what their columns mean, and what the model sees of them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from tokenloom.spec.base import Spec, choice, setting
from tokenloom.spec.split import ColumnSplit as ColumnSplit
from tokenloom.spec.split import RatioSplit as RatioSplit
from tokenloom.spec.split import Split as Split

# --- source -----------------------------------------------------------------------------------------------------


class FileSource(Spec):
    """A file or a folder on this machine, or an upload that the server has stored."""

    kind: Literal["file"] = "file"
    path: str = setting(simple=True)
    """File or folder to read. In a folder every readable file below it is taken, in the order of their names."""
    pattern: str = "**/*"
    """Which files of a folder are read, as a glob relative to it, for example `**/*.py`."""
    name: str | None = None
    """File name to show, and to take as a hint of the format, where the file on disk is called something else, as an upload is."""


Source = choice("source", FileSource)

# --- format -----------------------------------------------------------------------------------------------------


class AutoFormat(Spec):
    """Recognise the format by the content."""

    kind: Literal["auto"] = "auto"


class CsvFormat(Spec):
    """Comma-, tab- or otherwise separated values."""

    kind: Literal["csv"] = "csv"
    delimiter: str | None = setting(None, max_length=1)
    """Character between fields; empty means that it is found by itself."""
    quote: str = setting('"', min_length=1, max_length=1)
    """Character around fields that contain the delimiter or a line break."""
    header: bool | None = None
    """Whether the first row names the columns; empty means that it is found by itself."""
    encoding: str | None = None
    """Text encoding such as `utf-8` or `cp1252`; empty means that it is found by itself."""


class JsonlFormat(Spec):
    """One JSON object per line, or one JSON array of objects."""

    kind: Literal["jsonl"] = "jsonl"
    encoding: str | None = None
    """Text encoding; empty means that it is found by itself."""


class ParquetFormat(Spec):
    """Apache Parquet."""

    kind: Literal["parquet"] = "parquet"


class TextFormat(Spec):
    """Plain text; every unit becomes one row with the column `text`."""

    kind: Literal["text"] = "text"
    unit: Literal["line", "paragraph", "document"] = "document"
    """What makes one row: a line, a paragraph (blank lines between) or the whole file."""
    encoding: str | None = None
    """Text encoding; empty means that it is found by itself."""


Format = Annotated[AutoFormat | CsvFormat | JsonlFormat | ParquetFormat | TextFormat, Field(discriminator="kind")]

# --- mapping ----------------------------------------------------------------------------------------------------


class AutoMapping(Spec):
    """Find the shape from column names and content; the import report says what was chosen and why."""

    kind: Literal["auto"] = "auto"


class TextMapping(Spec):
    """Every row is a text to learn as it stands."""

    kind: Literal["text"] = "text"
    text: str = "text"
    """Column that holds the text."""


class PromptMapping(Spec):
    """Every row is a prompt and the answer to learn."""

    kind: Literal["prompt"] = "prompt"
    prompt: str = "prompt"
    """Column that holds the question or instruction."""
    completion: str = "completion"
    """Column that holds the answer: only it is learned."""
    context: str | None = None
    """Column with further input that is put below the prompt, as in instruction/input/output files."""
    system: str | None = None
    """Column with a system message."""


class ChatMapping(Spec):
    """Every row is a conversation: a list of messages with `role` and `content` (OpenAI) or `from` and `value` (ShareGPT)."""

    kind: Literal["chat"] = "chat"
    messages: str = "messages"
    """Column that holds the list of messages."""


class PreferenceMapping(Spec):
    """Every row is a prompt with a better and a worse answer, for DPO, ORPO and reward models."""

    kind: Literal["preference"] = "preference"
    prompt: str | None = None
    """Column that holds the prompt; empty where both answers are whole conversations."""
    chosen: str = "chosen"
    """Column with the better answer: text, or a list of messages."""
    rejected: str = "rejected"
    """Column with the worse answer: text, or a list of messages."""
    system: str | None = None
    """Column with a system message."""


class FeedbackMapping(Spec):
    """Every row is a prompt, an answer and whether it is good, for KTO."""

    kind: Literal["feedback"] = "feedback"
    prompt: str = "prompt"
    """Column that holds the prompt."""
    completion: str = "completion"
    """Column that holds the answer."""
    verdict: str = "verdict"
    """Column that says whether the answer is good: true/false, 1/0, good/bad, yes/no, up/down."""
    system: str | None = None
    """Column with a system message."""


class LabelMapping(Spec):
    """Every row is a text and its class, for classification."""

    kind: Literal["label"] = "label"
    text: str = "text"
    """Column that holds the text."""
    label: str = "label"
    """Column that names the class."""


Mapping = Annotated[
    AutoMapping | TextMapping | PromptMapping | ChatMapping | PreferenceMapping | FeedbackMapping | LabelMapping,
    Field(discriminator="kind"),
]

# --- what the model sees -----------------------------------------------------------------------------------------


class RenderSpec(Spec):
    """How a row becomes tokens, and which of them are learned."""

    template: str = "auto"
    """Prompt template: `auto` (the tokenizer's own, else `plain`), a name from `tokenloom presets --templates`, or a Jinja text over `messages`."""
    max_sequence_length: int | None = setting(None, ge=8, unit="tokens", simple=True)
    """Longest sequence that is trained; empty means the model's own limit."""
    overlong: Literal["drop", "truncate", "split", "raise"] = "split"
    """What happens to longer rows: left out, cut at the end, cut into several sequences, or the run refuses to start. Counted in the ledger each time."""
    learn: Literal["responses", "all"] = "responses"
    """Which tokens carry loss: the answers only, or everything. Rows of plain text are always learned whole."""
    leave_out: list[int] = setting(default_factory=list)
    """Rows that are left out, by their number in the source: for example those that an X-ray of a loss spike blames."""
    append_end: bool = True
    """Whether a plain text ends with the end-of-sequence token, so that the model learns to stop."""


class MixPart(Spec):
    """Rows of another dataset, mixed in."""

    dataset: str = setting(simple=True)
    """Dataset by name, `name@version` or id."""
    split: str = "train"
    """Split to learn from."""
    share: float = setting(0.1, gt=0, lt=1, simple=True)
    """Part of all rows that is drawn from here, 0 to 1; the rest comes from the dataset above. Can be changed while the run trains."""


class DataSpec(Spec):
    """The data of a training run."""

    dataset: str = setting(simple=True, group="data")
    """Dataset by name, `name@version` or id."""
    train_split: str = "train"
    """Split to learn from."""
    validation_split: str | None = "validation"
    """Split for the validation loss; empty turns it off."""
    mix: list[MixPart] = setting(default_factory=list, max_length=16)
    """Other datasets that are mixed in, each with its share. Replaying a part of what a model learned before keeps it from forgetting that while
    it learns something new; an epoch stays one pass over the dataset above."""
    render: RenderSpec = RenderSpec()
    """How rows become tokens."""

    @model_validator(mode="after")
    def _shares_leave_room(self) -> DataSpec:
        total = sum(part.share for part in self.mix)
        if total >= 1:
            raise ValueError(
                f"the shares of mix are {total:g} together and leave nothing for {self.dataset}; make them less than 1"
            )
        return self
