"""How files are written, what their columns mean, and what the model sees of them."""

from __future__ import annotations

from typing import Annotated, Literal, get_args

from pydantic import Field, model_validator

from tokenloom.spec.base import Spec, setting
from tokenloom.spec.sources import FileSource as FileSource
from tokenloom.spec.sources import Source as Source
from tokenloom.spec.split import ColumnSplit as ColumnSplit
from tokenloom.spec.split import RatioSplit as RatioSplit
from tokenloom.spec.split import Split as Split

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
    """JSON: one object a line, objects one after another, one array of objects, or an array that stands under a key."""

    kind: Literal["jsonl"] = "jsonl"
    records: str | None = None
    """Key whose list holds the rows, as in `{"data": [ … ]}`; with dots for deeper ones, such as `result.items`. Empty means that it is found by itself."""
    encoding: str | None = None
    """Text encoding; empty means that it is found by itself."""


class ParquetFormat(Spec):
    """Apache Parquet."""

    kind: Literal["parquet"] = "parquet"


class ArrowFormat(Spec):
    """Apache Arrow: an IPC or Feather file, or an IPC stream as the Hugging Face libraries cache them."""

    kind: Literal["arrow"] = "arrow"


class SpreadsheetFormat(Spec):
    """One sheet of a workbook: `.xlsx`, `.xlsm`, `.xlsb`, `.xls` or `.ods`. Dates become ISO text; formulas give the values that were saved."""

    kind: Literal["spreadsheet"] = "spreadsheet"
    sheet: str | None = setting(None, max_length=200)
    """Name of the sheet, or its number from 1; empty means the first visible sheet that holds rows."""
    header: bool | None = None
    """Whether the first row of the table names the columns; empty means that it is found by itself."""
    first_row: int | None = setting(None, ge=1, le=2_000_000)
    """Row of the sheet where the table begins, from 1; empty means that titles above the table are passed over by themselves."""


class MarkdownFormat(Spec):
    """Markdown: a row for each document or for each section, with the columns `text`, `heading` and, where there is one, `front_matter`."""

    kind: Literal["markdown"] = "markdown"
    unit: Literal["document", "section"] = "document"
    """What makes one row: the whole file, or the part below each heading. Marks inside of code blocks are no headings."""
    level: int = setting(6, ge=1, le=6)
    """Deepest heading that begins a new section, 1 to 6: with 2, everything below a `##` stays in its section."""
    encoding: str | None = None
    """Text encoding; empty means that it is found by itself."""


class TextFormat(Spec):
    """Plain text; every unit becomes one row with the column `text`."""

    kind: Literal["text"] = "text"
    unit: Literal["line", "paragraph", "document", "pattern"] = "document"
    """What makes one row: a line, a paragraph (blank lines between), the whole file, or what the pattern below says."""
    pattern: str | None = setting(None, max_length=1000)
    """Regular expression for unit `pattern`. It stands between two rows, such as `\\n-{3,}\\n`; with named groups each match is a row, and the
    groups are its columns, such as `Q: (?P<prompt>.+)\\nA: (?P<completion>.+)`."""
    encoding: str | None = None
    """Text encoding; empty means that it is found by itself."""

    @model_validator(mode="after")
    def _pattern_is_needed(self) -> TextFormat:
        if self.unit == "pattern" and not self.pattern:
            raise ValueError("unit: pattern needs a pattern; for example pattern: '\\n-{3,}\\n'")
        if self.pattern and self.unit != "pattern":
            raise ValueError(f"a pattern is only used with unit: pattern, not with unit: {self.unit}")
        return self


Format = Annotated[
    AutoFormat
    | CsvFormat
    | JsonlFormat
    | ParquetFormat
    | ArrowFormat
    | SpreadsheetFormat
    | MarkdownFormat
    | TextFormat,
    Field(discriminator="kind"),
]

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

# --- what the columns hold -----------------------------------------------------------------------------------------

ColumnType = Literal[
    "text", "integer", "number", "decimal_comma", "boolean", "date", "day_first_date", "month_first_date"
]
COLUMN_TYPES: tuple[str, ...] = get_args(ColumnType)


class ColumnsSpec(Spec):
    """What the columns hold, so that numbers are sorted and filtered as numbers, and dates by time."""

    types: dict[str, ColumnType] = setting(default_factory=dict, max_length=2_000)
    """Types by column: `text`, `integer` (whole numbers), `number`, `decimal_comma` (`1.234,5`), `boolean` (true/false, yes/no, 1/0), `date` (with or
    without a time: ISO 8601 or `31.12.2026`), `day_first_date` (`31/12/2026`), `month_first_date` (`12/31/2026`). A row whose value does not fit is
    set aside with its reason; an empty value fits every type."""
    find: bool = True
    """Whether the types of the other columns of separated values and workbooks are found by themselves. Only a type that every value fits is taken,
    and never for numbers with leading zeros, very long ones or telephone numbers; else a column stays text."""


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
