"""The room stays light."""

from __future__ import annotations

import subprocess
import sys


def test_no_module_of_the_room_loads_torch_or_transformers() -> None:
    code = (
        "import importlib, pkgutil, sys, tokenloom.data as room\n"
        "names = [each.name for each in pkgutil.walk_packages(room.__path__, 'tokenloom.data.')]\n"
        "[importlib.import_module(name) for name in names]\n"
        "print(len(names), sorted({'torch', 'transformers', 'peft'} & set(sys.modules)))"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split(" ", 1)
    assert int(told[0]) > 25 and told[1].strip() == "[]"
