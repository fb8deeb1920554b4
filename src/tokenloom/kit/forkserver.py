"""Where the fork server of this environment is found: a process that has loaded torch and models once, and forks a worker in milliseconds.

Both sides need it: who asks (`jobs.launching`) and who answers (`worker.forkserver`). A fork inherits all that its parent read while it
loaded, so the address has in it what that depends on: interpreter, package and its newest change, and the variables that libraries look
at when they are imported. Whoever has others finds another address, and so no server that would start the worker with wrong ones.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
import sys
import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path

MESSAGE_BYTES = 512 * 1024
PACKAGE = Path(__file__).parent.parent
SWITCH = "TOKENLOOM_FORK_SERVER"  # "off": every worker is a process of its own from the start
READ_AT_IMPORT = (
    *("OMP_", "GOMP_", "KMP_", "MKL_", "OPENBLAS_", "DNNL_", "ONEDNN_", "ATEN_", "TORCH", "PYTORCH_", "TRITON_"),
    *("CUDA_", "NVIDIA_", "NCCL_", "HIP_", "ROCR_", "HF_", "HUGGINGFACE_", "TRANSFORMERS_", "TOKENIZERS_"),
    *("PYTHON", "LD_", "DYLD_", "MALLOC_", "GLIBC_", "HOME", "TMPDIR", "XDG_", "LANG", "LC_"),
)


def address_for(environment: Mapping[str, str]) -> Path | None:
    """The socket of the fork server for workers with this environment; ``None`` where there can be none.

    Only on Linux: elsewhere system libraries do not survive a fork. The folder must be the user's own and closed to others.
    """
    if sys.platform != "linux" or environment.get(SWITCH) == "off":
        return None
    folder = Path(tempfile.gettempdir()) / f"tokenloom-{os.getuid()}"
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        found = folder.lstat()
    except OSError:
        return None
    is_ours = stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid() and not found.st_mode & 0o077
    return folder / f"{_key(environment)}.sock" if is_ours else None


def _key(environment: Mapping[str, str]) -> str:
    read = {name: value for name, value in environment.items() if name.startswith(READ_AT_IMPORT)}
    known = [sys.prefix, sys.version, str(PACKAGE), _newest_change(), sorted(read.items())]
    return hashlib.sha256(json.dumps(known).encode()).hexdigest()[:24]


@cache
def _newest_change() -> int:
    """As this process found it: its workers are of the same state of the package."""
    return max(path.stat().st_mtime_ns for path in PACKAGE.rglob("*.py"))
