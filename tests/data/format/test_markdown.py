"""Markdown by document and by section."""

from __future__ import annotations

import io

from tokenloom.data.format.markdown import read_markdown
from tokenloom.data.format.record import Record
from tokenloom.spec.data import MarkdownFormat

PAGE = """---
title: Rolls
---
Before.

# One
text

```python
# no heading
```

## Two ##
more

Three
=====
under

| a |
|---|
| b |

> quote
---
end
"""


def _read(text: str | bytes, unit: str = "section", level: int = 6) -> list[Record]:
    raw = text.encode() if isinstance(text, str) else text
    return list(
        read_markdown(
            io.BytesIO(raw), MarkdownFormat.model_validate({"unit": unit, "level": level, "encoding": "utf-8"})
        )
    )


def _rows(records: list[Record]) -> list[tuple[int, str, str]]:
    return [(record.line, record.row["heading"], record.row["text"].split("\n")[0]) for record in records if record.row]


def test_sections_begin_at_headings_outside_of_code_tables_and_quotes() -> None:
    records = _read(PAGE)
    assert [(heading, first) for _, heading, first in _rows(records)] == [
        ("", "Before."), ("One", "# One"), ("Two", "## Two ##"), ("Three", "Three"),
    ]  # fmt: skip
    assert [line for line, _, _ in _rows(records)][1:] == [6, 13, 16]
    assert records[0].row is not None and records[0].row["front_matter"] == "title: Rolls"
    assert records[1].row is not None and "# no heading" in records[1].row["text"]
    assert records[3].row is not None and records[3].row["text"].endswith("> quote\n---\nend")


def test_deeper_headings_stay_in_their_section() -> None:
    assert [heading for _, heading, _ in _rows(_read(PAGE, level=1))] == ["", "One", "Three"]


def test_a_document_is_one_row_named_by_its_first_heading() -> None:
    [record] = _read(PAGE, "document")
    assert record.row is not None and record.row["heading"] == "One"
    assert record.row["text"].startswith("Before.") and record.row["text"].endswith("end")


def test_nothing_of_the_text_is_lost_at_the_cuts() -> None:
    joined = "\n".join(record.row["text"] for record in _read(PAGE) if record.row)
    assert [line for line in joined.split("\n") if line] == [line for line in PAGE.split("\n")[3:] if line]


def test_damage_is_located_and_the_next_section_is_read() -> None:
    records = _read(b"# a\nfine\n# b\n\xff\xfe broken\n# c\nfine\n")
    assert [(record.line, bool(record.row)) for record in records] == [(1, True), (3, False), (5, True)]
    assert "not utf-8" in records[1].reason


def test_an_open_code_block_and_open_front_matter_hide_nothing() -> None:
    assert [record.row["text"] for record in _read("```\n# a\n# b\n") if record.row] == ["```\n# a\n# b"]
    assert [heading for _, heading, _ in _rows(_read("---\nno end\n# a\nx\n"))] == ["", "a"]
