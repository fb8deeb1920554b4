"""The command line in this process: how arguments become specs, documents become text, and errors become exit codes."""

from __future__ import annotations

import errno
import io
import json
from pathlib import Path
from typing import Any

import pytest
import typer
from rich.console import Console

import tokenloom
from tokenloom.cli import ahead, contents, main, models, system, work
from tokenloom.cli.data import commands as data
from tokenloom.cli.data.refine import step_of
from tokenloom.cli.data.sources import separated, source_of
from tokenloom.cli.data.splits import split_of
from tokenloom.cli.output import Options, _plain
from tokenloom.cli.progress import RunProgress
from tokenloom.data.importing import import_dataset
from tokenloom.jobs.launching import keeper
from tokenloom.kit.errors import Conflict, SpecError
from tokenloom.kit.workspace import Workspace
from tokenloom.spec.data import ColumnSplit, FileSource
from tokenloom.tracking.reader import EventRecord, Row

COMMANDS = contents.commands()


def every_command(command: Any, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    below = getattr(command, "commands", {})
    return [path] + [found for name, inner in below.items() for found in every_command(inner, (*path, name))]


def call(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    monkeypatch.setattr("sys.argv", ["tokenloom", *arguments])
    capfd.readouterr()
    with pytest.raises(SystemExit) as ended:
        main.main()
    return int(ended.value.code or 0), *capfd.readouterr()


@pytest.mark.parametrize(
    ("arguments", "starts"),
    [
        (["train", "cpu/tiny-pretrian"], 1),
        (["train", "cpu/tiny-pretrain", "--dry-run", "data.dataset=d"], 0),
        (["generate", "nobody", "--prompt", "a"], 1),
        (["data", "list"], 0),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else str(value),
)
def test_models_begin_to_load_beside_a_command_that_will_need_them(
    arguments: list[str],
    starts: int,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    started: list[Any] = []
    monkeypatch.setattr(keeper, "start_server", started.append)
    monkeypatch.setattr(keeper, "connect", lambda _: None)
    ahead.load_ahead.cache_clear()
    call(monkeypatch, capfd, "--workspace", str(tmp_path), *arguments)
    ahead.load_ahead.cache_clear()
    assert len(started) == starts


@pytest.mark.parametrize(
    ("line", "wants"),
    [
        ("train cpu/tiny", True),
        ("--json -w train train cpu/tiny", True),
        ("--workspace=x evaluate m --data d", True),
        ("-w train runs list", False),
        ("runs show train", False),
        ("train --help", False),
        ("train cpu/tiny --explain", False),
        ("--version", False),
        ("", False),
    ],
)
def test_the_first_words_tell_whether_models_are_wanted(line: str, wants: bool) -> None:
    assert ahead.wants_models(line.split()) is wants
    assert set(ahead.COMMANDS) <= set(COMMANDS.commands)


def test_a_command_built_by_itself_is_the_one_that_typer_builds_with_all_others() -> None:
    whole: Any = typer.main.get_command(contents.app)
    assert list(COMMANDS.commands) == list(whole.commands)
    for path in every_command(COMMANDS):
        assert help_of(COMMANDS, path) == help_of(whole, path)


def help_of(command: Any, path: tuple[str, ...]) -> str:
    context = typer.Context(command, info_name="tokenloom", **command.context_settings)
    for name in path:
        command = command.commands[name]
        context = typer.Context(command, parent=context, info_name=name, **command.context_settings)
    return str(command.get_help(context))


def test_only_what_is_asked_for_is_built(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    contents.commands.cache_clear()
    call(monkeypatch, capfd, "--help")
    assert contents.commands().commands._built == {}
    call(monkeypatch, capfd, "--workspace", str(tmp_path), "data", "list")
    assert set(contents.commands().commands._built) == {"data"}


@pytest.mark.parametrize("path", every_command(COMMANDS), ids=lambda path: " ".join(path) or "tokenloom")
def test_every_command_explains_itself(
    path: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    code, out, _ = call(monkeypatch, capfd, *path, "--help")
    assert code == 0
    assert out.startswith("Usage: ") and len(out.splitlines()) > 5
    command = COMMANDS
    for name in path:
        command = command.commands[name]
    silent = [option.name for option in command.params if not getattr(option, "help", "x")]
    assert silent == [] or path == (), f"options without help: {silent}"


@pytest.mark.parametrize(
    "arguments",
    [
        ["runs", "list"],
        ["data", "list"],
        ["tokenizer", "list"],
        ["models", "list"],
        ["presets"],
        ["plugins"],
        ["doctor"],
    ],
    ids=" ".join,
)
def test_an_empty_workspace_has_answers_for_people_and_for_programs(
    arguments: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    place = ["--workspace", str(tmp_path)]
    code, out, err = call(monkeypatch, capfd, *place, *arguments)
    assert (code, err) == (0, "") and out.strip()
    code, out, err = call(monkeypatch, capfd, *place, "--json", *arguments)
    assert (code, err) == (0, "")
    assert isinstance(json.loads(out), list) and out.count("\n") == 1


def test_the_workspace_is_chosen_by_option_then_by_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TOKENLOOM_WORKSPACE", str(tmp_path / "environment"))
    tokenloom.init(name="here", workspace=tmp_path / "environment").finish()
    tokenloom.init(name="there", workspace=tmp_path / "option").finish()
    assert json.loads(call(monkeypatch, capfd, "--json", "runs", "list")[1])[0]["name"] == "here"
    chosen = ["--workspace", str(tmp_path / "option")]
    assert json.loads(call(monkeypatch, capfd, *chosen, "--json", "runs", "list")[1])[0]["name"] == "there"


def fail_with(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def fail(_context: object) -> Workspace:
        raise error

    monkeypatch.setattr("tokenloom.cli.data.commands.workspace", fail)


@pytest.mark.parametrize(
    ("error", "code", "name"),
    [
        (SpecError("wrong", hint="do this"), 2, "spec"),
        (Conflict("taken", hint="do that"), 4, "conflict"),
        (OSError(errno.ENOSPC, "No space left on device"), 1, "disk_full"),
        (PermissionError(errno.EACCES, "Permission denied", "there"), 1, "resource"),
    ],
)
def test_errors_become_words_and_codes(
    error: Exception, code: int, name: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    fail_with(monkeypatch, error)
    found, out, err = call(monkeypatch, capfd, "--json", "data", "list")
    assert found == code
    told = json.loads(out)["error"]
    assert told["code"] == name and told["hint"]
    assert err == f"error: {told['message']}\n  → {told['hint']}\n"


def test_a_defect_of_ours_shows_no_traceback(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    error = ValueError("something impossible")
    main._explain_defect(ValueError, error, None)
    _, err = capfd.readouterr()
    assert "something impossible" in err and "Traceback" not in err and "defect of ours" in err
    (report,) = tmp_path.glob("tokenloom-defect-*.txt")
    assert "ValueError: something impossible" in report.read_text()
    assert str(report) in err


def test_maps_and_splits_become_specs() -> None:
    assert data._mapping(["prompt=Question", "completion=Answer"]) == {
        "kind": "prompt",
        "prompt": "Question",
        "completion": "Answer",
    }
    assert data._mapping(["text=Body"])["kind"] == "text"
    assert data._mapping(["messages=chat"])["kind"] == "chat"
    assert split_of("", 3) == {"kind": "ratio", "seed": 3}
    assert split_of("train=0.8,val=0.1,test=0.1", 0) == {
        "kind": "ratio", "seed": 0, "train": 0.8, "validation": 0.1, "test": 0.1,
    }  # fmt: skip
    assert split_of("train=1", 0)["validation"] == 0.0
    assert split_of("column=part", 0) == {"kind": "column", "column": "part"}
    assert split_of("val=50,test=20", 1) == {"kind": "count", "seed": 1, "validation": 50, "test": 20}
    assert split_of("train=0.9,test=0.1,group=author", 2) == {
        "kind": "grouped", "column": "author", "seed": 2, "train": 0.9, "validation": 0.0, "test": 0.1
    }  # fmt: skip
    assert split_of("time=day", 0) == {"kind": "time", "column": "day"} and split_of("files", 0) == {"kind": "files"}
    assert split_of("label=", 0) == {"kind": "stratified", "column": None, "seed": 0}


def test_sources_in_few_words() -> None:
    assert source_of(["kind=flowroll"]) == {"kind": "flowroll"}
    assert Path(source_of(["here.csv"])["path"]).is_absolute()
    assert source_of(["https://example.org/a?b=c"]) == {"kind": "url", "url": "https://example.org/a?b=c"}
    assert source_of(["s3://bucket/a/"], "*.csv") == {"kind": "s3", "uri": "s3://bucket/a/", "pattern": "*.csv"}
    assert source_of(["gs://bucket/a"]) == {"kind": "gcs", "uri": "gs://bucket/a"}
    assert source_of(["hf:org/name@main"]) == {"kind": "huggingface", "id": "org/name", "revision": "main"}
    assert source_of(["dataset:faq@2"]) == {"kind": "dataset", "dataset": "faq@2"}
    several = source_of(["/a.csv", "/b"])
    assert several == {"kind": "files", "files": [{"path": "/a.csv"}, {"path": "/b"}]}
    assert separated(["a.csv", "format.sheet=x", "split.seed=2", "https://x.org/?a=b"]) == (
        ["a.csv", "https://x.org/?a=b"],
        ["format.sheet=x", "split.seed=2"],
    )
    assert separated(["kind=dice", "source.rows=5"]) == (["kind=dice"], ["source.rows=5"])
    with pytest.raises(SpecError, match="only be files and folders"):
        source_of(["/a.csv", "s3://b/c"])


def test_an_estimate_begins_with_its_verdict() -> None:
    document = {
        "total_bytes": 2_000_000_000, "low_bytes": 1_600_000_000, "high_bytes": 2_600_000_000, "available_bytes": 25e9,
        "fits": True, "parameters": 12_345_678, "trained_parameters": 1_000, "parts_bytes": {"weights": 5e7, "base": 0},
        "memory_runs": 0, "levers": [{"change": "half the micro-batch", "saves_bytes": 9e6}], "disk_bytes": 3e7, "measured_runs": 0,
        "steps": 1_200, "seconds": 90.0, "low_seconds": 60.0, "high_seconds": 150.0, "cost": 0.5, "currency": "EUR",
        "data": {"verdict": "warnings", "reasons": [{"message": "rows that repeat another: 12", "fix": "Keep the first of each."}]},
    }  # fmt: skip
    assert system._estimate_lines(document).splitlines() == [
        "about 2.00 GB (1.60 GB to 2.60 GB; no run here yet), of 25.00 GB on this machine: it fits",
        "12,345,678 parameters, 1,000 of them trained",
        "  weights          50 MB",
        "checkpoints take about 30 MB of disk",
        "1,200 steps, about 1.5 min (1.0 to 2.5; rough: no run here yet)",
        "cost about 0.50 EUR",
        "data: rows that repeat another: 12 → Keep the first of each.",
        "to save 9 MB: half the micro-batch",
    ]
    unknown = {**document, "seconds": None, "cost": None}
    assert not [line for line in system._estimate_lines(unknown).splitlines() if "min" in line or "cost" in line]
    assert system._estimate_lines({**document, "fits": False}).splitlines()[0].endswith("it may not fit")


def test_an_architecture_is_a_line_a_module(capfd: pytest.CaptureFixture[str]) -> None:
    leaf = {
        "name": "layers.0", "kind": "Block", "times": 3, "input_shape": [2, 8, 4], "output_shape": [2, 8, 4],
        "parameters": 300, "trained": 30, "flops": 2_000_000_000, "children": [],
    }  # fmt: skip
    root = leaf | {"name": "model", "times": 1, "input_shape": None, "children": [leaf]}
    lines = models.architecture_lines({"batch": 2, "sequence": 8, "note": "", "root": root}).splitlines()
    assert lines[0].startswith("2 × 8 tokens")
    assert lines[2].split() == ["model", "(Block)", "300", "30", "2.000", "2×8×4"]
    assert lines[3].split() == ["layers.0", "×3", "(Block)", "300", "30", "2.000", "2×8×4", "→", "2×8×4"]


def test_metrics_of_two_models_stand_side_by_side(capfd: pytest.CaptureFixture[str]) -> None:
    results = [
        {"model": "before", "metrics": {"exact_match": 0.0, "perplexity": 14.85432}},
        {"model": "after", "metrics": {"exact_match": 0.38, "perplexity": 1.29}},
    ]
    assert work._metric_lines(results).splitlines() == [
        "exact_match   0              0.38",
        "perplexity    14.854         1.29",
    ]
    assert "before   after" in capfd.readouterr().err


def test_values_are_shown_as_people_write_them() -> None:
    assert _plain(None) == "–"
    assert _plain(0.123456789) == "0.123457"
    assert _plain({"a": 1, "b": [1, 2.5]}) == "a=1, b=1, 2.5"
    assert Options().as_json is False


def test_a_runs_samples_are_in_its_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    run = tokenloom.init(name="writer", workspace=tmp_path)
    run.event("sample", step=7, samples=[{"prompt": "Once", "text": " upon\na time", "reference": ""}])
    run.event("note", level="info", message="all is well")
    run.finish()
    _, out, _ = call(monkeypatch, capfd, "--workspace", str(tmp_path), "runs", "logs", "writer")
    assert "[sample] step 7\n  'Once' → ' upon\\na time'\n" in out, "one line each, whatever the text holds"
    assert "[note] all is well" in out and "[state] completed" in out


def test_runs_of_scripts_are_runs_like_any_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    for name, rate in (("slow", 0.1), ("fast", 0.4)):
        with tokenloom.init(name=name, config={"rate": rate, "seed": 1}, workspace=tmp_path) as run:
            run.log({"train/loss": 1 - rate}, step=1)
    place = ["--workspace", str(tmp_path), "--json"]
    code, out, _ = call(monkeypatch, capfd, *place, "runs", "compare", "slow", "fast")
    assert code == 0
    rows = {row["what"]: sorted(value for key, value in row.items() if key != "what") for row in json.loads(out)}
    assert rows == {"rate": [0.1, 0.4], "train/loss": [0.6, 0.9]}
    code, out, _ = call(monkeypatch, capfd, *place, "runs", "watch", "slow")
    assert code == 0 and json.loads(out)["state"] == "completed"
    assert call(monkeypatch, capfd, *place, "runs", "pause", "slow")[0] == 4


def test_a_dataset_is_validated_and_judged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    rows = [
        {"prompt": f"What is {n}?", "completion": f"It is caf\u00c3\u00a9 {n}.", "split": "train"} for n in range(20)
    ]
    rows.append(rows[3] | {"split": "test"})
    path = tmp_path / "rows.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows) + "{broken\n")
    space = Workspace.open(tmp_path / "space")
    import_dataset(space, name="rows", source=FileSource(path=str(path)), split=ColumnSplit())
    place = ["--workspace", str(space.root)]
    code, out, _ = call(monkeypatch, capfd, *place, "data", "validate", "rows")
    assert code == 0 and "21 good, 1 in quarantine" in out and "verdict: not ready" in out
    assert "✗ Held-out rows that also stand in training: 1 (100.00%)\n    rows 21" in out and "[--step leakage]" in out
    assert "--step unicode" in out
    code, out, _ = call(monkeypatch, capfd, *place, "--json", "data", "validate", "rows", "--near")
    told = json.loads(out)
    assert told["rows"]["bad"] == 1 and {"leakage", "mojibake", "duplicates"} <= {
        each["id"] for each in told["validation"]["findings"]
    }
    code, out, _ = call(monkeypatch, capfd, *place, "data", "stats", "rows", "--words")
    assert code == 0 and out.startswith("21 rows; words of 21") and "commonest words: is 42" in out
    code, out, _ = call(monkeypatch, capfd, *place, "data", "map", "rows")
    assert code == 0 and out.startswith("21 rows by their words, 2 groups") and "rows (" in out
    code, out, _ = call(monkeypatch, capfd, *place, "--json", "data", "map", "rows", "--rows", "10")
    assert len(json.loads(out)["x"]) == 10
    code, _, err = call(monkeypatch, capfd, *place, "data", "map", "rows", "--model", "no such thing")
    assert code == 3 and "There is no model “no such thing”" in err
    code, out, _ = call(
        monkeypatch, capfd, *place, "data", "rows", "rows", "--sort", "prompt", "--descending", "--limit", "1"
    )
    assert code == 0 and "prompt: What is 9?" in out
    code, out, _ = call(monkeypatch, capfd, *place, "data", "doctor", "rows")
    assert code == 1 and out.startswith("verdict: not ready\n  ✗ ")


def test_steps_are_written_in_few_words() -> None:
    assert step_of("html") == {"kind": "html"}
    assert step_of("length:min_characters=20,max_words=9") == {"kind": "length", "min_characters": 20, "max_words": 9}
    assert step_of("language:keep=[en,de],min_confidence=0.3") == {
        "kind": "language",
        "keep": ["en", "de"],
        "min_confidence": 0.3,
    }
    assert step_of("pattern:pattern='a,b: c=d',action=drop") == {
        "kind": "pattern",
        "pattern": "a,b: c=d",
        "action": "drop",
    }
    assert step_of(r"pattern:pattern=(\d{2,3}),action=keep")["pattern"] == r"(\d{2,3})"
    assert step_of("resplit:split={kind: count, validation: 5, test: 5}")["split"]["validation"] == 5
    with pytest.raises(SpecError, match="is no setting"):
        step_of("length:20")


def test_a_refining_is_previewed_and_made(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    from tokenloom.data.importing import import_dataset
    from tokenloom.spec.data import FileSource

    path = tmp_path / "notes.jsonl"
    path.write_text("".join(json.dumps({"text": f"<p>note {n % 4} by a@b.org</p>"}) + "\n" for n in range(8)))
    import_dataset(workspace, name="notes", source=FileSource(path=str(path)))
    steps = ["--step", "html", "--step", "redact", "--step", "duplicates"]
    place = ["--workspace", str(workspace.root)]
    code, out, _ = call(monkeypatch, capfd, *place, "data", "refine", "notes", *steps, "--preview")
    assert code == 0 and "8 of 8 rows; 4 are left. Nothing was made." in out
    assert "+ note 0 by [EMAIL]" in out and "3 duplicates: 8 → 4 rows, 4 dropped, 4 × the same as another row" in out
    code, out, _ = call(
        monkeypatch, capfd, *place, "--json", "data", "refine", "notes", *steps, "--preview", "--rows", "1,2"
    )
    assert code == 0 and json.loads(out)["sampled"] == 2
    code, _, err = call(monkeypatch, capfd, *place, "data", "refine", "notes", "--step", "htm", "--preview")
    assert code == 2 and "html" in err
    code, _, err = call(monkeypatch, capfd, *place, "data", "refine", "notes", *steps, "--preview", "--rows", "one")
    assert code == 2 and "row numbers" in err


def test_the_live_line_counts_steps_again_after_a_rehearsal() -> None:
    screen = Console(file=io.StringIO(), force_terminal=True, width=160)
    with RunProgress(screen) as progress:
        for event in (
            {"type": "training", "total_steps": 400},
            {"type": "progress", "phase": "rehearsal: writing a sample", "done": 4, "total": 5},
        ):
            progress.show(EventRecord(event))
        progress.show(Row(7, 0.0, {"train/loss": 2.5}))
        task = progress._display.tasks[0]
        assert (task.description, task.completed, task.total) == ("training", 7, 400)
