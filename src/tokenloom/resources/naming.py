"""What a method means by the names of parameters and layers: the same for a run and for the look before it, which has no model yet."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase

from tokenloom.kit.errors import SpecError
from tokenloom.kit.registry import nearest
from tokenloom.spec.training.tuning import FreezeTuning

BLOCK = re.compile(r"\.layers\.(\d+)\.")


def matching(names: Iterable[str], patterns: list[str], field: str) -> set[str]:
    """The names that fit one of the patterns, where ``*`` stands for anything. :class:`SpecError` for a pattern that fits none."""
    known = list(names)
    found: set[str] = set()
    for number, pattern in enumerate(patterns):
        fits = {name for name in known if fnmatchcase(name, pattern)}
        if not fits:
            raise no_parameter(f"{field}.{number}", pattern, known)
        found |= fits
    return found


def layers_meant(wanted: Sequence[str], layers: Iterable[str], field: str) -> dict[str, list[str]]:
    """For each of ``wanted`` the full names among ``layers`` that end with it. :class:`SpecError` where there is none."""
    known = list(layers)
    short = sorted({name.rpartition(".")[2] for name in known})
    found: dict[str, list[str]] = {}
    for name in wanted:
        found[name] = [full for full in known if full == name or full.endswith(f".{name}")]
        if not found[name]:
            near = nearest(name, known if "." in name else short, count=1)
            fix = f"Did you mean {near[0]}?" if near else f"There is: {', '.join(short)}."
            raise spec_problem(field, f"the model has no linear layer “{name}”", fix)
    return found


def deep_names(names: Iterable[str], last_layers: int) -> set[str]:
    """Names of the last blocks, of what follows them and of the head: all but the embeddings and the blocks below."""
    blocks = {name: int(found[1]) for name in names if (found := BLOCK.search(name))}
    first = max(blocks.values(), default=-1) + 1 - last_layers
    return {name for name in names if "embed" not in name and blocks.get(name, first) >= first}


def names_trained(spec: FreezeTuning, names: list[str], deep: set[str]) -> set[str]:
    """Names that a freezing trains, where ``deep`` are those that its ``last_layers`` mean. :class:`SpecError` where that would be nothing."""
    found = set(deep) if spec.last_layers is not None or spec.train else set(names)
    found |= matching(names, spec.train, "tuning.train")
    found -= matching(names, spec.freeze, "tuning.freeze")
    if not found:
        raise _nothing_left()
    return found


def no_parameter(field: str, pattern: str, known: list[str]) -> SpecError:
    """For a pattern that no trained parameter fits."""
    near = nearest(pattern.replace("*", ""), known, count=1) or known[:1]
    example = f" There is, for example, {near[0]}." if near else ""
    fix = f"A pattern must fit a whole name; * stands for anything.{example}"
    return spec_problem(field, f"no parameter fits “{pattern}”", fix)


def too_deep(blocks: int) -> SpecError:
    """For more last blocks than a model has."""
    return spec_problem(
        "tuning.last_layers", f"the model has {blocks} blocks", f"Set tuning.last_layers to at most {blocks}."
    )


def _nothing_left() -> SpecError:
    """For patterns that freeze all that would be trained."""
    return spec_problem("tuning.freeze", "nothing is left to train", "Freeze less.")


def too_many_tokens(count: int, limit: int) -> SpecError | None:
    """For virtual tokens that leave less than half of the model's ``limit`` places for text; ``None`` where they leave enough."""
    if count <= limit // 2:
        return None
    message = f"{count} leave too little of the model's {limit} places for text"
    return spec_problem(
        "tuning.num_virtual_tokens", message, f"Set tuning.num_virtual_tokens to at most {max(limit // 8, 1)}."
    )


def spec_problem(field: str, message: str, fix: str) -> SpecError:
    """A :class:`SpecError` of one field."""
    return SpecError(f"{field}: {message}", hint=fix, errors=[{"field": field, "message": message, "fix": fix}])
