"""Chat templates as Hugging Face runs them, in a sandbox with limits on time, loops and size.

Same environment as ``transformers.apply_chat_template`` (trimmed blocks, loop controls, ``tojson``, ``raise_exception``,
``strftime_now``, the ``generation`` tag), so the same bytes come out. What is added only ever stops a template: each turn of a
loop and each macro call takes from a budget, and no single operation may make a huge text.
"""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any, cast

from jinja2 import TemplateError, TemplateSyntaxError, nodes
from jinja2.exceptions import SecurityError
from jinja2.ext import Extension, loopcontrols
from jinja2.filters import do_indent
from jinja2.parser import Parser
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.utils import Namespace

from tokenloom.kit.errors import DataError

MAX_TEMPLATE_CHARS = 256_000
MAX_TEXT = 16_000_000  # characters that one operation, or the whole output, may make
MAX_TICKS = 2_000_000  # turns of loops and calls of macros in one rendering
MAX_SECONDS = 5.0
MAX_BITS = 20_000
_GROWING_METHODS = frozenset({"center", "ljust", "rjust", "zfill", "expandtabs", "translate"})
_GROWING_FILTERS = ("center", "format", "wordwrap", "urlize", "pprint", "xmlattr", "slice", "batch")
_WIDE_PERCENT = re.compile(r"%[^a-zA-Z%]*(?:\d{5}|\*)")
_WIDE_FIELD = re.compile(r"\{[^{}]*:[^{}]*(?:\d{5}|\{)")


class TemplateRefusal(Exception):
    """The template itself refused a conversation (``raise_exception``), or needed something the row lacks."""


class ChatTemplate:
    """A compiled template; :meth:`render` may be called from several threads.

    ``is_ours``: the text is a preset of this program, so nothing in it needs watching and it runs twice as fast.
    """

    def __init__(self, text: str, name: str, *, is_ours: bool = False) -> None:
        if len(text) > MAX_TEMPLATE_CHARS:
            raise DataError(
                f"The template {name} has {len(text)} characters; the limit is {MAX_TEMPLATE_CHARS}.",
                hint="Use a shorter one.",
            )
        self.text = text
        self.name = name
        self._environment = _Environment(is_watched=not is_ours)
        try:
            self._template = self._environment.from_string(text)
        except TemplateSyntaxError as error:
            raise DataError(
                f"The template {name} is not valid Jinja: {error.message} (line {error.lineno}).",
                hint="Correct that line, or use a template by name.",
            ) from None
        except RecursionError:
            raise DataError(f"The template {name} is nested too deep.", hint="Use a simpler one.") from None

    def render(self, **context: Any) -> str:
        """The text for ``messages``, ``add_generation_prompt`` and the names of special tokens.

        Raises :class:`TemplateRefusal` where the template refuses this conversation and :class:`DataError` where it goes over a limit.
        """
        self._environment.start()
        parts: list[str] = []
        size = 0
        try:
            for part in self._template.generate(**context):
                size += len(part)
                _check_size(size)
                parts.append(part)
        except SecurityError as error:
            raise DataError(
                f"The template {self.name} was stopped: {error}.", hint="Use a template from a source that you trust."
            ) from None
        except (TemplateError, TypeError, ValueError, LookupError, ArithmeticError, AttributeError) as error:
            raise TemplateRefusal(str(error) or type(error).__name__) from None
        except (RecursionError, MemoryError):
            raise DataError(f"The template {self.name} needs too much memory.", hint="Use a simpler one.") from None
        return "".join(parts)


class _GenerationTag(Extension):
    """``{% generation %}`` marks what a model wrote; here its content simply stands."""

    tags = {"generation"}

    def parse(self, parser: Parser) -> nodes.Node:
        line = next(parser.stream).lineno
        body = parser.parse_statements(("name:endgeneration",), drop_needle=True)
        return nodes.Scope(body, lineno=line)


