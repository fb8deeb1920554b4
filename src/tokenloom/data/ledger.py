"""Where every row and token went: raw → read → mapped → … → trained, each loss with a reason, and the sums must add up."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tokenloom.kit.errors import DataError


@dataclass
class Loss:
    """What one reason took away."""

    rows: int = 0
    tokens: int = 0


@dataclass
class Stage:
    """What is left after one step: ``rows``, and ``tokens`` where tokens exist by then; ``losses`` by reason."""

    name: str
    rows: int
    tokens: int | None = None
    losses: dict[str, Loss] = field(default_factory=dict)
    sequences: int | None = None

    def lose(self, reason: str, *, rows: int = 0, tokens: int = 0) -> None:
        """Count a loss that happened on the way from the stage before to this one."""
        loss = self.losses.setdefault(reason, Loss())
        loss.rows += rows
        loss.tokens += tokens


class Ledger:
    """An ordered list of :class:`Stage`; :meth:`check` proves that each is the one before minus its losses."""

    def __init__(self, stages: list[Stage] | None = None) -> None:
        self.stages = stages or []

    def add(self, name: str, rows: int, tokens: int | None = None, *, sequences: int | None = None) -> Stage:
        """Append a stage and return it, so that its losses can be counted."""
        self.stages.append(Stage(name, rows, tokens, sequences=sequences))
        return self.stages[-1]

    def __getitem__(self, name: str) -> Stage:
        return next(stage for stage in self.stages if stage.name == name)

    def check(self) -> None:
        """:class:`DataError` naming the first step whose numbers do not add up."""
        for before, after in zip(self.stages, self.stages[1:], strict=False):
            self._check_step(before, after, "rows", before.rows, after.rows)
            if before.tokens is not None and after.tokens is not None:
                self._check_step(before, after, "tokens", before.tokens, after.tokens)

    @staticmethod
    def _check_step(before: Stage, after: Stage, unit: str, had: int, has: int) -> None:
        lost = sum(getattr(loss, unit) for loss in after.losses.values())
        if had - lost != has or min(had, has) < 0:
            raise DataError(
                f"The ledger does not add up: {before.name} had {had} {unit}, {lost} were lost with a reason, "
                f"and {after.name} has {has} instead of {had - lost}.",
                hint="This is a fault of the program, not of your data: please report it with this line.",
            )

    def as_dict(self) -> dict[str, Any]:
        """JSON form; :meth:`from_dict` reads it back."""
        return {
            "stages": [
                {
                    "name": stage.name,
                    "rows": stage.rows,
                    "tokens": stage.tokens,
                    "sequences": stage.sequences,
                    "losses": {
                        reason: {"rows": loss.rows, "tokens": loss.tokens} for reason, loss in stage.losses.items()
                    },
                }
                for stage in self.stages
            ]
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Ledger:
        return cls(
            [
                Stage(
                    entry["name"],
                    entry["rows"],
                    entry["tokens"],
                    {reason: Loss(**loss) for reason, loss in entry["losses"].items()},
                    entry.get("sequences"),
                )
                for entry in data["stages"]
            ]
        )

    def table(self) -> str:
        """Fixed-width text: one line a stage, its losses indented below."""
        lines = [f"{'stage':<44}{'rows':>14}{'tokens':>18}"]
        for stage in self.stages:
            for reason, loss in stage.losses.items():
                if loss.rows or loss.tokens:
                    lines.append(_line(f"  − {reason}", -loss.rows or None, -loss.tokens or None))
            lines.append(_line(stage.name, stage.rows, stage.tokens))
        return "\n".join(lines)


def _line(name: str, rows: int | None, tokens: int | None) -> str:
    columns = ["" if number is None else f"{number:,}" for number in (rows, tokens)]
    return f"{name:<44}{columns[0]:>14}{columns[1]:>18}"
