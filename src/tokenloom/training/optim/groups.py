"""Which parameters decay, and which have a learning rate or a decay of their own."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import Any

from torch import nn

from tokenloom.modeling.adapter import trained_parameters
from tokenloom.resources.naming import no_parameter
from tokenloom.spec.training.optimizer import ParameterGroup

NEVER_DECAY = ("embed_positions", "wpe.", "ia3_")  # position tables, and scales whose rest is 1


def parameter_groups(spec: Any, model: nn.Module, named: dict[str, nn.Parameter] | None = None) -> list[dict[str, Any]]:
    """The trained parameters in groups as torch wants them: ``params``, ``names``, ``weight_decay``, ``lr_scale`` and
    ``follows_recipe`` (its weight decay is the recipe's).

    Matrices decay; norms, biases, position tables and IA³'s scales do not. :class:`SpecError` for a rule that no trained parameter fits.
    """
    every = trained_parameters(model)
    _require_use(spec.groups, list(every))
    found: dict[tuple[int, bool], dict[str, Any]] = {}
    for name, parameter in (every if named is None else named).items():
        number = _rule(spec.groups, name)
        decays = parameter.dim() >= 2 and not any(part in name for part in NEVER_DECAY)
        rule = spec.groups[number] if number >= 0 else None
        own = rule.weight_decay if rule is not None else None
        group = found.setdefault(
            (number, decays),
            {
                "params": [],
                "names": [],
                "weight_decay": (spec.weight_decay if own is None else own) if decays else 0.0,
                "lr_scale": rule.learning_rate_scale if rule is not None else 1.0,
                "follows_recipe": decays and own is None,
                "lr": spec.learning_rate * (rule.learning_rate_scale if rule is not None else 1.0),
            },
        )
        group["params"].append(parameter)
        group["names"].append(name)
    return list(found.values())


def _rule(rules: list[ParameterGroup], name: str) -> int:
    """Number of the first rule that fits, or −1."""
    return next((number for number, rule in enumerate(rules) if fnmatchcase(name, rule.pattern)), -1)


def _require_use(rules: list[ParameterGroup], names: list[str]) -> None:
    used = {_rule(rules, name) for name in names}
    for number, rule in enumerate(rules):
        if number not in used:
            raise no_parameter(f"optimizer.groups.{number}.pattern", rule.pattern, names)
