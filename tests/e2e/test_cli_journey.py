"""The whole way through the command line alone: every step is a process, every answer is read as a script would."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from tokenloom.jobs.runs import last_state, read_info
from tokenloom.tracking import query
from worlds import FORK_SERVER, questions, tiny_recipe

pytestmark = pytest.mark.e2e


class Terminal:
    """One workspace and the ``tokenloom`` command on it. With ``loom(...)`` stdout must be exactly one JSON document."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.workspace = folder, folder / "workspace"
        folder.mkdir(parents=True, exist_ok=True)

    def call(self, *arguments: str, code: int = 0) -> subprocess.CompletedProcess[str]:
        FORK_SERVER.keep()
        done = subprocess.run(self._line(*arguments), cwd=self.folder, capture_output=True, text=True, timeout=240)
        assert done.returncode == code, f"{arguments} ended with {done.returncode}: {done.stdout}{done.stderr}"
        assert "Traceback" not in done.stdout + done.stderr
        return done

    def loom(self, *arguments: str, code: int = 0) -> Any:
        done = self.call("--json", *arguments, code=code)
        assert done.stdout.count("\n") == 1, done.stdout
        return json.loads(done.stdout)

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            self._line(*arguments), cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )

    def _line(self, *arguments: str) -> list[str]:
        program = Path(sys.executable).with_name("tokenloom")
        return [str(program), "--workspace", str(self.workspace), *arguments]

    def runs(self) -> list[Path]:
        """Folders of all runs, whole ones alone."""
        return sorted((self.workspace / "runs").glob("[!.]*"))

    def last_step(self, run: str) -> int:
        shown = self.loom("runs", "metrics", run, "--key", "train/loss")
        return max((point["step"] for point in shown), default=0)

    def wait_for(self, run: str, condition: Callable[[Path], Any], *, seconds: float = 180.0) -> Any:
        """What ``runs show`` says when ``condition`` of the run's folder holds. Asking by commands meanwhile would take the run's core."""
        deadline = time.monotonic() + seconds
        while not condition(folder := self.workspace / "runs" / run):
            assert time.monotonic() < deadline, last_state(folder)
            time.sleep(0.05)
        return self.loom("runs", "show", run)

    def recipe(self, name: str, **changes: Any) -> str:
        (self.folder / name).write_text(yaml.safe_dump(tiny_recipe(**changes)), encoding="utf-8")
        return name


def steps_of(folder: Path) -> int:
    """The last step in a run's log; 0 before there is one."""
    found = query.summary(folder).get("train/loss")
    return found.last_step if found else 0


@pytest.fixture(scope="module")
def terminal(tmp_path_factory: pytest.TempPathFactory) -> Terminal:
    """A workspace with the dataset ``animals`` and the tokenizer ``small``, made by commands."""
    terminal = Terminal(tmp_path_factory.mktemp("cli"))
    lines = [json.dumps(row) for row in questions(300)]
    (terminal.folder / "animals.jsonl").write_text("\n".join([*lines, "{broken"]) + "\n", encoding="utf-8")
    split = ["--split", "train=0.8,val=0.1,test=0.1"]
    made = terminal.loom("data", "import", "animals.jsonl", "--name", "animals", *split)
    assert made["name"] == "animals" and made["splits"]["train"] > 150
    assert terminal.loom("data", "validate", "animals")["rows"] == {"raw": 301, "good": 300, "bad": 1}
    made = terminal.loom("tokenizer", "train", "small", "--data", "animals", "--vocab-size", "320")
    assert made["vocab_size"] == 320
    return terminal


