"""Token stores of a training run: of its dataset, of those that are mixed in, and of what it is validated on."""

from __future__ import annotations

from tokenloom.data.dataset import Dataset, DatasetStore
from tokenloom.data.progress import Watch
from tokenloom.data.tokens import TokenStore, prepare_tokens
from tokenloom.kit.errors import DataError, SpecError
from tokenloom.spec.data import MixPart
from tokenloom.spec.recipe import FinetuneSpec, PretrainSpec
from tokenloom.spec.training.objective import shape_problem
from tokenloom.tasks.context import Context
from tokenloom.tasks.models import OpenModel
from tokenloom.tasks.objective.layouts import layout_of, room_for_answers

Spec = PretrainSpec | FinetuneSpec


def token_stores(
    spec: Spec, context: Context, opened: OpenModel, dataset: Dataset, labels: list[str]
) -> tuple[list[TokenStore], TokenStore | None]:
    """Token stores of the training splits (the run's dataset, then those that are mixed in) and of the validation split; the ledgers are
    checked and noted.
    """
    template = spec.data.render.template
    if template == "auto" and opened.meta.get("template"):
        template = str(opened.meta["template"])
    render = spec.data.render.model_copy(update={"template": template})
    room = opened.max_sequence_length - room_for_answers(spec.objective)
    limit = render.max_sequence_length or room
    if limit > opened.max_sequence_length:
        raise SpecError(
            f"data.render.max_sequence_length {limit} is more than the model's {opened.max_sequence_length}.",
            hint="Leave it empty for the model's own, or set a smaller one.",
        )
    layout = layout_of(spec.objective, labels)

    def prepared(source: Dataset, split: str, name: str) -> TokenStore:
        store = prepare_tokens(
            context.workspace,
            source,
            split,
            opened.tokenizer,
            render if source is dataset else render.model_copy(update={"leave_out": []}),
            max_sequence_length=min(limit, room),
            layout=layout,
            watch=Watch(context.phase(f"tokens of {name}"), context.is_cancelled),
        )
        store.ledger.check()
        context.event("ledger", split=name, ledger=store.ledger.as_dict())
        if len(store) == 0 and split == spec.data.train_split:
            raise DataError("Not one sequence is left to train on.", hint="Look at the ledger in the run's events.")
        return store

    training = [prepared(dataset, spec.data.train_split, spec.data.train_split)]
    for part in spec.data.mix:
        training.append(prepared(_mixed_in(spec, context, part, dataset), part.split, f"{part.dataset} · {part.split}"))
    wanted = spec.data.validation_split
    return training, prepared(dataset, wanted, wanted) if wanted and dataset.splits.get(wanted) else None


def fitting_dataset(spec: Spec, context: Context, name: str, *, field: str) -> Dataset:
    """The dataset of that name; :class:`DataError` at ``field`` where the objective cannot learn from its rows."""
    dataset = DatasetStore(context.workspace).get(name)
    if problem := shape_problem(spec.objective, dataset.shape):
        raise DataError(f"{dataset.name}: {problem[0]}.", hint=problem[1], field=field)
    return dataset


def _mixed_in(spec: Spec, context: Context, part: MixPart, beside: Dataset) -> Dataset:
    """A dataset whose rows are mixed in: :class:`DataError` where the objective cannot learn from them."""
    dataset = fitting_dataset(spec, context, part.dataset, field="data.mix")
    if not dataset.splits.get(part.split):
        raise DataError(
            f"{dataset.name} has no rows in a split {part.split}, which {beside.name} is to be mixed with.",
            hint=f"It has: {', '.join(dataset.splits)}.",
            field="data.mix",
        )
    return dataset
