"""The docstring under an attribute of a class, which Python does not keep: read from the source when somebody asks.

Pydantic's ``use_attribute_docstrings`` reads the source of every class while it is made: a quarter of what the server's start
took. Help is wanted by forms, tables and schemas alone, so it is read then, a file at a time.
"""

from __future__ import annotations

import ast
import inspect
import sys
from collections.abc import Iterator
from functools import cache
from itertools import pairwise

Docs = dict[str, str]


@cache
def attribute_docs(owner: type) -> Docs:
    """The docstring under each annotated attribute of ``owner`` and its bases; those without one, or without source, are left out."""
    docs: Docs = {}
    for each in reversed(owner.__mro__):
        docs |= _docs_of_module(each.__module__).get(each.__qualname__, {})
    return docs


@cache
def _docs_of_module(name: str) -> dict[str, Docs]:
    """For each class of a module, by its qualified name, the docstrings of its attributes."""
    module = sys.modules.get(name)
    try:
        tree = ast.parse(inspect.getsource(module)) if module is not None else None
    except (OSError, TypeError, SyntaxError):  # built in, or made without a file
        tree = None
    return dict(_classes(tree, "")) if tree is not None else {}


def _classes(node: ast.AST, prefix: str) -> Iterator[tuple[str, Docs]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.ClassDef):
            yield prefix + child.name, dict(_documented(child.body))
            yield from _classes(child, f"{prefix}{child.name}.")
        elif isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            yield from _classes(child, f"{prefix}{child.name}.<locals>.")
        else:
            yield from _classes(child, prefix)


def _documented(body: list[ast.stmt]) -> Iterator[tuple[str, str]]:
    for field, after in pairwise(body):
        if (
            isinstance(field, ast.AnnAssign)
            and isinstance(field.target, ast.Name)
            and isinstance(after, ast.Expr)
            and isinstance(after.value, ast.Constant)
            and isinstance(after.value.value, str)
        ):
            yield field.target.id, inspect.cleandoc(after.value.value)
