"""The root of the tree: one spec for each kind of run, told apart by ``task``.

Everything heavy is a run, so everything heavy has a spec here. ``RunSpec`` is the union; ``parse_run_spec`` reads any of
them from plain data and answers mistakes with field names, reasons and fixes.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter, model_validator

from tokenloom.spec.base import DEFERRED, Spec, setting
from tokenloom.spec.data import (
    AutoFormat,
    AutoMapping,
    ColumnsSpec,
    DataSpec,
    Format,
    Mapping,
    RatioSplit,
    RenderSpec,
    Source,
    Split,
)
from tokenloom.spec.evaluation import EvaluationData, Metric, default_metrics
from tokenloom.spec.generation import GenerationSpec
from tokenloom.spec.model import Model, PretrainedModel, TransformerModel
from tokenloom.spec.steps import Step
from tokenloom.spec.tokenizer import BpeTokenizer, TokenizerKind
from tokenloom.spec.training.compute import ComputeSpec
from tokenloom.spec.training.objective import SCORED
from tokenloom.spec.training.settings import TrainSettings

MIXABLE = ("language", "distillation")
"""Objectives that learn from each row by itself and need to know nothing else of it."""


class _Run(Spec):
    name: str = setting("", max_length=200, group="basics", simple=True)
    """Name shown in lists; empty = one is made from the task and its data."""
    project: str = setting("default", max_length=200, group="basics")
    """Runs of one project stand together."""
    tags: list[str] = setting(default_factory=list, group="basics")
    """Free words to find the run by."""


class ImportSpec(_Run):
    """Read files into a new dataset version."""

    task: Literal["import"] = "import"
    dataset: str = setting(min_length=1, max_length=200, simple=True)
    """Name of the dataset; the same name again makes a new version."""
    source: Source
    """Where the rows come from."""
    format: Format = AutoFormat()
    """How the files are written."""
    mapping: Mapping = AutoMapping()
    """What the columns mean."""
    columns: ColumnsSpec = ColumnsSpec()
    """What kinds of value the columns hold."""
    split: Split = RatioSplit()
    """Which rows are learned from, validated on and tested on."""


class InspectSpec(_Run):
    """Look for what is wrong with a dataset; nothing of it is changed."""

    task: Literal["inspect"] = "inspect"
    dataset: str = setting(min_length=1, max_length=200, simple=True)
    """Dataset by name, `name@version` or id."""
    tokenizer: str | None = setting(None, max_length=200, simple=True)
    """Tokenizer under which over-long rows are counted, by name, `name@version` or id; empty = they are not counted."""
    context: int = setting(1024, ge=8, le=1 << 24, unit="tokens", simple=True)
    """Longest sequence that the model will read; longer rows are over-long."""
    template: str = "auto"
    """Prompt template, as in a recipe's `data.render.template`."""
    near: bool = setting(True, simple=True)
    """Whether near-duplicates are searched, too: within the dataset and between its splits. It takes minutes for a million rows."""


class MapSpec(_Run):
    """Lay a dataset's rows out in a plane by what a model makes of them."""

    task: Literal["map"] = "map"
    dataset: str = setting(min_length=1, max_length=200, simple=True, group="data")
    """Dataset by name, `name@version` or id."""
    model: PretrainedModel
    """Whose last hidden states, averaged over the tokens of a row, say what the row is about: a decoder or an encoder."""
    split: str | None = setting(None, max_length=100, group="data")
    """Only this split; empty = all of them."""
    rows: int = setting(5_000, ge=1, le=20_000, unit="rows", simple=True, group="data")
    """Most rows that are laid out; of more an even sample is taken."""
    max_tokens: int = setting(256, ge=1, le=1 << 20, unit="tokens", group="data")
    """Of each row at most so many tokens are read, and never more than the model can; the map tells how many rows were cut."""
    compute: ComputeSpec = ComputeSpec()
    """Where it is computed."""


