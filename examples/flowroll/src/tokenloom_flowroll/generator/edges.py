"""What makes two programs alike in structure: which operation feeds which.

An edge is the text ``take>rev``; through names too; ``take>plus:right`` where the value is the right-hand operand. An
input gives no edge. A DIMMATCH task has one more: the pair of its input dims, ``6 with 2 by 3``.
"""

from __future__ import annotations

from tokenloom_flowroll.language.program import Name, Program
from tokenloom_flowroll.language.values import Dims, format_dims


def edge(producer: str, consumer: str, *, right: bool = False) -> str:
    """Text of the edge from the operation that makes a value to the one that consumes it."""
    return f"{producer}>{consumer}:right" if right else f"{producer}>{consumer}"


def pair_edge(left: Dims, right: Dims) -> str:
    """Text of the edge that stands for the dims of x and y in a DIMMATCH task."""
    return f"{format_dims(left)} with {format_dims(right)}"


def edges_of(program: Program) -> set[str]:
    """All data-flow edges of ``program``; names that nothing set count as inputs."""
    makers: dict[str, str] = {}
    edges: set[str] = set()
    for line in program.lines:
        last = makers.get(line.source.letter, "") if isinstance(line.source, Name) else line.source.word
        for step in line.steps:
            if last:
                edges.add(f"{last}>{step.word}")
            if right := makers.get(step.name, ""):
                edges.add(f"{right}>{step.word}:right")
            last = step.word
        if line.name:
            makers[line.name] = last
    return edges
