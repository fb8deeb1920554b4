"""Settings that may change while a run trains: which, within what limits, and how the change is made."""

from __future__ import annotations

import re
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


def _share(value: Any) -> float:
    number = float(value)
    if not 0 <= number < 1:
        raise ValueError("it must be at least 0 and less than 1")
    return number


def _decay(value: Any) -> float:
    number = float(value)
    if not 0 <= number <= 10:
        raise ValueError("it must be at least 0 and at most 10")
    return number


def _or_none(parse: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda value: None if value is None else parse(value)


KNOBS: dict[str, Callable[[Any], Any]] = {
    "optimizer.learning_rate": lambda value: _positive(value, most=10.0),
    "optimizer.weight_decay": _decay,
    "loop.max_grad_norm": _or_none(lambda value: _positive(value, most=1e9)),
    "batch.gradient_accumulation_steps": _count,
    "evaluation.every_steps": _or_none(_count),
    "evaluation.patience": _or_none(_count),
    "checkpoints.every_steps": _or_none(_count),
}
_MIX = re.compile(r"data\.mix\.(\d{1,3})\.share")


def turn(session: Session, arguments: dict[str, Any]) -> str:
    """Make the change ``{"key", "value"}``; a sentence that says what changed. :class:`SpecError` if it cannot be made."""
    key = str(arguments.get("key", ""))
    known = knobs_of(session)
    if key not in known:
        near = nearest(key, known)
        hint = f"Did you mean {near[0]}?" if near else f"There is: {', '.join(known)}."
        raise SpecError(f"“{key}” cannot be changed while the run trains.", hint=hint)
    try:
        value = known[key](arguments.get("value"))
        _mix(session, key, value)
    except (TypeError, ValueError) as error:
        raise SpecError(
            f"{key} cannot become {arguments.get('value')!r}: {error}.", hint="Send another value."
        ) from None
    before = session.state.knobs.get(key, "the recipe's value")
    session.state.knobs[key] = value
    return f"{key} is now {value} (was {before})"


def knobs_of(session: Session) -> dict[str, Callable[[Any], Any]]:
    """What can be changed in this run, by dotted name, and how a value is read."""
    mix = {f"data.mix.{number}.share": _share for number in range(len(session.spec.data.mix))}
    return {**KNOBS, **mix}


def _mix(session: Session, key: str, value: Any) -> None:
    """From the next place on, or from the next stretch that is sorted by length, rows are drawn by the new shares."""
    found = _MIX.fullmatch(key)
    if found is None:
        return
    shares = list(session.state.mix[-1][1])
    shares[int(found.group(1))] = value
    if sum(shares) >= 1:
        raise ValueError(f"the shares would be {sum(shares):g} together and leave nothing for the run's own dataset")
    session.state.mix.append([session.stream.next_turn(session.state.position), shares])


def obey(session: Session, command: Command) -> None:
    """Make the change that a ``set`` command asks for, or refuse it; the answer is in the log."""
    try:
        message, accepted = turn(session, command.arguments), True
    except SpecError as error:
        message, accepted = str(error).replace("\n  →", ""), False
    if accepted:
        session.journal.supersede(command.arguments, session.state.step)
    session.control.answer(command, session.state.step, accepted=accepted, message=message)