class RefineSpec(_Run):
    """Make a better version of a dataset, step by step; every row that goes is kept with its reason."""

    task: Literal["refine"] = "refine"
    dataset: str = setting(min_length=1, max_length=200, simple=True, group="data")
    """Dataset to start from: by name, `name@version` or id."""
    steps: list[Step] = setting(min_length=1, max_length=100, simple=True, group="data")
    """What is done to the rows, in this order; each step gets what the one before left."""
    into: str = setting("", max_length=200, group="data")
    """Name of the new version; empty = the same name."""

    @model_validator(mode="after")
    def _splits_come_first(self) -> RefineSpec:
        kinds = [step.kind for step in self.steps]
        made = next((place for place, kind in enumerate(kinds) if kind.startswith("augment_")), None)
        if made is not None and "resplit" in kinds[made:]:
            raise ValueError(
                "steps: rows that are made from others would be tested on; put resplit before the steps that add rows"
            )
        return self


class TokenizerSpec(_Run):
    """Train a tokenizer on datasets."""

    task: Literal["tokenizer"] = "tokenizer"
    tokenizer: str = setting(min_length=1, max_length=200, simple=True)
    """Name of the tokenizer; the same name again makes a new version."""
    datasets: list[str] = setting(min_length=1, simple=True)
    """Datasets whose training split it is made from."""
    model: TokenizerKind = BpeTokenizer()
    """Kind and size."""


class VocabularySpec(_Run):
    """Give a trained model tokens for the words of a domain; every id and weight that it has stays."""

    task: Literal["vocabulary"] = "vocabulary"
    model: PretrainedModel
    """Which model."""
    datasets: list[str] = setting(default_factory=list, simple=True)
    """Datasets in whose training split words are looked for that are cut into many tokens."""
    count: int = setting(200, ge=0, le=20_000, unit="words", simple=True)
    """Most words that get a token of their own: those that save the most tokens. 0 takes the named words alone."""
    min_frequency: int = setting(5, ge=1)
    """A word must occur this often in the sample to be looked at."""
    words: list[str] = setting(default_factory=list, max_length=20_000)
    """Further words that get a token, as they stand in text: ` tachycardia` with the space before it, for a word within a sentence."""

    @model_validator(mode="after")
    def _has_words(self) -> VocabularySpec:
        if not self.words and not (self.datasets and self.count):
            raise ValueError("there is nothing to take words from; name datasets, or list words")
        return self


class PretrainSpec(_Run, TrainSettings):
    """Learn to continue text, from scratch or further from a model."""

    task: Literal["pretrain"] = "pretrain"
    seed: int = setting(0, ge=0, lt=1 << 32, group="basics")
    """Decides initial weights and the order of the data."""
    model: Model = TransformerModel()
    """Which model."""
    data: DataSpec
    """Which rows."""

    @model_validator(mode="after")
    def _objective_fits(self) -> PretrainSpec:
        if self.objective.kind not in MIXABLE:
            raise ValueError(f"pretraining cannot learn {self.objective.kind}; set task to finetune")
        _require_causal(self)
        return self


class FinetuneSpec(_Run, TrainSettings):
    """Teach a model to answer: loss on the responses."""

    task: Literal["finetune"] = "finetune"
    seed: int = setting(0, ge=0, lt=1 << 32, group="basics")
    """Decides adapters' initial weights and the order of the data."""
    model: Model
    """Which model."""
    data: DataSpec
    """Which rows."""

    @model_validator(mode="after")
    def _mix_fits(self) -> FinetuneSpec:
        if self.data.mix and self.objective.kind not in MIXABLE:
            raise ValueError(
                f"data.mix: rows of other datasets cannot be mixed in where {self.objective.kind} is learned; leave data.mix empty"
            )
        _require_causal(self)
        return self


