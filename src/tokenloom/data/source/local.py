"""Files and folders of this machine."""

from __future__ import annotations

from pathlib import Path

from tokenloom.data.source.opening import Files, SourceFile, open_source
from tokenloom.kit.errors import DataError, NotFound
from tokenloom.kit.registry import nearest
from tokenloom.spec.sources import FileSource, FilesSource

_MAX_FILES = 200_000


@open_source.register
def _open_files(spec: FileSource) -> Files:
    path = Path(spec.path).expanduser()
    try:
        if path.is_dir():
            return Files(_files_of(path, spec.pattern), is_folder=True)
        if path.is_file():
            with path.open("rb"):
                return Files([SourceFile(path, spec.name or path.name)], is_folder=False, pattern=spec.pattern)
    except PermissionError:
        raise DataError(f"{path} may not be read.", hint="Give this user permission to read it.") from None
    except OSError as error:
        raise DataError(f"{str(path)[:200]} cannot be opened: {error.strerror}.", hint="Check the path.") from None
    except ValueError:
        raise DataError("The path holds a NUL character.", hint="Check the path.") from None
    if path.exists():
        raise DataError(f"{path} is neither a file nor a folder.", hint="Name a regular file or a folder.")
    raise NotFound(f"There is no file or folder {path}.", hint=_hint_for(path))


@open_source.register
def _open_several(spec: FilesSource) -> Files:
    """Several files and folders as one; names that stand there twice get a number, since rows are told by them."""
    files: list[SourceFile] = []
    taken: set[str] = set()
    for each in spec.files:
        found = _open_files(each)
        before = f"{each.name or Path(each.path).name}/" if found.is_folder else ""
        for file in found.files:
            name = _free(before + file.name, taken)
            taken.add(name)
            files.append(SourceFile(file.path, name))
    return Files(files, is_folder=len(files) > 1)


def _free(name: str, taken: set[str]) -> str:
    number = 2
    wanted = name
    while name in taken:
        name = f"{wanted} ({number})"
        number += 1
    return name


def _files_of(folder: Path, pattern: str) -> list[SourceFile]:
    try:
        found = sorted(
            path for path in folder.glob(pattern) if path.is_file() and not _is_hidden(path.relative_to(folder))
        )
    except (ValueError, NotImplementedError, IndexError) as error:
        raise DataError(
            f"“{pattern}” is not a pattern for files: {error}.", hint="For example **/*.py or *.jsonl."
        ) from None
    root = folder.resolve()
    inside = [path for path in found if root in path.resolve().parents]
    if not inside:
        raise DataError(f"No file in {folder} matches {pattern}.", hint="Check the folder and the pattern.")
    if len(inside) > _MAX_FILES:
        raise DataError(
            f"{folder} holds {len(inside)} files; the limit is {_MAX_FILES}.", hint="Use a narrower pattern."
        )
    return [SourceFile(path, path.relative_to(folder).as_posix()) for path in inside]


def _is_hidden(path: Path) -> bool:
    return any(part.startswith(".") or part == "__pycache__" for part in path.parts)


def _hint_for(path: Path) -> str:
    beside = sorted(each.name for each in path.parent.iterdir())[:200] if path.parent.is_dir() else []
    near = nearest(path.name, beside, count=1)
    return f"Did you mean {path.parent / near[0]}?" if near else "Check the path."
