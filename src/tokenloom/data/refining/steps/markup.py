"""HTML to plain text."""

from __future__ import annotations

import html
import re
from typing import Any

from selectolax.lexbor import LexborHTMLParser, LexborNode

from tokenloom.data.refining.building import Tools, builder
from tokenloom.data.refining.step import Edit, Step
from tokenloom.spec.steps import HtmlStep

_BLOCK_NAMES = (
    "address article aside blockquote body center dd details dialog div dl dt fieldset figcaption figure footer form "
    "h1 h2 h3 h4 h5 h6 header hr html li main nav ol p pre section summary table tbody tfoot thead tr ul"
)
_APART_NAMES = "h1 h2 h3 h4 h5 h6 p pre blockquote table ul ol dl figure"
_INLINE_NAMES = (
    "a abbr acronym b bdi bdo big br button canvas caption cite code col colgroup data del dfn em embed font frame head i "
    "iframe img input ins kbd label legend link map mark meta meter noscript object option output picture progress q rp rt "
    "ruby s samp script select small source span strike strong style sub sup svg td template textarea th time title tt u var "
    "video wbr"
)
_BLOCKS, _APART = (
    frozenset(_BLOCK_NAMES.split()),
    frozenset(_APART_NAMES.split()),
)  # the latter have an empty line around them
_INLINE = frozenset(_INLINE_NAMES.split())
_NEVER = ("script", "style", "template")
_ATTRIBUTE = r"""\s+(?:[\w:@.-]+\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'<>=`]+)|(?:async|checked|controls|defer|disabled|hidden|nowrap|readonly|required|selected)\b)"""
_TAG = re.compile(
    rf"</?(?:{'|'.join(sorted(_BLOCKS | _INLINE))})(?:{_ATTRIBUTE})*\s*/?>|<!--|<!doctype html", re.IGNORECASE
)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#x[0-9a-f]{1,6}|[a-z][a-z0-9]{1,30});", re.IGNORECASE)
_OPEN_OR_CLOSE = re.compile(
    r"<(/)?(?!(?:area|base|br|col|embed|hr|img|input|link|meta|source|wbr)\b)[a-z]", re.IGNORECASE
)
_DEEPEST = 2_000
_SPACES = re.compile(r"[ \t\n\r\f]+")
# Until the whole is laid out, characters that no text may hold (Unicode, 23.7) stand for a new line, an empty line, the end of
# preformatted text, the border of a cell, and the spaces, line breaks and tabs that are kept.
_BREAK, _GAP, _PRE_END, _CELL = "\ufdd0", "\ufdd1", "\ufdd2", "\ufdd5"
_RUNS = re.compile(f"[{_BREAK}{_GAP} \n]+")
_KEEP = {ord(" "): 0xFDD3, ord("\n"): 0xFDD4, ord("\t"): 0xFDD5, ord("\r"): None}
_KEPT = {0xFDD2: None, 0xFDD3: " ", 0xFDD4: "\n", 0xFDD5: "\t"}


@builder.register
def _make(spec: HtmlStep, tools: Tools) -> Step:
    return Html(tools, spec)


class Html(Edit):
    """Texts in which no HTML tag stands are left as they are, save their entities: `a < b` and `vector<int>` are no HTML."""

    def __init__(self, tools: Tools, spec: HtmlStep) -> None:
        super().__init__(tools.texts(spec))
        self._remove, self._with_address = [*dict.fromkeys([*spec.remove, *_NEVER])], spec.links == "address"

    def change(self, text: str) -> str:
        if "<" in text and _TAG.search(text):
            return self._plain(text)
        return _ENTITY.sub(lambda found: html.unescape(found[0]), text) if "&" in text else text

    def _plain(self, text: str) -> str:
        if _is_deep(text):
            return html.unescape(_TAG.sub(" ", text)).strip()
        tree = LexborHTMLParser(text)
        root = tree.root
        if root is None:
            return ""
        tree.strip_tags([tag for tag in self._remove if tag not in ("html", "body")])
        parts: list[str] = []
        self._write(root, parts)
        return _RUNS.sub(_settled, "".join(parts).replace("\xa0", " ")).strip().translate(_KEPT)

    def _write(self, root: LexborNode, parts: list[str]) -> None:
        """The text of a tree, without recursion: strangers nest tags deeply."""
        waiting: list[Any] = [root]
        kept = 0  # how many <pre> are open
        while waiting:
            node = waiting.pop()
            if isinstance(node, str):
                kept -= node == _PRE_END
                parts.append(_GAP if node == _PRE_END else node)
                continue
            if node.is_text_node:
                said = node.text_content or ""
                parts.append(said.translate(_KEEP) if kept else _SPACES.sub(" ", said))
                continue
            after = _after(node, self._with_address)
            before = _before(node)
            if node.tag == "pre":
                kept, after = kept + 1, _PRE_END
            if before:
                parts.append(before)
            if after:
                waiting.append(after)
            child, children = node.child, []
            while child is not None:
                children.append(child)
                child = child.next
            waiting.extend(reversed(children))


def _is_deep(text: str) -> bool:
    """Whether tags are nested so deeply that the parser's time would grow with the square of the depth."""
    depth = 0
    if text.count("<") > _DEEPEST:
        for tag in _OPEN_OR_CLOSE.finditer(text):
            depth += -1 if tag[1] else 1
            if depth > _DEEPEST:
                return True
    return False


def _settled(found: re.Match[str]) -> str:
    """What a run of spaces, line breaks and borders of blocks becomes."""
    run = found[0]
    if _GAP in run:
        return "\n\n"
    lines = run.count("\n")
    return "\n" * min(2, max(lines, 1)) if lines or _BREAK in run else " "


def _before(node: LexborNode) -> str:
    if node.tag == "br":
        return "\n"
    if node.tag == "li":
        return f"{_BREAK}- "
    if node.tag in ("td", "th"):
        return "" if node.prev is None or node.prev.tag not in ("td", "th") else _CELL
    return _around(node)


def _after(node: LexborNode, with_address: bool) -> str:
    if node.tag == "a" and with_address:
        address = node.attributes.get("href") or ""
        return f" ({address})" if address.startswith(("http://", "https://", "mailto:")) else ""
    return _around(node)


def _around(node: LexborNode) -> str:
    return _GAP if node.tag in _APART else _BREAK if node.tag in _BLOCKS else ""
