"""HTML to plain text."""

from __future__ import annotations

import html
import re
from typing import Any

from selectolax.lexbor import LexborHTMLParser, LexborNode

from tokenloom.data.refining.building import Tools, builder
from tokenloom.data.refining.step import Edit, Step
from tokenloom.spec.steps import HtmlStep

_BLOCKS = frozenset(
    "address article aside blockquote body center dd details dialog div dl dt fieldset figcaption figure footer form "
    "h1 h2 h3 h4 h5 h6 header hr html li main nav ol p pre section summary table tbody tfoot thead tr ul".split()
)
_APART = frozenset("h1 h2 h3 h4 h5 h6 p pre blockquote table ul ol dl figure".split())  # an empty line around them
_INLINE = frozenset(
    "a abbr acronym b bdi bdo big br button canvas caption cite code col colgroup data del dfn em embed font frame head i "
    "iframe img input ins kbd label legend link map mark meta meter noscript object option output picture progress q rp rt ruby s "
    "samp script select small source span strike strong style sub sup svg td template textarea th time title tt u var video wbr".split()
)
_NEVER = ("script", "style", "template")
_ATTRIBUTE = r"""\s+(?:[\w:@.-]+\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'<>=`]+)|(?:async|checked|controls|defer|disabled|hidden|nowrap|readonly|required|selected)\b)"""
_TAG = re.compile(rf"</?(?:{'|'.join(sorted(_BLOCKS | _INLINE))})(?:{_ATTRIBUTE})*\s*/?>|<!--|<!doctype html", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#x[0-9a-f]{1,6}|[a-z][a-z0-9]{1,30});", re.IGNORECASE)
_SPACES = re.compile(r"[ \t\n\r\f]+")
_LINES = re.compile(r" *\n *")
_EMPTY_LINES = re.compile(r"\n{3,}")


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
        tree = LexborHTMLParser(text)
        root = tree.root
        if root is None:
            return ""
        tree.strip_tags([tag for tag in self._remove if tag not in ("html", "body")])
        parts: list[str] = []
        self._write(root, parts)
        lines = _LINES.sub("\n", "".join(parts).replace("\xa0", " "))
        return _EMPTY_LINES.sub("\n\n", lines).replace("\x00", "").strip().translate(_KEPT)

    def _write(self, root: LexborNode, parts: list[str]) -> None:
        """The text of a tree, without recursion: strangers nest tags a million deep."""
        waiting: list[Any] = [root]
        kept = 0  # how many <pre> are open
        while waiting:
            node = waiting.pop()
            if isinstance(node, str):
                kept -= node == _PRE_END
                parts.append("\n\n" if node == _PRE_END else node)
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


_PRE_END = "\x00pre"
# Spaces and line breaks of preformatted text, as private characters until the others are settled.
_KEEP = {ord(" "): 0xF8F0, ord("\n"): 0xF8F1, ord("\t"): 0xF8F2, ord("\r"): None}
_KEPT = {0xF8F0: " ", 0xF8F1: "\n", 0xF8F2: "\t"}


def _before(node: LexborNode) -> str:
    if node.tag == "br":
        return "\n"
    if node.tag == "li":
        return "\n- "
    if node.tag in ("td", "th"):
        return "" if node.prev is None or node.prev.tag not in ("td", "th") else "\t"
    return "\n\n" if node.tag in _APART else "\n" if node.tag in _BLOCKS else ""


def _after(node: LexborNode, with_address: bool) -> str:
    if node.tag == "a" and with_address:
        address = node.attributes.get("href") or ""
        return f" ({address})" if address.startswith(("http://", "https://", "mailto:")) else ""
    return "\n\n" if node.tag in _APART else "\n" if node.tag in _BLOCKS else ""
