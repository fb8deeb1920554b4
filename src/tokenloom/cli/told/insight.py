"""Gradient flow, profile and traces of a run in words."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from tokenloom.kit.errors import NotFound

if TYPE_CHECKING:
    from tokenloom.jobs.insight.flow import Flag, Flow
    from tokenloom.jobs.insight.profile import Profile, Suggestion

FLAGS = {
    "dead": "no gradient reaches it",
    "vanishing": "its gradient is far smaller than that of the other blocks",
    "exploding": "its gradient is far larger than before, or no number",
    "large_update": "a step changes more than a tenth of it",
}
REASONS = {
    "padding": "so much of what goes through the blocks is padding: {padding:.0%}",
    "rounding": "so much of each micro-batch is left empty: {padding:.0%}",
    "threads": "all cores together measured {ratio:.2f} times as fast",
    "precision": "bf16 measured {ratio:.2f} times as fast here",
    "evaluation": "validation takes {share:.0%} of the time",
    "samples": "samples take {share:.0%} of the time",
    "saving": "checkpoints take {share:.0%} of the time",
    "logging": "writing rows takes {share:.0%} of the time",
    "flow": "looking at the gradient's flow takes {share:.0%} of the time",
    "accumulation": "the optimizer takes {share:.0%} of the time; half as many updates see the same tokens (learning changes, too)",
    "recomputing": "blocks are computed twice, and the memory would do without it",
}
SHOWN_OPERATORS = 12


def flow_rows(flow: Flow, step: int | None) -> list[dict[str, Any]]:
    """One row a layer at ``step``, else at the newest; :class:`NotFound` where that step was not looked at."""
    if step is not None and step not in flow.steps:
        near = min(flow.steps, key=lambda each: abs(each - step), default=None)
        hint = "Nothing was looked at yet: see loop.flow_every." if near is None else f"The nearest is {near}."
        raise NotFound(f"The gradient of step {step} was not looked at.", hint=hint)
    if not flow.steps:
        return []
    at = len(flow.steps) - 1 if step is None else flow.steps.index(step)
    names = {"gradient": "grad_norm", "update": "update_ratio", "weight": "weight_norm", "zeros": "zero_share"}
    return [
        {
            "layer": layer,
            "module": flow.paths[place],
            "weights": flow.sizes[place],
            "step": flow.steps[at],
            **{short: flow.values[name][place][at] for short, name in names.items() if name in flow.values},
        }
        for place, layer in enumerate(flow.layers)
    ]


def flow_words(flow: Flow) -> list[str]:
    """What is not as it should be, a line each."""
    if not flow.steps:
        return []
    if not flow.flags:
        return [f"{flow.total} steps were looked at; nothing stands out."]
    return [_flag(flag) for flag in flow.flags]


def profile_words(profile: Profile) -> list[str]:
    """Parts of the time, use of the machine and suggestions."""
    if not profile.parts:
        return ["No step is logged yet."]
    lines = [f"{profile.steps} steps, {profile.seconds:.1f} s"]
    for part in profile.parts:
        each = f"{_seconds(part.each)} {'each time' if part.beside or part.name == 'flow' else 'a step'}"
        lines.append(f"  {part.name:<14}{part.share:>7.1%}{part.seconds:>11.1f} s   {each}")
    facts = {
        "tokens a second": profile.tokens_per_second and f"{profile.tokens_per_second:,.0f}",
        "useful arithmetic": profile.mfu
        and f"{profile.mfu:.1%} of the {(profile.ceiling or 0) / 1e9:,.0f} GFLOP/s that plain products reach",
        "useful places": profile.useful_share and f"{profile.useful_share:.1%} ({profile.path} path)",
        "learned tokens": profile.learned_share and f"{profile.learned_share:.1%}",
        "cut-off tokens": profile.truncated_tokens,
        "peak memory": profile.peak_bytes and f"{profile.peak_bytes / 1e6:,.0f} MB",
    }
    lines += [f"{name}: {value}" for name, value in facts.items() if value is not None]
    lines += [_suggestion(each) for each in profile.suggestions] or ["Nothing that was measured could be saved."]
    return lines


def trace_words(folder: Path, event: dict[str, Any]) -> list[str]:
    """Where the trace is, and its longest operators."""
    lines = [
        f"Steps {event['first_step']} to {event['step']} in {folder / event['file']}",
        "Open it at https://ui.perfetto.dev or chrome://tracing; it stays in your browser.",
        f"{'operator':<52}{'calls':>8}{'self':>12}{'share':>8}",
    ]
    for each in event["operators"][:SHOWN_OPERATORS]:
        name = each["name"] if len(each["name"]) <= 50 else f"{each['name'][:49]}…"
        lines.append(f"{name:<52}{each['calls']:>8}{_seconds(each['self_seconds']):>12}{each['share']:>8.1%}")
    return lines


def _flag(flag: Flag) -> str:
    when = (
        f"now, in {flag.records} records since step {flag.first_step}"
        if flag.is_now
        else f"last at step {flag.last_step}"
    )
    numbers = "" if flag.value is None or flag.limit is None else f" ({flag.value:.3g}, limit {flag.limit:.3g})"
    return f"{flag.layer}: {flag.kind.replace('_', ' ')}, {FLAGS[flag.kind]}{numbers}; {when}"


def _suggestion(each: Suggestion) -> str:
    reason = REASONS[each.kind].format(**each.because)
    return f"→ {each.field}={each.value} would save {each.gain:.0%} of the time ({_seconds(each.seconds)} so far): {reason}"


def _seconds(seconds: float) -> str:
    return f"{seconds:.2f} s" if seconds >= 1 else f"{seconds * 1e3:.2f} ms"
