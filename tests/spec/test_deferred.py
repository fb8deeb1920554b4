"""Validators are built when they are first used: by whom, and how often at once, must not matter."""

from __future__ import annotations

import subprocess
import sys

import pytest
from pydantic.errors import PydanticSchemaGenerationError

from tokenloom.spec.base import Spec, setting

RACE = """
import threading
from tokenloom.kit.errors import SpecError
from tokenloom.server.routes import ROUTERS
from tokenloom.server.routes.system import Health
from tokenloom.spec.override import parse_run_spec
from tokenloom.spec.recipe import RUN_SPEC, TASKS, TokenizerSpec
assert not RUN_SPEC.pydantic_complete and not any(task.__pydantic_complete__ for task in TASKS.values())

def whole(task):
    return TASKS[task].model_validate({"task": task, "tokenizer": "t", "datasets": ["d"]}).model_dump_json()

def wrong():
    try:
        parse_run_spec({"task": "pretrain", "data": {"dataset": "d"}, "loop": {"max_stops": 3}})
    except SpecError as error:
        return f"{error.message} {error.hint}"

recipe = {"task": "pretrain", "data": {"dataset": "d"}, "optimizer": {"kind": "muon"}}
JOBS = [
    lambda: parse_run_spec(recipe).model_dump_json(),
    wrong,
    lambda: whole("tokenizer"),
    lambda: TokenizerSpec(tokenizer="t", datasets=["d"]).model_dump_json(),
    lambda: Health().model_dump_json(),
]
barrier, found = threading.Barrier(4 * len(JOBS)), {}

def run(number):
    barrier.wait()
    try:
        found[number] = JOBS[number % len(JOBS)]()
    except BaseException as error:
        found[number] = repr(error)

threads = [threading.Thread(target=run, args=(number,)) for number in range(4 * len(JOBS))]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
for number, told in sorted(found.items()):
    assert told == JOBS[number % len(JOBS)](), (number, told)
print(len(found), RUN_SPEC.pydantic_complete)
"""


class Stranger:
    """Nothing that Pydantic knows how to check."""


def test_threads_that_want_the_same_validators_at_once_all_get_them() -> None:
    ended = subprocess.run([sys.executable, "-W", "error", "-c", RACE], capture_output=True, text=True)
    assert (ended.stdout, ended.stderr) == ("20 True\n", "")


def test_settings_of_a_plugin_are_built_when_they_are_made() -> None:
    """So that a mistake in them stops the plugin, which is named and skipped, and not the first recipe."""

    class Sound(Spec):
        size: int = setting(3)

    assert Sound.__pydantic_complete__
    with pytest.raises(PydanticSchemaGenerationError):

        class Odd(Spec):
            size: Stranger
