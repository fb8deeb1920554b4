"""What is here, what is missing, and the command that fixes it."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import shutil
import socket
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from tokenloom.kit.workspace import Workspace
from tokenloom.resources.machine import free_disk, this_machine

LOW_DISK_BYTES = 2 << 30
FLOORS = {"torch": (2, 10), "transformers": (5, 3), "peft": (0, 21), "pydantic": (2, 12)}
EXTRAS = {"psycopg": ("postgres", "a shared PostgreSQL catalog")}
CLASHES = ("torchvision", "torchaudio")


@dataclass(frozen=True)
class Finding:
    """One line of the report; ``fix`` is a command or a step, empty where nothing is to be done."""

    what: str
    status: Literal["ok", "missing", "problem"]
    found: str
    fix: str = ""


def examine(workspace: Workspace) -> list[Finding]:
    """All findings, hardware first."""
    return [*_hardware(), *_space(workspace), *_libraries(), *_extras(), *_tools(), *_ports()]


def _hardware() -> Iterator[Finding]:
    machine = this_machine()
    yield Finding("system", "ok", f"{machine.system}, Python {sys.version.split()[0]}")
    yield Finding(
        "processor", "ok", f"{machine.processor}, {machine.cores} cores, {', '.join(machine.features) or 'no AVX'}"
    )
    yield Finding("memory", "ok", f"{machine.memory_bytes / 2**30:.1f} GiB")
    if "avx512_bf16" not in machine.features and "amx_bf16" not in machine.features and not machine.gpus:
        yield Finding(
            "bf16", "missing", "this processor has no bf16 instructions", "Nothing to do: runs measure it and use fp32."
        )
    for gpu in machine.gpus:
        yield Finding(f"GPU {gpu.index}", "ok", f"{gpu.name}, {gpu.memory_bytes / 2**30:.0f} GiB, driver {gpu.driver}")
    if not machine.gpus:
        yield Finding(
            "GPU", "missing", "no NVIDIA driver answers", "Nothing to do for CPU training; a GPU needs its driver."
        )


def _space(workspace: Workspace) -> Iterator[Finding]:
    free = free_disk(workspace.root)
    status: Literal["ok", "problem"] = "ok" if free >= LOW_DISK_BYTES else "problem"
    fix = "" if status == "ok" else "Free some space, or move the workspace with --workspace DIR."
    yield Finding("workspace", status, f"{workspace.root}, {free / 2**30:.1f} GiB free", fix)


def _libraries() -> Iterator[Finding]:
    for name, floor in FLOORS.items():
        version = _version(name)
        wanted = ".".join(map(str, floor))
        if version is None:
            yield Finding(name, "problem", "not installed", f'pip install "{name}>={wanted}"')
        elif _numbers(version) < floor:
            yield Finding(
                name, "problem", f"{version} is older than {wanted}", f'pip install --upgrade "{name}>={wanted}"'
            )
        else:
            yield Finding(name, "ok", version)
    torch = _version("torch") or ""
    for name in CLASHES:
        version = _version(name)
        if version and ("+cpu" in torch) != ("+cpu" in version):
            found = f"{version} is not built for torch {torch} and breaks transformers"
            yield Finding(name, "problem", found, f"pip uninstall {name}")


def _extras() -> Iterator[Finding]:
    for module, (extra, use) in EXTRAS.items():
        if importlib.util.find_spec(module) is None:
            yield Finding(
                f"extra [{extra}]", "missing", f"not installed; needed for {use}", f'pip install "tokenloom[{extra}]"'
            )
        else:
            yield Finding(f"extra [{extra}]", "ok", f"installed, for {use}")


def _tools() -> Iterator[Finding]:
    path = shutil.which("git")
    yield Finding(
        "git", "ok" if path else "missing", path or "not on the PATH", "" if path else "Runs then record no commit."
    )
    compiler = shutil.which(os.environ.get("CXX") or "g++") or shutil.which("clang++")
    yield Finding(
        "C++ compiler",
        "ok" if compiler else "missing",
        compiler or "not on the PATH; needed for compute.compile",
        "" if compiler else "apt install g++ (Debian, Ubuntu), xcode-select --install (macOS)",
    )
    yield _wordnet(Path("/usr/share/wordnet"))
    shm = Path("/dev/shm")
    if shm.is_dir() and shutil.disk_usage(shm).total < 64 << 20:
        yield Finding(
            "shared memory", "problem", "/dev/shm is smaller than 64 MiB", "Start the container with --shm-size=1g."
        )


def _wordnet(folder: Path) -> Finding:
    if (folder / "data.noun").is_file():
        return Finding("WordNet", "ok", str(folder))
    fix = "apt-get install wordnet-base (Debian, Ubuntu), or unpack WordNet 3.0 and name its folder in `dictionary`"
    return Finding("WordNet", "missing", f"not in {folder}; needed for the step augment_synonyms", fix)


def _ports(port: int = 7860) -> Iterator[Finding]:
    with socket.socket() as probe:
        taken = probe.connect_ex(("127.0.0.1", port)) == 0
    fix = "Start with `tokenloom studio --port auto`, or stop what listens there." if taken else ""
    yield Finding(f"port {port}", "missing" if taken else "ok", "taken" if taken else "free", fix)


def _version(name: str) -> str | None:
    try:
        return _found_version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


@cache
def _found_version(name: str) -> str:
    """Read once where it is there: a package's description is long. What is absent is looked for again, since it may be installed meanwhile."""
    return importlib.metadata.version(name)


def _numbers(version: str) -> tuple[int, ...]:
    parts = version.split("+")[0].split(".")[:2]
    return tuple(int(part) for part in parts if part.isdigit())
