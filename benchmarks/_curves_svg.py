"""Small multiples of curves as one SVG that stands in a page, light or dark."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

WIDTH, HEIGHT, COLUMNS = 280, 170, 3
LEFT, RIGHT, TOP, BOTTOM = 46, 14, 44, 24
STYLE = """
text{font:11px Inter,system-ui,sans-serif;fill:#57606a}.name{font-weight:600;font-size:13px;fill:#1f2328}.grid{stroke:#d8dee4}
.raw{fill:none;stroke:#0f766e;stroke-opacity:.25}.line{fill:none;stroke:#0f766e;stroke-width:2;stroke-linejoin:round}.dot{fill:#0f766e}
@media(prefers-color-scheme:dark){text{fill:#9ba3ad}.name{fill:#e6e8eb}.grid{stroke:#343a41}.raw,.line{stroke:#5eead4}.dot{fill:#5eead4}}
"""


@dataclass(frozen=True)
class Curve:
    name: str
    title: str
    metric: str
    points: Sequence[tuple[int, float]]


def draw(curves: Sequence[Curve]) -> str:
    """One cell for each curve, each with its own scale; long noisy curves get a running mean over their ghost."""
    rows = -(-len(curves) // COLUMNS)
    cells = "".join(_cell(curve, *divmod(number, COLUMNS)[::-1]) for number, curve in enumerate(curves))
    size = f'width="{COLUMNS * WIDTH}" height="{rows * HEIGHT}" viewBox="0 0 {COLUMNS * WIDTH} {rows * HEIGHT}"'
    label = "Learning curves of the objectives"
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-label="{label}"><style>{STYLE}</style>{cells}</svg>\n'


def _cell(curve: Curve, column: int, row: int) -> str:
    steps = [step for step, _ in curve.points]
    shown = _smooth([value for _, value in curve.points])
    values = [value for _, value in curve.points]
    low, high = min(values), max(values)
    span = (high - low) or 1.0

    def place(step: float, value: float) -> str:
        x = LEFT + (WIDTH - LEFT - RIGHT) * (step - steps[0]) / max(steps[-1] - steps[0], 1)
        y = HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * (value - low) / span
        return f"{x:.1f},{y:.1f}"

    def line(kind: str, numbers: Sequence[float]) -> str:
        points = " ".join(place(step, value) for step, value in zip(steps, numbers, strict=True))
        return f'<polyline class="{kind}" points="{points}"/>'

    ghost = line("raw", values) if shown != values else ""
    x, y = place(steps[-1], shown[-1]).split(",")
    floor = HEIGHT - BOTTOM
    return (
        f'<g transform="translate({column * WIDTH} {row * HEIGHT})"><title>{escape(curve.title)}</title>'
        f'<text class="name" x="{LEFT}" y="16">{escape(curve.name)}</text>'
        f'<text x="{LEFT}" y="32">{escape(curve.metric)}, {shown[0]:.3g} → {shown[-1]:.3g}</text>'
        f'<path class="grid" d="M{LEFT} {floor}H{WIDTH - RIGHT}M{LEFT} {TOP}H{WIDTH - RIGHT}"/>'
        f'<text x="{LEFT - 6}" y="{TOP + 4}" text-anchor="end">{high:.3g}</text>'
        f'<text x="{LEFT - 6}" y="{floor + 4}" text-anchor="end">{low:.3g}</text>'
        f'<text x="{LEFT}" y="{HEIGHT - 8}">{steps[0]}</text>'
        f'<text x="{WIDTH - RIGHT}" y="{HEIGHT - 8}" text-anchor="end">step {steps[-1]}</text>'
        f'{ghost}{line("line", shown)}<circle class="dot" cx="{x}" cy="{y}" r="3"/></g>'
    )


def _smooth(values: list[float]) -> list[float]:
    """A running mean over the last tenth, where there are many points."""
    if len(values) < 40:
        return values
    width = max(2, len(values) // 10)
    return [sum(values[max(0, end - width) : end]) / min(width, end) for end in range(1, len(values) + 1)]
