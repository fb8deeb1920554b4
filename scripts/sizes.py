"""Hold the house's sizes: lines of files, functions and classes, entries of folders, a README in every room.

Functions count lines without their docstring. Exceptions stand here with their reason, nowhere else.
"""

from __future__ import annotations

import ast
import sys
from pathlib import Path

MAX_FILE, MAX_FUNCTION, MAX_CLASS, MAX_FOLDER, MAX_README = 400, 50, 250, 12, 10
LONG_PAGES = {"src/tokenloom/training/loop.py", "src/tokenloom/tasks"}  # a task page or the loop: 80 lines a function
MAX_PAGE_FUNCTION = 80
ROOTS = (Path("src"), Path("examples/flowroll/src"))


def main() -> int:
    """Print every breach; 1 if there is one."""
    breaches: list[str] = []
    for root in ROOTS:
        for path in sorted(root.rglob("*.py")):
            if "/migrations/" in path.as_posix() or ".gen." in path.name:
                continue
            breaches += file_breaches(path)
        for folder in sorted({path.parent for path in root.rglob("*.py")}):
            breaches += folder_breaches(folder)
    print("\n".join(breaches))
    return 1 if breaches else 0


def file_breaches(path: Path) -> list[str]:
    text = path.read_text(encoding="utf-8")
    lines = text.count("\n")
    found = [f"{path}: {lines} lines, at most {MAX_FILE}"] if lines > MAX_FILE else []
    is_page = path.as_posix() in LONG_PAGES or path.parent.as_posix() in LONG_PAGES
    limit = MAX_PAGE_FUNCTION if is_page else MAX_FUNCTION
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and length(node) > limit:
            found.append(f"{path}:{node.lineno}: function {node.name} has {length(node)} lines, at most {limit}")
        if isinstance(node, ast.ClassDef) and length(node) > MAX_CLASS:
            found.append(f"{path}:{node.lineno}: class {node.name} has {length(node)} lines, at most {MAX_CLASS}")
    return found


def folder_breaches(folder: Path) -> list[str]:
    files = [path for path in folder.glob("*.py") if path.name not in ("__init__.py", "__main__.py")]
    found = [f"{folder}: {len(files)} modules, at most {MAX_FOLDER}"] if len(files) > MAX_FOLDER else []
    readme = folder / "README.md"
    is_room = (folder / "__init__.py").is_file() and folder.parent.name in ("tokenloom", "tokenloom_flowroll")
    if is_room and not readme.is_file():
        found.append(f"{folder}: a README.md of at most {MAX_README} lines is missing")
    if readme.is_file() and readme.read_text(encoding="utf-8").count("\n") > MAX_README:
        found.append(f"{readme}: more than {MAX_README} lines")
    return found


def length(node: ast.AST) -> int:
    """Lines of a function or class without its docstring."""
    doc = ast.get_docstring(node, clean=False)  # type: ignore[arg-type]
    lines = node.end_lineno - node.lineno + 1  # type: ignore[attr-defined]
    return lines - (doc.count("\n") + 1 if doc else 0)


if __name__ == "__main__":
    sys.exit(main())
