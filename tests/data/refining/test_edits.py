"""Steps that change texts: HTML, characters, white space."""

from __future__ import annotations

from typing import Any

import pytest

from tokenloom.data.refining.building import Tools, build_step
from tokenloom.data.refining.item import Item
from tokenloom.spec.data import TextMapping
from tokenloom.spec.steps import HtmlStep, UnicodeStep, WhitespaceStep


def changed(spec: Any, text: str) -> str:
    item = Item(1, "train", {"text": text})
    [fate] = build_step(spec, Tools(TextMapping())).apply([item])
    assert fate.item is not None
    if fate.item.row["text"] == text:
        assert fate.item is item, "what stays is the same object"
    return str(fate.item.row["text"])


HTML = [
    ("<p>One</p><p>Two</p>", "One\n\nTwo"),
    ("a<br>b<br/>c", "a\nb\nc"),
    ("<ul><li>x</li><li>y</li></ul>", "- x\n- y"),
    ("<b>bold</b> and <a href='https://x.org'>link</a>", "bold and link"),
    ("<div>a</div><script>evil()</script><style>p{}</style>b", "a\nb"),
    ("<table><tr><td>1</td><td>2</td></tr><tr><td>3</td></tr></table>", "1\t2\n3"),
    ("<p>x &lt; y &amp; z</p>", "x < y & z"),
    ("Tom &amp; Jerry &#8212; &quot;ok&quot;", 'Tom & Jerry — "ok"'),
    ("<pre>  two\n    four</pre>", "  two\n    four"),
    ("<!-- hidden --><p>seen</p>", "seen"),
    ("<p>white   space\n here</p>", "white space here"),
    ("<h1>T</h1>text<h2>U</h2>more", "T\n\ntext\n\nU\n\nmore"),
    ("<p>unclosed <b>tags <i>everywhere", "unclosed tags everywhere"),
]
NOT_HTML = [
    "if a < b and c > d: print(x)",
    "vector<int> v; map<string, b> m;",
    "a<b and c>d",
    "x <- y; <3 ; <<EOF",
    "AT&T R&D",
    "<think>hm</think>",
]


@pytest.mark.parametrize(("text", "wanted"), HTML)
def test_html_becomes_text(text: str, wanted: str) -> None:
    assert changed(HtmlStep(), text) == wanted


@pytest.mark.parametrize("text", NOT_HTML)
def test_what_is_no_html_is_left_alone(text: str) -> None:
    assert changed(HtmlStep(), text) == text


def test_html_settings() -> None:
    page = "<nav>menu</nav><p>See <a href='https://x.org/a'>this</a>.</p>"
    assert changed(HtmlStep(remove=["nav"], links="address"), page) == "See this (https://x.org/a)."
    assert "evil" not in changed(HtmlStep(remove=[]), "<p>a</p><script>evil()</script>")


def test_deeply_nested_html_does_not_end_the_run() -> None:
    assert changed(HtmlStep(), "<div>" * 1_500 + "deep" + "</div>" * 1_500) == "deep"
    assert changed(HtmlStep(), "<div>" * 200_000 + "a &lt; deep" + "</div>" * 200_000) == "a < deep"
    assert changed(HtmlStep(), "line<br>" * 5_000).count("\n") == 4_999


UNICODE = [
    ({}, "cafÃ© costs â‚¬5", "café costs €5"),
    ({"mojibake": False}, "cafÃ©", "cafÃ©"),
    ({}, "zero\u200bwidth\ufeff and so\u00adft", "zerowidth and soft"),
    ({"invisible": False}, "zero\u200bwidth", "zero\u200bwidth"),
    ({}, "bell\x07 nul\x00 \x1b[31mred\x1b[0m", "bell nul red"),
    ({"control": False}, "bell\x07", "bell\x07"),
    ({}, "e\u0301", "é"),
    ({"form": "none", "mojibake": False}, "e\u0301", "e\u0301"),
    ({"form": "NFKC"}, "ﬁ x² Ａ", "fi x2 A"),
    ({}, "family 👨‍👩‍👧 नमस्ते", "family 👨‍👩‍👧 नमस्ते"),
    ({}, "tabs\tand\nlines stay", "tabs\tand\nlines stay"),
    ({}, "left\u202eright", "leftright"),
]


@pytest.mark.parametrize(("settings", "text", "wanted"), UNICODE)
def test_broken_and_invisible_characters(settings: dict[str, Any], text: str, wanted: str) -> None:
    assert changed(UnicodeStep(**settings), text) == wanted


WHITESPACE = [
    ({}, "a  b \t c   \n", "a b c"),
    ({}, "a\r\nb\rc\u2028d", "a\nb\nc\nd"),
    ({}, "a\n\n\n\n\nb", "a\n\nb"),
    ({"max_blank_lines": 0}, "a\n\n\nb", "a\nb"),
    ({}, "def f():\n    return  1", "def f():\n    return 1"),
    ({}, "\n\n    indented first", "    indented first"),
    ({"keep_indent": False}, "  a\n    b\tc", "a\nb c"),
    ({}, "no\u00a0break\u3000wide", "no break wide"),
    ({"strip": False}, " a ", " a"),
    ({"punctuation": "ascii"}, "“quote” – it’s… ‘ok’ − 3", "\"quote\" - it's... 'ok' - 3"),
    ({}, "“quote” – it’s…", "“quote” – it’s…"),
    ({"max_repeats": 3}, "wow!!!!!!!! ok??? -----", "wow!!! ok??? ---"),
    ({"max_repeats": 1}, "aaa 111 !!", "aaa 111 !"),
]


@pytest.mark.parametrize(("settings", "text", "wanted"), WHITESPACE)
def test_white_space_and_punctuation(settings: dict[str, Any], text: str, wanted: str) -> None:
    step = WhitespaceStep(**settings)
    assert changed(step, text) == wanted
    assert changed(step, wanted) == wanted, "twice is as good as once"


def test_edits_touch_only_the_texts_that_are_meant() -> None:
    from tokenloom.spec.data import PromptMapping

    row = {"prompt": "a  b", "completion": "c  d", "note": "e  f"}
    [fate] = build_step(WhitespaceStep(where="answers"), Tools(PromptMapping())).apply([Item(1, "train", row)])
    assert fate.item is not None and fate.item.row == {"prompt": "a  b", "completion": "c d", "note": "e  f"}
