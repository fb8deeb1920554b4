"""Every example of LANGUAGE.md is run, and gives what stands below it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tokenloom_flowroll.language.errors import FlowError
from tokenloom_flowroll.language.interpreter import run
from tokenloom_flowroll.language.operations import SOURCES, STEPS
from tokenloom_flowroll.language.parser import parse_value

PAGE = (Path(__file__).parents[1] / "LANGUAGE.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```flowroll\n(.*?)\n```\n```output\n(.*?)\n```", PAGE, re.DOTALL)


@pytest.mark.parametrize(("program", "output"), EXAMPLES)
def test_example_gives_what_the_page_says(program: str, output: str) -> None:
    bindings = {name: parse_value(text) for name, text in re.findall(r"^# ([xy]) = (.*)$", program, re.MULTILINE)}
    try:
        given = str(run(program, bindings))
    except FlowError as error:
        given = error.message
    assert given == output


def test_no_example_is_left_out() -> None:
    assert len(EXAMPLES) == PAGE.count("```flowroll") == PAGE.count("```output") == 11


def test_page_is_one_page_and_names_every_operation() -> None:
    assert len(PAGE.splitlines()) < 150
    assert all(re.search(rf"\b{word}\b", PAGE) for word in (*SOURCES, *STEPS))
