"""What people give by mistake: each is refused in words (what, why, what to do) with the documented exit code, and costs nothing that was there."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tokenloom.cli.main import main
from tokenloom.kit.workspace import Workspace
from worlds import furnished, new_run, start_worker, tiny_recipe

NOISE = bytes((index * 7919) % 251 for index in range(60_000))


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> tuple[Workspace, Path]:
    """A workspace with a dataset, a tokenizer and a model called ``base``, and a folder with its recipe and its export."""
    folder = tmp_path_factory.mktemp("wrong")
    workspace = furnished(folder / "workspace")
    run_id = new_run(workspace, tiny_recipe(name="base", loop={"max_steps": 5}))
    assert start_worker(workspace, run_id).wait(timeout=120) == 0
    (folder / "recipe.yaml").write_text(yaml.safe_dump(tiny_recipe(loop={"max_steps": 5})), encoding="utf-8")
    return workspace, folder


class Shell:
    """``tokenloom`` in this process: fast, and through the same ``main`` that the command runs."""

    def __init__(
        self, workspace: Workspace, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
    ) -> None:
        self.workspace, self._patch, self._capture = workspace, monkeypatch, capfd

    def loom(self, *arguments: str) -> tuple[int, str, str]:
        """Exit code, stdout, stderr."""
        self._patch.setattr("sys.argv", ["tokenloom", "--workspace", str(self.workspace.root), "--json", *arguments])
        self._capture.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        out, err = self._capture.readouterr()
        return int(ended.value.code or 0), out, err

    def refused(self, code: int, *arguments: str) -> dict[str, Any]:
        """The error of a command that must fail with ``code``, complete in all three parts."""
        found, out, err = self.loom(*arguments)
        assert found == code, f"{arguments} ended with {found}: {out}{err}"
        assert "Traceback" not in out + err
        error = json.loads(out)["error"]
        assert error["message"] and error["hint"], error
        assert f"error: {error['message']}" in err
        assert f"→ {error['hint']}" in err
        return error  # type: ignore[no-any-return]

    def holdings(self) -> set[str]:
        """What must not be lost: all that is published, and the state of the checkpoints of ``base``."""
        datasets = json.loads(self.loom("data", "list")[1])
        tokenizers = json.loads(self.loom("tokenizer", "list")[1])
        runs = [run for run in json.loads(self.loom("runs", "list")[1]) if run["state"] == "completed"]
        steps = json.loads(self.loom("checkpoints", "list", "base", "--verify")[1])
        return {each["id"] for each in [*datasets, *tokenizers, *runs]} | {f"{s['model']} {s['sound']}" for s in steps}


@pytest.fixture(scope="module")
def seen() -> list[set[str]]:
    """What the world held after the test before: so it is when the next one begins."""
    return []


@pytest.fixture
def shell(
    world: tuple[Workspace, Path],
    seen: list[set[str]],
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> Iterator[Shell]:
    shell = Shell(world[0], monkeypatch, capfd)
    before = seen.pop() if seen else shell.holdings()
    yield shell
    seen.append(shell.holdings())
    assert seen[-1] >= before, "something that was there is gone or has changed"


# --- files -------------------------------------------------------------------------------------------------------

FILES: list[tuple[str, bytes, str]] = [
    ("empty.csv", b"", "is empty"),
    ("blank.jsonl", b"\n\n  \n", "nothing but blank space"),
    ("header.csv", b"prompt,completion\n", "holds no rows"),
    ("columns.csv", b"a,b\n" + b"1,2\n" * 20, "looks like a text, a prompt with an answer"),
    ("noise.csv", NOISE, "is not text or a table"),
    ("picture.txt", b"\x89PNG\r\n\x1a\n" + NOISE[:5000], "PNG image"),
    ("encoding.jsonl", b'{"prompt": "a\xff\xfe\x80", "completion": "b"}\n' * 5, "bytes that are not utf"),
    ("line.csv", b"prompt,completion\n" + b"z" * 10_000_000 + b"\n", "None of the 1 rows"),
    ("broken.jsonl", b"{oops\n" * 50, "None of the 50 rows"),
    ("fake.parquet", b"PAR1" + NOISE[:500] + b"PAR1", "Parquet"),
]


@pytest.mark.parametrize(("name", "content", "words"), FILES, ids=[name for name, _, _ in FILES])
def test_a_file_that_cannot_be_used(shell: Shell, tmp_path: Path, name: str, content: bytes, words: str) -> None:
    (tmp_path / name).write_bytes(content)
    error = shell.refused(2, "data", "import", str(tmp_path / name), "--name", "wrong")
    assert words in error["message"]
    assert not list(shell.workspace.datasets.glob(".tmp-*"))


def test_a_line_of_ten_megabytes_is_a_row_like_any_other(world: tuple[Workspace, Path], tmp_path: Path) -> None:
    from tokenloom.data.dataset import DatasetStore
    from tokenloom.data.importing import import_dataset
    from tokenloom.spec.data import FileSource

    (tmp_path / "long.jsonl").write_bytes(b'{"text": "' + b"y" * 10_000_000 + b'"}\n')
    workspace = Workspace.open(tmp_path / "other")
    import_dataset(workspace, name="long", source=FileSource(path=str(tmp_path / "long.jsonl")))
    assert DatasetStore(workspace).get("long").stats()["characters"] == 10_000_000


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["nothing.csv", "--name", "x"], 3, "There is no file or folder"),
        (["n" * 300, "--name", "x"], 2, "File name too long"),
        (["good.csv", "--name", "n" * 201], 2, "at most 200 characters"),
        (["good.csv", "--name", "x", "--map", "prompt=Question"], 2, "There is no column “Question”"),
        (["good.csv", "--name", "x", "--map", "prompt"], 2, "--map needs field=column"),
        (["good.csv", "--name", "x", "--split", "train=0.5,val=0.1"], 2, "add up to 0.6"),
        (["good.csv", "--name", "x", "--split", "train=much"], 2, "is not a split"),
        (["good.csv", "--name", "x", "--format", "xls"], 2, "there is no kind “xls”"),
        (["good.csv", "--name", "x", "sauce=1"], 2, "sauce"),
    ],
)
def test_an_import_that_makes_no_sense(
    shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], code: int, words: str
) -> None:
    (tmp_path / "good.csv").write_text("prompt,completion\na,b\n")
    monkeypatch.chdir(tmp_path)
    assert words in shell.refused(code, "data", "import", *arguments)["message"]


# --- recipes -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("override", "words", "fix"),
    [
        ("model.num_layer=3", "model.num_layer: there is no such setting", "model.num_layers"),
        ("model.num_heads=5", "hidden_size 32 does not divide by num_heads 5", "num_heads to 4"),
        ("model.num_kv_heads=3", "num_heads 4 is not a multiple of num_kv_heads 3", "num_kv_heads to 4"),
        ("model.max_sequence_length=4", "greater than or equal to 8", "at least 8"),
        ("loop.max_steps=0", "greater than or equal to 1", "at least 1"),
        ("loop.max_steps=many", "a valid integer", "--explain"),
        ("optimizer.kind=adamm", "optimizer.kind", "adamw"),
        ("schedule.warmup_steps=50", "warmup_steps 50 is more than", "warmup_steps to 1"),
        ("task=pretain", "there is no task “pretain”", "pretrain"),
        ("nonsense", "is not an override", "key=value"),
        ("data.dataset=animal", "data.dataset: there is no dataset “animal”", "“animals”"),
        ("data.render.max_sequence_length=128", "128 is more than the model's 64 tokens", "set a smaller one"),
        ("objective.kind=dpo", "pretraining cannot learn dpo", "task to finetune"),
        ("model.tokenizer=smal", "model.tokenizer: there is no tokenizer “smal”", "“small”"),
    ],
)
def test_a_setting_that_cannot_be(
    shell: Shell, world: tuple[Workspace, Path], override: str, words: str, fix: str
) -> None:
    error = shell.refused(2, "train", str(world[1] / "recipe.yaml"), override)
    assert words in error["message"] and fix in error["hint"]


@pytest.mark.e2e
@pytest.mark.parametrize(
    ("override", "code", "words"),
    [
        ("tuning.kind=lora", 2, "starts from random weights"),
        ("data.train_split=night", 3, "no split of animals “night”"),
    ],
)
def test_a_run_that_cannot_begin_says_so_and_is_failed(
    shell: Shell, world: tuple[Workspace, Path], override: str, code: int, words: str
) -> None:
    error = shell.refused(code, "train", str(world[1] / "recipe.yaml"), override)
    assert words in error["message"]
    shown = json.loads(shell.loom("runs", "show", error["run"])[1])
    assert shown["state"] == "failed" and shown["error"]["message"] == error["message"]


@pytest.mark.parametrize(
    ("name", "content", "code", "words"),
    [
        ("missing.yaml", None, 3, "There is no file"),
        ("open.yaml", "task: [unclosed", 2, "not readable YAML"),
        ("text.yaml", "just text", 2, "not a table of settings"),
        ("list.yaml", "- task: pretrain", 2, "not a table of settings"),
        ("object.yaml", "task: !!python/object/apply:os.system [true]", 2, "not readable YAML"),
        ("noise.yaml", NOISE, 2, "not readable YAML"),
        ("deep.yaml", "a: " + "[" * 5000, 2, "not readable YAML"),
        ("cpu/tiny-pretrian", None, 3, "There is no recipe"),
    ],
)
def test_a_recipe_that_is_none(
    shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, content: Any, code: int, words: str
) -> None:
    monkeypatch.chdir(tmp_path)
    if content is not None:
        (tmp_path / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    assert words in shell.refused(code, "train", name)["message"]


def test_more_tokens_than_the_text_can_give(shell: Shell) -> None:
    code, out, err = shell.loom("tokenizer", "train", "huge", "--data", "animals", "--vocab-size", "50000")
    assert code == 0
    made = json.loads(out)
    assert made["vocab_size"] < 1000
    assert f"The text gives only {made['vocab_size']} tokens; 50000 were asked for." in err
    assert shell.loom("tokenizer", "delete", "huge")[0] == 0
    assert (
        "at least 300" in shell.refused(2, "tokenizer", "train", "x", "--data", "animals", "--vocab-size", "9")["hint"]
    )


# --- names -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "arguments",
    [
        ["runs", "show", "nobody"],
        ["runs", "show", "../../etc"],
        ["runs", "pause", "n" * 300],
        ["runs", "logs", ""],
        ["runs", "metrics", "base", "--key", "nope"],
        ["checkpoints", "list", "nobody"],
        ["checkpoints", "delete", "base", "99"],
        ["models", "show", "nobody"],
        ["models", "show", "base@77"],
        ["models", "register", "nobody", "--name", "x"],
        ["models", "delete", "nobody"],
        ["data", "show", "nobody"],
        ["data", "rows", "animals", "--split", "night"],
        ["data", "stats", "animals", "--tokenizer", "nobody"],
        ["data", "delete", "animals@9"],
        ["tokenizer", "show", "nobody"],
        ["tokenizer", "preview", "nobody", "text"],
        ["tokenizer", "train", "x", "--data", "nobody"],
        ["runs", "list", "--sort", "nobody"],
    ],
    ids=lambda arguments: " ".join(arguments)[:40],
)
def test_a_name_that_nobody_has(shell: Shell, arguments: list[str]) -> None:
    error = shell.refused(3, *arguments)
    assert error["code"] == "not_found"


def test_the_nearest_name_is_offered(shell: Shell) -> None:
    assert "animals" in shell.refused(3, "data", "show", "animal")["hint"]
    assert "small" in shell.refused(3, "tokenizer", "show", "smal")["hint"]
    assert "base" in shell.refused(3, "models", "show", "bass")["hint"]


# --- models and folders ------------------------------------------------------------------------------------------


def _cut(folder: Path) -> None:
    os.truncate(folder / "model.safetensors", 1000)


def _strange_and_cut(folder: Path) -> None:
    _strange(folder)
    _cut(folder)


def _strange(folder: Path) -> None:
    """As if another program had written it: without our manifest."""
    (folder / "manifest.json").unlink()


def _only_pickle(folder: Path) -> None:
    _strange(folder)
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")


def _one_layer_more(folder: Path) -> None:
    _strange(folder)
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**config, "num_hidden_layers": config["num_hidden_layers"] + 1}))


DAMAGES: list[tuple[Callable[[Path], None], int, str]] = [
    (_cut, 2, "is damaged"),
    (_strange_and_cut, 2, "cannot be opened"),
    (_only_pickle, 2, "pickle"),
    (_one_layer_more, 2, "of its weights"),
]


@pytest.mark.e2e
@pytest.mark.parametrize(("damage", "code", "words"), DAMAGES, ids=[each.__name__[1:] for each, _, _ in DAMAGES])
def test_a_damaged_model_folder(
    shell: Shell, world: tuple[Workspace, Path], tmp_path: Path, damage: Callable[[Path], None], code: int, words: str
) -> None:
    folder = world[1] / "exported"
    if not folder.exists():
        assert shell.loom("export", "base", "--out", str(folder))[0] == 0
    broken = tmp_path / "broken"
    shutil.copytree(folder, broken)
    damage(broken)
    assert words in shell.refused(code, "generate", str(broken), "--prompt", "x")["message"]


@pytest.mark.e2e
@pytest.mark.parametrize("kind", ["file", "manifest", "checkpoint"])
def test_an_export_never_overwrites_what_it_did_not_make(shell: Shell, tmp_path: Path, kind: str) -> None:
    target = tmp_path / "mine"
    if kind == "file":
        target.write_text("years of work")
    elif kind == "checkpoint":
        target = next(shell.workspace.runs.glob("*/checkpoints/step-5"))
    else:
        target.mkdir()
        (target / "manifest.json").write_text('{"name": "my web page"}')
    before = _content(target)
    error = shell.refused(4, "export", "base", "--out", str(target))
    assert "was not made by an export" in error["message"]
    assert _content(target) == before


def _content(path: Path) -> dict[str, bytes]:
    files = [path] if path.is_file() else [each for each in path.rglob("*") if each.is_file()]
    return {str(each): each.read_bytes() for each in files}


# --- workspaces --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("place", ["file", "file/inside", "n" * 300])
def test_a_workspace_that_cannot_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], place: str
) -> None:
    (tmp_path / "file").write_text("mine")
    error = Shell(Workspace(tmp_path / place), monkeypatch, capfd).refused(1, "runs", "list")
    assert "cannot be used" in error["message"] and "--workspace" in error["hint"]
    assert (tmp_path / "file").read_text() == "mine"


def test_a_workspace_that_may_only_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], read_only: Path
) -> None:
    shell = Shell(Workspace(read_only / "workspace"), monkeypatch, capfd)
    (tmp_path / "good.csv").write_text("prompt,completion\na,b\n")
    assert shell.loom("data", "list")[0] == 0, "looking is possible"
    for arguments in (["runs", "list"], ["data", "import", str(tmp_path / "good.csv"), "--name", "x"]):
        error = shell.refused(1, *arguments)
        assert error["code"] == "resource"
    assert (
        "cannot be used"
        in Shell(Workspace(read_only / "new"), monkeypatch, capfd).refused(1, "data", "list")["message"]
    )


@pytest.fixture
def read_only(tmp_path: Path) -> Iterator[Path]:
    """A file system with a workspace on it that was made read-only, so that root may not write either."""
    place = tmp_path / "mounted"
    place.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(place)], capture_output=True)
    if mounted.returncode != 0:
        pytest.skip(f"mounting is not permitted here: {mounted.stderr.decode().strip()}")
    try:
        Workspace.open(place / "workspace")
        subprocess.run(["mount", "-o", "remount,ro", str(place)], check=True)
        yield place
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)
