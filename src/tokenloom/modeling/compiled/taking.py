"""Compiled forms in a folder: each under what it depends on, with its verdict beside it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from tokenloom.modeling.compiled.part import PARTS, Form, Part

WORTH_IT = 1.03  # a compiled form must be this many times as fast; less is noise


@dataclass(frozen=True)
class Verdict:
    """How long one call took on the machine that compiled it, in seconds."""

    plain: float
    compiled: float

    @property
    def gain(self) -> float:
        """How many times as fast the compiled form is."""
        return self.plain / max(self.compiled, 1e-9)

    @property
    def is_worth_it(self) -> bool:
        return self.gain >= WORTH_IT


def key_of(part: Part, form: Form, threads: int) -> str:
    """Name of the form in the folder, from all that the kernel depends on: formula, tensors, torch, chip and threads."""
    if form.device == "cuda":
        chip = f"{torch.cuda.get_device_name()} {torch.cuda.get_device_capability()}"
    else:
        chip = torch.backends.cpu.get_cpu_capability()
    known = (part.name, part.source, repr(form), torch.__version__, chip, threads)
    return f"{part.name}-{hashlib.sha256(repr(known).encode()).hexdigest()[:16]}"


def kernel_path(folder: Path, key: str) -> Path:
    return folder / f"{key}.pt2"


def verdict_path(folder: Path, key: str) -> Path:
    """Written last: where it is, the kernel is whole."""
    return folder / f"{key}.json"


def read_verdict(folder: Path, key: str) -> Verdict | None:
    """``None`` where the form has not been compiled, or not to the end."""
    try:
        told: dict[str, Any] = json.loads(verdict_path(folder, key).read_text())
        return Verdict(float(told["plain"]), float(told["compiled"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def take(folder: Path, wanted: Sequence[tuple[Part, Form]], threads: int) -> list[tuple[Part, Verdict]]:
    """Use the forms of ``wanted`` that are worth it from the next call on; all parts with their verdicts.

    Raises :class:`OSError` or :class:`RuntimeError` where a kernel cannot be loaded; nothing is used then.
    """
    found, kernels = [], []
    for part, form in wanted:
        key = key_of(part, form, threads)
        verdict = read_verdict(folder, key)
        if verdict is None:
            raise FileNotFoundError(f"{kernel_path(folder, key)} is not there")
        found.append((part, verdict))
        if verdict.is_worth_it:
            kernels.append((part, form, load(kernel_path(folder, key))))
    for part, form, kernel in kernels:
        part.compiled[form] = kernel
    return found


def load(path: Path) -> Any:
    """The kernel as a function of tensors."""
    return torch._inductor.aoti_load_package(str(path))  # torch's documented way to run what AOTInductor made


def take_back() -> None:
    """Go the plain way again, everywhere."""
    for each in PARTS.values():
        each.compiled.clear()