def test_from_a_file_to_an_answer(terminal: Terminal) -> None:
    tokens = terminal.loom("tokenizer", "preview", "small", "3 red foxes")
    assert "".join(token["text"] for token in tokens).strip() == "3 red foxes"
    recipe = terminal.recipe("base.yaml", loop={"max_steps": 1000}, evaluation={"every_steps": 1000})
    assert terminal.loom("estimate", recipe)["fits"] is True
    assert terminal.loom("train", recipe, "--dry-run")["loop"]["max_steps"] == 1000

    run = terminal.loom("train", recipe, "name=base", "data.render.learn=all", "--detach")["run"]
    terminal.wait_for(run, steps_of)
    first = terminal.last_step(run)
    terminal.wait_for(run, lambda folder: steps_of(folder) > first)

    assert terminal.loom("runs", "pause", "base")["accepted"] is True
    paused = terminal.wait_for(run, lambda folder: last_state(folder)["state"] == "paused")
    assert paused["state"] == "paused"
    step = terminal.last_step(run)
    assert paused["checkpoints"][-1] == step
    time.sleep(0.3)
    assert terminal.last_step(run) == step, "it stands still"
    changed = terminal.loom("runs", "set", "base", "optimizer.learning_rate=0.004")
    assert changed["accepted"] is True and "0.004" in changed["message"]
    refused = terminal.loom("runs", "set", "base", "optimizer.learning_rat=0.004", code=4)
    assert "optimizer.learning_rate" in refused["error"]["message"], "the nearest name is offered"
    assert terminal.loom("runs", "resume", "base")["accepted"] is True
    result = terminal.loom("runs", "watch", "base")
    assert (result["state"], result["steps"]) == ("completed", 1000)
    rates = {
        point["step"]: point["value"] for point in terminal.loom("runs", "metrics", run, "-k", "train/learning_rate")
    }
    assert len(rates) == 1000, "each step is there once"
    assert rates[step + 1] < 0.5 * rates[step], "the change holds from the next step on"

    tuned = terminal.loom(
        "train", terminal.recipe("tune.yaml"), "task=finetune", "name=tuned", "model.kind=pretrained", "model.source=base"
        , "loop.max_steps=300", "evaluation.every_steps=100",
    )  # fmt: skip
    assert tuned["state"] == "completed" and tuned["model"] == f"{tuned['run']}@300"
    measured = terminal.loom("evaluate", "tuned", "--data", "animals", "--max-rows", "20")
    assert measured["metrics"]["exact_match"] > 0.5 and measured["rows"] == 20
    registered = terminal.loom("models", "register", "tuned@best", "--name", "describer")
    assert (registered["name"], registered["version"]) == ("describer", 1)

    folder = terminal.folder / "exported"
    exported = terminal.loom("export", "describer", "--out", str(folder))
    assert exported["proof"]["passed"] is True
    prompt = "Describe 4 animals: red, fox."
    answer = terminal.loom("generate", "describer", "--prompt", prompt)["text"].strip()
    assert answer == "4 red foxs"
    assert _answer_of_plain_transformers(folder, prompt) == answer


def test_ctrl_c_saves_and_the_run_goes_on_later(terminal: Terminal) -> None:
    recipe = terminal.recipe(
        "long.yaml", loop={"max_steps": 600}, evaluation={"every_steps": 300}, checkpoints={"every_steps": 10_000}
    )
    process = terminal.start("train", recipe, "name=interrupted")
    deadline = time.monotonic() + 180
    while not any(read_info(run)["name"] == "interrupted" and steps_of(run) for run in terminal.runs()):
        assert time.monotonic() < deadline and process.poll() is None
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    _, words = process.communicate(timeout=120)
    assert process.returncode == 130
    assert "tokenloom runs resume" in words and "Traceback" not in words
    shown = terminal.loom("runs", "show", "interrupted")
    assert shown["state"] == "interrupted"
    assert len(shown["checkpoints"]) == 1 and 0 < shown["checkpoints"][0] < 600
    assert "interrupted" in terminal.loom("runs", "pause", "interrupted", code=4)["error"]["message"]
    terminal.loom("runs", "resume", "interrupted")
    assert terminal.loom("runs", "watch", "interrupted")["state"] == "completed"
    steps = [point["step"] for point in terminal.loom("runs", "metrics", "interrupted", "-k", "train/loss")]
    assert steps == list(range(1, 601))


