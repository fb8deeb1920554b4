"""Files and folders of this machine."""

from __future__ import annotations

from pathlib import Path

from tokenloom.data.source.opening import Files, SourceFile, open_source, shown
from tokenloom.kit.errors import DataError, NotFound
from tokenloom.kit.registry import nearest
from tokenloom.spec.sources import FileSource, FilesSource

_MAX_FILES = 200_000


@open_source.register
def _open_files(spec: FileSource) -> Files:
    path = Path(spec.path).expanduser()
    try:
        if path.is_dir():
            files, skipped = _files_of(path, spec.pattern)
            return Files(files, is_folder=True, skipped=tuple(skipped))
        if path.is_file():
            with path.open("rb"):
                return Files([SourceFile(path, shown(spec.name or path.name))], is_folder=False, pattern=spec.pattern)
    except PermissionError:
        raise DataError(f"{shown(str(path))} may not be read.", hint="Give this user permission to read it.") from None
    except OSError as error:
        raise DataError(
            f"{shown(str(path))[:200]} cannot be opened: {error.strerror}.", hint="Check the path."
        ) from None
    except ValueError:
        raise DataError("The path holds a NUL character.", hint="Check the path.") from None
    if path.exists():
        raise DataError(f"{shown(str(path))} is neither a file nor a folder.", hint="Name a regular file or a folder.")
    if path.is_symlink():
        raise NotFound(f"{shown(str(path))} is a link that leads nowhere.", hint="Name the file itself.")
    raise NotFound(f"There is no file or folder {shown(str(path))}.", hint=_hint_for(path))


@open_source.register
def _open_several(spec: FilesSource) -> Files:
    """Several files and folders as one; names that stand there twice get a number, since rows are told by them."""
    files: list[SourceFile] = []
    skipped: list[dict[str, str]] = []
    taken: set[str] = set()
    for each in spec.files:
        found = _open_files(each)
        before = f"{shown(each.name or Path(each.path).name)}/" if found.is_folder else ""
        for file in found.files:
            name = _free(before + file.name, taken)
            taken.add(name)
            files.append(SourceFile(file.path, name))
        skipped += [{**each, "name": before + each["name"]} for each in found.skipped]
    return Files(files, is_folder=len(files) > 1, skipped=tuple(skipped))


def _free(name: str, taken: set[str]) -> str:
    number = 2
    wanted = name
    while name in taken:
        name = f"{wanted} ({number})"
        number += 1
    return name


def _files_of(folder: Path, pattern: str) -> tuple[list[SourceFile], list[dict[str, str]]]:
    """The files that match, and the links among them that are not followed."""
    try:
        matching = sorted(path for path in folder.glob(pattern) if not _is_hidden(path.relative_to(folder)))
    except (ValueError, NotImplementedError, IndexError) as error:
        raise DataError(
            f"“{pattern}” is not a pattern for files: {error}.", hint="For example **/*.py or *.jsonl."
        ) from None
    root = folder.resolve()
    files: list[SourceFile] = []
    skipped: list[dict[str, str]] = []
    for path in matching:
        name = shown(path.relative_to(folder).as_posix())
        if path.is_symlink() and not path.exists():
            skipped.append({"name": name, "reason": "It is a link that leads nowhere."})
        elif path.is_file() and root in path.resolve().parents:
            files.append(SourceFile(path, name))
        elif path.is_file():
            skipped.append({"name": name, "reason": "It is a link that leads outside of the folder."})
    if not files:
        raise _no_file(folder, pattern, len(skipped))
    if len(files) > _MAX_FILES:
        raise DataError(
            f"{shown(str(folder))} holds {len(files)} files; the limit is {_MAX_FILES}.", hint="Use a narrower pattern."
        )
    return files, skipped


def _no_file(folder: Path, pattern: str, num_links: int) -> DataError:
    name = shown(str(folder))
    if num_links:
        return DataError(f"{name} holds nothing but links that lead outside of it.", hint="Name the files themselves.")
    if not any(folder.iterdir()):
        return DataError(f"The folder {name} is empty.", hint="Choose a folder with files in it.")
    if pattern in ("*", "**/*"):
        return DataError(f"{name} holds no file, or hidden ones alone.", hint="Choose a folder with files in it.")
    return DataError(f"No file in {name} matches {pattern}.", hint="Check the folder and the pattern.")


def _is_hidden(path: Path) -> bool:
    return any(part.startswith(".") or part == "__pycache__" for part in path.parts)


def _hint_for(path: Path) -> str:
    beside = sorted(each.name for each in path.parent.iterdir())[:200] if path.parent.is_dir() else []
    near = nearest(path.name, beside, count=1)
    return f"Did you mean {shown(str(path.parent / near[0]))}?" if near else "Check the path."
