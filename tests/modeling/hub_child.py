"""Opens models of a hub that the environment names, and prints for each what came of it. Run by `test_hub.py`."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from tokenloom.kit.errors import TokenloomError
from tokenloom.kit.workspace import Workspace
from tokenloom.spec.model import PretrainedModel
from tokenloom.tasks.models import open_model


def main(root: str, *asked: str) -> None:
    workspace = Workspace.open(Path(root))
    told = []
    for each in asked:
        try:
            opened = open_model(workspace, PretrainedModel(**json.loads(each)))
            told.append({"opened": type(opened.model).__name__, "tokens": opened.tokenizer.vocab_size})
        except TokenloomError as error:
            told.append({"code": error.code, "message": error.message, "hint": error.hint})
    print(json.dumps(told))


if __name__ == "__main__":
    main(*sys.argv[1:])