def test_each_exit_code(terminal: Terminal) -> None:
    assert terminal.call("--version").stdout.startswith("tokenloom ")
    failing = terminal.recipe("failing.yaml", compute={"device": "cuda:9" if not _has_cuda() else "mps"})
    error = terminal.loom("train", failing, "name=failing", code=1)["error"]
    assert error["code"] == "resource" and error["hint"] and error["run"]
    assert terminal.loom("runs", "show", "failing")["state"] == "failed"
    error = terminal.loom("train", failing, "model.num_heads=5", code=2)["error"]
    assert error["code"] == "spec" and "hidden_size" in error["message"]
    terminal.call("runs", "list", "--no-such-option", code=2)
    error = terminal.loom("runs", "show", "no-such-run", code=3)["error"]
    assert error["code"] == "not_found" and error["hint"]
    error = terminal.loom("runs", "stop", "failing", code=4)["error"]
    assert error["code"] == "conflict"


def test_what_is_stopped_is_stopped(terminal: Terminal) -> None:
    recipe = terminal.recipe("endless.yaml", loop={"max_steps": 1_000_000}, checkpoints={"every_steps": 100_000})
    run = terminal.loom("train", recipe, "name=endless", "--detach")["run"]
    waiting = terminal.loom("train", recipe, "name=waiting", "--detach")["run"]
    assert "train/loss" in terminal.wait_for(run, steps_of)["metrics"]
    assert terminal.loom("runs", "show", waiting)["state"] == "queued", "one trains at a time"
    assert terminal.loom("runs", "stop", waiting)["state"] == "stopped"
    assert terminal.loom("runs", "stop", run)["state"] == "stopped"
    shown = terminal.loom("runs", "show", run)
    assert shown["checkpoints"], "a stop saves"
    assert "stopped" in terminal.loom("runs", "resume", run, code=4)["error"]["message"]
    assert terminal.loom("runs", "delete", waiting)["deleted"] == waiting
    terminal.loom("runs", "show", waiting, code=3)


def test_the_database_is_only_an_index(terminal: Terminal) -> None:
    """Runs of whatever the tests before have done; one more, so that the test stands alone, too."""
    terminal.loom("data", "import", "animals.jsonl", "--name", "again")
    terminal.loom("runs", "tag", "import again", "kept")
    terminal.loom("runs", "note", "import again", "a note that lasts")
    before = terminal.loom("runs", "list")
    assert any(run["tags"] == ["kept"] for run in before)
    for path in terminal.workspace.glob("tokenloom.db*"):
        path.unlink()
    count = terminal.loom("reindex")["runs"]
    after = terminal.loom("runs", "list")
    assert count == len(before) == len(after)
    assert after == before
    kept = next(run for run in after if run["tags"] == ["kept"])
    assert kept["notes"] == "a note that lasts"


def _answer_of_plain_transformers(folder: Path, prompt: str) -> str:
    code = """
import sys
from transformers import AutoModelForCausalLM, AutoTokenizer
tokenizer = AutoTokenizer.from_pretrained(sys.argv[1])
model = AutoModelForCausalLM.from_pretrained(sys.argv[1])
messages = [{"role": "user", "content": sys.argv[2]}]
inputs = tokenizer.apply_chat_template(messages, add_generation_prompt=True, return_tensors="pt", return_dict=True)
ids = model.generate(**inputs, max_new_tokens=32, do_sample=False)[0, inputs["input_ids"].shape[1]:]
assert not any(name.startswith("tokenloom") for name in sys.modules)
print(tokenizer.decode(ids, skip_special_tokens=True))
"""
    done = subprocess.run(
        [sys.executable, "-c", code, str(folder), prompt], capture_output=True, text=True, env={**os.environ}
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def _has_cuda() -> bool:
    return Path("/proc/driver/nvidia").exists()
