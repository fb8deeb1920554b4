"""A run that lays rows out by a model and ends early: nothing half-made is taken for a map, and it can be started again."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest
import torch
from transformers import BertConfig, BertForMaskedLM

from tokenloom.data.corpus import known_map, map_by_model
from tokenloom.data.dataset import DatasetStore
from tokenloom.data.importing import import_dataset
from tokenloom.jobs.runs import last_state
from tokenloom.kit.workspace import Workspace
from tokenloom.spec.data import FileSource
from tokenloom.spec.override import parse_run_spec
from tokenloom.tracking import query
from tokenloom.tracking.commands import append_command
from worlds import new_run, start_worker, word_tokenizer

ROWS = 1500
WORDS = ["ship", "sail", "wave", "fish", "harbour", "bread", "oven", "flour", "dough", "salt"]


@pytest.fixture
def asked(workspace: Workspace, tmp_path: Path) -> dict[str, object]:
    """The spec of a map that takes some seconds: an encoder that is slow enough to be ended between two batches."""
    path, folder = tmp_path / "rows.txt", tmp_path / "bert"
    path.write_text("".join(f"{' '.join(WORDS[(n + k) % 10] for k in range(20 + n % 7))}\n" for n in range(ROWS)))
    import_dataset(workspace, name="rows", source=FileSource(path=str(path)))
    size = word_tokenizer(folder, ["[PAD]", "[UNK]", "[CLS]", "[SEP]"], WORDS, "[CLS] $A [SEP]")
    torch.manual_seed(1)
    shape = {"hidden_size": 256, "num_hidden_layers": 4, "num_attention_heads": 4, "intermediate_size": 512}
    BertForMaskedLM(BertConfig(vocab_size=size, max_position_embeddings=40, **shape)).save_pretrained(folder)
    return {"task": "map", "dataset": "rows", "model": {"kind": "pretrained", "source": str(folder)}}


def is_at_work(workspace: Workspace, run_id: str) -> bool:
    """Whether some rows were read, and not all of them."""
    told = [event["done"] for event in query.events(workspace.run(run_id), ["progress"]) if event.get("phase") == "map"]
    assert not told or told[-1] < ROWS, "it ended before it could be ended"
    return bool(told)


def kept_files(workspace: Workspace) -> list[Path]:
    return [path for path in (workspace.cache / "corpus").rglob("*") if path.is_file()]


@pytest.mark.parametrize("how", ["killed", "stopped"])
def test_a_map_that_ends_early_leaves_nothing_and_starts_again(
    how: str, workspace: Workspace, asked: dict[str, object]
) -> None:
    run_id = new_run(workspace, asked)
    process = start_worker(workspace, run_id)
    while not is_at_work(workspace, run_id):
        assert process.poll() is None, (workspace.run(run_id) / "stdout.log").read_text()[-2000:]
        time.sleep(0.01)
    if how == "killed":
        os.killpg(process.pid, signal.SIGKILL)
    else:
        append_command(workspace.run(run_id), "stop_now")
    process.wait(timeout=60)
    dataset, of = DatasetStore(workspace).get("rows"), map_by_model(workspace, parse_run_spec(asked))
    assert known_map(workspace, dataset, of) is None and kept_files(workspace) == []
    assert last_state(workspace.run(run_id))["state"] == ("running" if how == "killed" else "stopped")
    again = run_id if how == "killed" else new_run(workspace, asked)
    assert start_worker(workspace, again).wait(timeout=120) == 0
    assert last_state(workspace.run(again))["state"] == "completed"
    made = known_map(workspace, dataset, of)
    assert made is not None and len(made["x"]) == made["sampled_rows"] == ROWS
    assert len(kept_files(workspace)) == 1