class _Environment(ImmutableSandboxedEnvironment):
    intercepted_binops = frozenset(["*", "**", "%", "+"])

    def __init__(self, *, is_watched: bool) -> None:
        self._is_watched = is_watched
        if not is_watched:
            self.intercepted_binops = frozenset()
        super().__init__(trim_blocks=True, lstrip_blocks=True, extensions=[_GenerationTag, loopcontrols])
        self._budget = threading.local()
        for name in _GROWING_FILTERS:
            del self.filters[name]
        for name, limited in {"replace": _replace, "join": _join, "indent": _indent, "tojson": _tojson}.items():
            self.filters[name] = limited
        self.globals.pop("lipsum", None)
        self.globals |= {
            "raise_exception": _refuse,
            "strftime_now": _now,
            "dict": _make_dict,
            "namespace": _PlainNamespace,
        }

    def start(self) -> None:
        """Give the rendering that begins now, on this thread, a fresh budget."""
        self._budget.ticks = 0
        self._budget.deadline = time.monotonic() + MAX_SECONDS

    def tick(self) -> str:
        """Taken once per turn of a loop and per call of a macro."""
        self._budget.ticks += 1
        if self._budget.ticks > MAX_TICKS:
            raise SecurityError(f"more than {MAX_TICKS:,} turns of loops")
        if self._budget.ticks % 256 == 0 and time.monotonic() > self._budget.deadline:
            raise SecurityError(f"still working after {MAX_SECONDS:g} s")
        return ""

    def concat_checked(self, *parts: Any) -> str:
        """The ``~`` operator."""
        texts = [str(part) for part in parts]
        _check_size(sum(map(len, texts)))
        return "".join(texts)

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree: Any = Parser(self, source, name, filename).parse()
        if not self._is_watched:
            return cast(nodes.Template, tree)
        for each in list(tree.find_all((nodes.For, nodes.Macro, nodes.CallBlock))):
            tick = nodes.Call(nodes.EnvironmentAttribute("tick"), [], [], None, None, lineno=each.lineno)
            each.body.insert(0, nodes.ExprStmt(tick, lineno=each.lineno))
        limited: nodes.Template = _limit_concat(tree)
        limited.set_environment(self)
        return limited

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        if operator == "*":
            _check_size(_product(left, right))
        elif operator == "**" and isinstance(left, int) and isinstance(right, int):
            _check_bits(abs(left).bit_length() * max(right, 0))
        elif operator == "%" and isinstance(left, str):
            _check_format(left, _WIDE_PERCENT, "%", right if isinstance(right, tuple) else (right,))
        elif operator == "+" and isinstance(left, str | list | tuple) and isinstance(right, str | list | tuple):
            _check_size(len(left) + len(right))
        return super().call_binop(context, operator, left, right)

    def wrap_str_format(self, value: Any) -> Callable[..., str] | None:
        wrapped = super().wrap_str_format(value)
        if wrapped is None:
            return None
        inner, text = wrapped, str(value.__self__)

        def checked(*args: Any, **kwargs: Any) -> str:
            _check_format(text, _WIDE_FIELD, "{", (*args, *kwargs.values()))
            return inner(*args, **kwargs)

        return checked

    def call(self, context: Any, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        owner, name = getattr(obj, "__self__", None), getattr(obj, "__name__", "")
        if isinstance(owner, str):
            if name in _GROWING_METHODS:
                raise SecurityError(f"the method {name} is not offered")
            if name == "replace" and len(args) > 1:
                _check_replace(owner, args[0], args[1])
            if name == "join" and args:
                args = (_checked_parts(owner, args[0]),)
        return super().call(context, obj, *args, **kwargs)


def _limit_concat(node: Any) -> Any:
    """Replace every ``a ~ b`` below ``node`` by a call that checks the size of the result."""
    for name, value in node.iter_fields():
        if isinstance(value, nodes.Node):
            setattr(node, name, _limit_concat(value))
        elif isinstance(value, list):
            setattr(node, name, [_limit_concat(item) if isinstance(item, nodes.Node) else item for item in value])
    if not isinstance(node, nodes.Concat):
        return node
    return nodes.Call(nodes.EnvironmentAttribute("concat_checked"), node.nodes, [], None, None, lineno=node.lineno)


class _PlainNamespace(Namespace):
    def __init__(*args: Any, **kwargs: Any) -> None:
        own, rest = args[0], args[1:]
        if any(str(name).startswith("_") for name in dict(*rest, **kwargs)):
            raise SecurityError("a name with an underscore in front")
        Namespace.__init__(own, *rest, **kwargs)

    def __setitem__(self, name: str, value: Any) -> None:
        if name.startswith("_"):
            raise SecurityError("a name with an underscore in front")
        super().__setitem__(name, value)


def _check_size(size: int) -> None:
    if size > MAX_TEXT:
        raise SecurityError(f"it would make more than {MAX_TEXT:,} characters")


def _check_bits(bits: int) -> None:
    if bits > MAX_BITS:
        raise SecurityError(f"it would make a number of more than {MAX_BITS:,} bits")


def _product(left: Any, right: Any) -> int:
    if isinstance(left, int) and isinstance(right, int):
        _check_bits(left.bit_length() + right.bit_length())
        return 0
    sized, times = (left, right) if isinstance(right, int) else (right, left)
    return len(sized) * max(times, 0) if isinstance(times, int) and hasattr(sized, "__len__") else 0


def _check_format(text: str, wide: re.Pattern[str], sign: str, values: tuple[Any, ...]) -> None:
    if wide.search(text):
        raise SecurityError("a format with a huge width")
    _check_size(len(text) + text.count(sign) * sum(len(value) for value in values if hasattr(value, "__len__")))


def _check_replace(text: str, old: Any, new: Any) -> None:
    _check_size(len(text) + text.count(str(old)) * len(str(new)))


def _checked_parts(separator: str, parts: Any) -> list[Any]:
    found = list(parts)
    _check_size(sum(len(str(part)) for part in found) + len(separator) * len(found))
    return found


def _replace(value: Any, old: str, new: str, count: int | None = None) -> str:
    text = str(value)
    _check_replace(text, old, new)
    return text.replace(str(old), str(new), -1 if count is None else count)


def _join(value: Any, separator: str = "", attribute: str | int | None = None) -> str:
    found = list(value)
    if attribute is not None:
        found = [item[attribute] for item in found]
    return str(separator).join(str(part) for part in _checked_parts(str(separator), found))


def _indent(value: str, width: int | str = 4, first: bool = False, blank: bool = False) -> str:
    step = width if isinstance(width, int) else len(width)
    _check_size(len(value) + (value.count("\n") + 1) * step)
    return do_indent(value, width, first, blank)


def _tojson(
    value: Any, ensure_ascii: bool = False, indent: int | None = None, separators: Any = None, sort_keys: bool = False
) -> str:
    if isinstance(indent, int) and indent > 64:
        raise SecurityError("an indent of more than 64")
    return json.dumps(value, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys)


def _refuse(message: str) -> str:
    raise TemplateError(str(message))


def _now(pattern: str) -> str:
    _check_size(len(pattern) * 64)
    return datetime.now().strftime(pattern)


def _make_dict(*args: Any, **kwargs: Any) -> dict[Any, Any]:
    return dict(*args, **kwargs)
