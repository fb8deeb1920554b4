"""A child process with hard limits, for opening what strangers wrote.

The child gets limits on memory, CPU time and wall time, no network (a fresh network namespace where the kernel allows it, and in every
case a ``socket`` module that refuses), and talks JSON: arguments in, result out. A crash, an abort or a kill of the child is
an error of the input, not of the caller.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

from tokenloom.kit.errors import DataError

_BOOT = """
import gc
gc.disable()  # while modules load: nothing of them is garbage
import json, resource, sys
limits = json.loads(sys.argv[1])
resource.setrlimit(resource.RLIMIT_AS, (limits["memory"],) * 2)
resource.setrlimit(resource.RLIMIT_CPU, (limits["cpu"],) * 2)
resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
import socket
def refuse(*_, **__): raise OSError("no network in the sandbox")
socket.socket.connect = refuse
import importlib
out, sys.stdout = sys.stdout, sys.stderr
module, _, name = limits["function"].partition(":")
function = getattr(importlib.import_module(module), name)
gc.enable()
try:
    answer = {"ok": function(**json.load(sys.stdin))}
except MemoryError:
    answer = {"error": "it needs more memory than the sandbox allows"}
except Exception as error:
    answer = {"error": f"{type(error).__name__}: {error}"}
json.dump(answer, out)
out.flush()  # some libraries end the process by their own exit, which flushes nothing
"""


def sandbox_child(
    function: str, *, memory_bytes: int = 1 << 30, cpu_seconds: int = 20, wall_seconds: float = 30.0, **arguments: Any
) -> Any:
    """Run ``"module:function"`` with JSON ``arguments`` in a limited child and return its JSON result.

    Raises :class:`DataError` when the child fails, dies or runs over a limit.
    """
    limits = json.dumps({"memory": memory_bytes, "cpu": cpu_seconds, "function": function})
    environment = {key: os.environ[key] for key in ("PATH", "HOME", "LANG", "PYTHONPATH") if key in os.environ}
    environment |= {"HF_HUB_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false", "OMP_NUM_THREADS": "1"}
    try:
        child = subprocess.run(
            [*_without_network(), sys.executable, "-c", _BOOT, limits],
            input=json.dumps(arguments),
            capture_output=True,
            text=True,
            timeout=wall_seconds,
            env=environment,
        )
    except subprocess.TimeoutExpired:
        raise _unsafe(f"it was still working after {wall_seconds:g} s") from None
    if child.returncode != 0:
        raise _unsafe(f"the reader ended with status {child.returncode}: {child.stderr.strip()[-300:]}")
    answer = json.loads(child.stdout)
    if "error" in answer:
        raise _unsafe(answer["error"])
    return answer["ok"]


def _without_network() -> list[str]:
    """Prefix that gives the child an empty network namespace; empty where the machine does not allow it."""
    global _PREFIX  # noqa: PLW0603  probed once per process
    if _PREFIX is None:
        prefix = ["unshare", "--net", "--map-root-user"]
        try:
            allowed = subprocess.run([*prefix, "true"], capture_output=True, timeout=5).returncode == 0
        except (OSError, subprocess.TimeoutExpired):
            allowed = False
        _PREFIX = prefix if allowed else []
    return _PREFIX


_PREFIX: list[str] | None = None


def _unsafe(reason: str) -> DataError:
    return DataError(
        f"The file was refused by the sandbox: {reason}.",
        hint="Use a file from a source that you trust, or a smaller one.",
    )
