"""Settings that may change while a run trains: which, within what limits, and how the change is made."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from tokenloom.kit.errors import SpecError
from tokenloom.kit.registry import nearest

if TYPE_CHECKING:
    from tokenloom.tracking.commands import Command
    from tokenloom.training.session import Session


def _positive(value: Any, *, most: float) -> float:
    number = float(value)
    if not 0 < number <= most:
        raise ValueError(f"it must be more than 0 and at most {most:g}")
    return number


def _count(value: Any) -> int:
    number = int(value)
    if number != float(value) or number < 1:
        raise ValueError("it must be a whole number of at least 1")
    return number


KNOBS: dict[str, Callable[[Any], Any]] = {
    "optimizer.learning_rate": lambda value: _positive(value, most=10.0),
    "loop.max_grad_norm": lambda value: None if value is None else _positive(value, most=1e9),
    "batch.gradient_accumulation_steps": _count,
}


def turn(session: Session, arguments: dict[str, Any]) -> str:
    """Make the change ``{"key", "value"}``; a sentence that says what changed. :class:`SpecError` if it cannot be made."""
    key = str(arguments.get("key", ""))
    if key not in KNOBS:
        near = nearest(key, KNOBS)
        hint = f"Did you mean {near[0]}?" if near else f"There is: {', '.join(KNOBS)}."
        raise SpecError(f"“{key}” cannot be changed while the run trains.", hint=hint)
    try:
        value = KNOBS[key](arguments.get("value"))
    except (TypeError, ValueError) as error:
        raise SpecError(
            f"{key} cannot become {arguments.get('value')!r}: {error}.", hint="Send another value."
        ) from None
    before = session.state.knobs.get(key, "the recipe's value")
    session.state.knobs[key] = value
    return f"{key} is now {value} (was {before})"


def obey(session: Session, command: Command) -> None:
    """Make the change that a ``set`` command asks for, or refuse it; the answer is in the log."""
    try:
        message, accepted = turn(session, command.arguments), True
    except SpecError as error:
        message, accepted = str(error).replace("\n  →", ""), False
    if accepted:
        session.journal.supersede(command.arguments, session.state.step)
    session.control.answer(command, session.state.step, accepted=accepted, message=message)
