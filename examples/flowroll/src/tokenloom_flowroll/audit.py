"""An independent look at a data set on disk: each edge is read again from the text, and nothing held out may show.

Shares no code with the generator's own edges: it also reads programs that do not parse, as the broken ones of fix, by
taking a misspelt word for the nearest right one.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tokenloom.kit.errors import NotFound
from tokenloom.kit.registry import nearest
from tokenloom_flowroll.data import PARTS, read_rows
from tokenloom_flowroll.generator.edges import pair_edge
from tokenloom_flowroll.generator.split import SPLIT, EdgeSplit
from tokenloom_flowroll.judge import execution_check
from tokenloom_flowroll.language.operations import SOURCES, STEPS

_FLOW = re.compile(r"^(?:(?P<name>[a-z]) =|emit) (?P<flow>[a-z].*)$", re.MULTILINE)
_MAX_PROBLEMS = 50


@dataclass
class Audit:
    """What was found: rows and edges per part, tasks per part, level and family, and breaches (none in a sound set)."""

    rows: Counter[str] = field(default_factory=Counter)
    cells: Counter[tuple[str, int, str]] = field(default_factory=Counter)
    edges: dict[str, set[str]] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    def train_edges_per_operation(self) -> dict[str, int]:
        """How many train edges touch each of the 19 operations."""
        flows = [edge.removesuffix(":right").split(">") for edge in self.edges.get("train", ()) if ">" in edge]
        return {word: sum(word in ends for ends in flows) for word in (*SOURCES, *STEPS)}

    def note(self, problem: str) -> None:
        if len(self.problems) < _MAX_PROBLEMS:
            self.problems.append(problem)


def audit_folder(folder: Path, *, rule: EdgeSplit = SPLIT) -> Audit:
    """Read all parts of the data set in ``folder``; :class:`NotFound` where a file is missing."""
    for part in PARTS:
        if not (folder / f"{part}.jsonl").is_file():
            raise NotFound(f"{folder} has no {part}.jsonl.", hint="Write a data set with the command generate first.")
    return audit_parts({part: read_rows(folder / f"{part}.jsonl") for part in PARTS}, rule=rule)


def audit_parts(parts: Mapping[str, Iterable[dict[str, Any]]], *, rule: EdgeSplit = SPLIT) -> Audit:
    """Check rows by part: ``pretrain`` and ``train`` show no held-out edge, the others stand where theirs put them."""
    audit = Audit()
    asked: dict[str, str] = {}
    for part, rows in parts.items():
        found = audit.edges.setdefault(part, set())
        for row in rows:
            audit.rows[part] += 1
            edges = edges_in_row(row)
            found |= edges
            _check_part(audit, part, row, rule.part_of(edges))
            if part != "pretrain":
                audit.cells[part, row["level"], row["family"]] += 1
                _check_task(audit, part, row, asked)
    return audit


def edges_in_row(row: Mapping[str, Any]) -> set[str]:
    """Every edge that any text of ``row`` shows, and the pair of dims where DIMMATCH is its family or its origin."""
    texts = [str(row[name]) for name in ("text", "prompt", "completion", "reference") if name in row]
    edges = {edge for text in texts for edge in edges_in_text(text)}
    if "dimmatch" in (row.get("family"), row.get("base")):
        left, right = row["dims"]
        edges.add(pair_edge(tuple(left), tuple(right)))
    return edges


def edges_in_text(text: str) -> Iterator[str]:
    """Data-flow edges of the lines of ``text`` that look like flows, whether or not the whole parses."""
    makers: dict[str, str] = {}
    for match in _FLOW.finditer(text):
        source, *steps = (segment.split() for segment in match["flow"].split(" | "))
        last = makers.get(source[0], "") if len(source[0]) == 1 else _word(source[0])
        for step in steps:
            word = _word(step[0])
            if last:
                yield f"{last}>{word}"
            if len(step) > 1 and makers.get(step[1]):
                yield f"{makers[step[1]]}>{word}:right"
            last = word
        if match["name"]:
            makers[match["name"]] = last


def _word(written: str) -> str:
    words = (*SOURCES, *STEPS)
    return written if written in words else (nearest(written, words, count=1) or [written])[0]


def _check_part(audit: Audit, part: str, row: Mapping[str, Any], found: str | None) -> None:
    expected = "train" if part in ("pretrain", "train", "seen") else part
    if found != expected:
        audit.note(f"{part}: the edges of {row.get('prompt', row.get('text'))!r} belong to {found or 'no part'}")


def _check_task(audit: Audit, part: str, row: Mapping[str, Any], asked: dict[str, str]) -> None:
    instruction = row["prompt"]
    if row["family"] == "fix":  # the instruction stands before the broken program
        instruction = instruction.partition("\n")[0]
    if instruction in asked:
        audit.note(f"{part}: {instruction!r} is asked in {asked[instruction]} too")
    asked[instruction] = part
    if not execution_check(row, row["completion"]).exact:
        audit.note(f"{part}: the completion of {row['prompt']!r} is not judged right")
