"""Tokenloom: a training studio for language models that people own.

The front door is lazy: ``import tokenloom`` costs milliseconds and loads neither torch nor the database.

    run = tokenloom.init(project="mine", config={"learning_rate": 1e-3})
    run.log({"loss": 0.5}, step=1)
    run.finish()

    tokenloom.train("cpu/tiny-pretrain", **{"data.dataset": "stories"})
    model, tokenizer = tokenloom.load("RUN@STEP")
    tokenloom.import_rows(frame, "faq")
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tokenloom.front import import_rows as import_rows
    from tokenloom.front import load as load
    from tokenloom.front import train as train
    from tokenloom.tracking.client import Run as Run
    from tokenloom.tracking.client import init as init
    from tokenloom.tracking.client import runs as runs

__version__ = "0.1.0"
__all__ = ["Run", "__version__", "import_rows", "init", "load", "runs", "train"]

_HOMES = {
    "Run": "tokenloom.tracking.client",
    "init": "tokenloom.tracking.client",
    "runs": "tokenloom.tracking.client",
    "import_rows": "tokenloom.front",
    "load": "tokenloom.front",
    "train": "tokenloom.front",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module “tokenloom” has no “{name}”")
    return getattr(import_module(_HOMES[name]), name)