def _require_causal(spec: PretrainSpec | FinetuneSpec) -> None:
    """Raise :class:`ValueError` for an encoder that is to learn anything but classes or scores."""
    is_encoder = isinstance(spec.model, TransformerModel) and spec.model.attention == "bidirectional"
    if is_encoder and not isinstance(spec.objective, SCORED):
        raise ValueError(
            f"model.attention bidirectional lets each token see those behind it, which {spec.objective.kind} asks the model to foretell; "
            "set model.attention to causal, or finetune with objective.kind=classification or reward"
        )


class EvaluateSpec(_Run):
    """Measure a model on a split, row by row."""

    task: Literal["evaluate"] = "evaluate"
    model: PretrainedModel
    """Which model."""
    data: EvaluationData
    """On which rows."""
    render: RenderSpec = RenderSpec()
    """How rows become prompts; `auto` uses the template that the model was trained with."""
    metrics: list[Metric] = setting(default_factory=default_metrics)
    """What is measured."""
    generation: GenerationSpec = GenerationSpec()
    """How answers are generated, for metrics that judge answers."""
    batch_size: int = setting(64, ge=1, le=4096, unit="sequences", group="machine")
    """Answers generated at once."""
    compute: ComputeSpec = ComputeSpec()
    """Where it is computed."""


class ExportSpec(_Run):
    """Write a model for others, and prove that it still is the same model."""

    task: Literal["export"] = "export"
    model: PretrainedModel
    """Which model."""
    format: Literal["hf"] = "hf"
    """`hf`: a Hugging Face folder."""
    merge_adapter: bool = True
    """Whether a LoRA or IA³ adapter is merged into the weights, or written alone; virtual tokens can only be written alone."""
    out: str | None = None
    """Folder to write; empty = a folder of its own in the workspace."""
    max_logit_difference: float = setting(1e-3, gt=0, scale="log")
    """Largest difference of logits to the source that still counts as the same model."""


class GenerateSpec(_Run):
    """Continue a prompt or answer a message."""

    task: Literal["generate"] = "generate"
    model: PretrainedModel
    """Which model."""
    prompt: str = setting(simple=True)
    """Text to continue, or the user's message where the model has a chat template."""
    raw: bool = False
    """Whether the prompt is taken as it stands, without the template."""
    generation: GenerationSpec = GenerationSpec()
    """How text is drawn."""
    compute: ComputeSpec = ComputeSpec()
    """Where it is computed."""


TrainSpec = PretrainSpec | FinetuneSpec


class RehearseSpec(_Run):
    """Do once all that a recipe will do, and tell what fails; nothing is trained."""

    task: Literal["rehearse"] = "rehearse"
    recipe: TrainSpec = Field(discriminator="task")
    """What is rehearsed."""


class ProbeSpec(_Run):
    """Find the largest micro-batch of a recipe by trying; nothing is trained."""

    task: Literal["probe"] = "probe"
    recipe: TrainSpec = Field(discriminator="task")
    """Whose model and rows are tried."""
    memory_share: float = setting(0.9, gt=0, le=1, group="machine")
    """Share of the memory that is free which a try may take; the rest is a margin."""


RunSpec = Annotated[
    ImportSpec
    | InspectSpec
    | MapSpec
    | RefineSpec
    | TokenizerSpec
    | VocabularySpec
    | PretrainSpec
    | FinetuneSpec
    | EvaluateSpec
    | ExportSpec
    | GenerateSpec
    | RehearseSpec
    | ProbeSpec,
    Field(discriminator="task"),
]
RUN_SPEC: TypeAdapter[Any] = TypeAdapter(RunSpec, config=DEFERRED)
TASKS: dict[str, type[_Run]] = {
    each.model_fields["task"].default: each
    for each in (
        ImportSpec,
        InspectSpec,
        MapSpec,
        RefineSpec,
        TokenizerSpec,
        VocabularySpec,
        PretrainSpec,
        FinetuneSpec,
        EvaluateSpec,
        ExportSpec,
        GenerateSpec,
        RehearseSpec,
        ProbeSpec,
    )
}
