"""Datasets over HTTP: import from an upload or a path, look at rows, take the bad ones away."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from server_kit import Caller, is_problem

from tokenloom.data.dataset import Dataset
from tokenloom.data.importing import import_dataset
from tokenloom.jobs.runs import read_spec
from tokenloom.kit.workspace import Workspace
from tokenloom.spec.data import FileSource, RatioSplit

PIECE = {"content-type": "application/offset+octet-stream", "upload-offset": "0"}


@pytest.fixture
def dataset(workspace: Workspace, tmp_path: Path) -> Dataset:
    """100 questions, of which 10 lines are broken."""
    lines = [
        json.dumps(
            {
                "prompt": f"What is {n} + {n}?",
                "completion": str(2 * n),
                "level": n % 3,
                "note": "=1+1" if n == 7 else "plain",
            }
        )
        if n % 10
        else "{broken"
        for n in range(100)
    ]
    path = tmp_path / "sums.jsonl"
    path.write_text("\n".join(lines))
    return import_dataset(
        workspace,
        name="Sums & more",
        source=FileSource(path=str(path)),
        split=RatioSplit(train=0.8, validation=0.1, test=0.1),
    )


def test_a_dataset_is_found_by_name_version_and_id(call: Caller, dataset: Dataset) -> None:
    listed = call.get("/api/datasets")["items"]
    assert [(each["name"], each["rows"], each["quarantined"]) for each in listed] == [("Sums & more", 90, 10)]
    for reference in ("Sums & more", "Sums & more@1", dataset.id):
        found = call.get(f"/api/datasets/{reference}")
        assert found["id"] == dataset.id and found["shape"] == "prompt" and sum(found["splits"].values()) == 90
    answer = call("GET", "/api/datasets/Sums & mor")
    assert is_problem(answer, 404, "not_found") and "Sums & more" in answer.json()["hint"]


def test_rows_are_paged_filtered_and_searched(call: Caller, dataset: Dataset) -> None:
    place = f"/api/datasets/{dataset.id}/rows"
    seen, cursor = [], ""
    while True:
        page = call.get(place, params={"limit": 40, "cursor": cursor})
        seen += [row["_row"] for row in page["items"]]
        cursor = page["next_cursor"]
        if not cursor:
            break
    assert len(seen) == 90 == page["total"] and seen == sorted(seen)
    level = call.get(place, params={"filter": ["level=2", "level>=2", "prompt~3 +"], "limit": 100})["items"]
    assert level and all(row["level"] == 2 and "3 +" in row["prompt"] for row in level)
    assert [row["note"] for row in call.get(place, params={"search": "=1+1"})["items"]] == ["=1+1"]
    train = call.get(place, params={"split": "train", "limit": 1000})
    assert train["total"] == len(train["items"]) == dataset.splits["train"]
    for query in ({"split": "nope"}, {"filter": "nope=1"}):
        assert is_problem(call("GET", place, params=query), 404)
    for query in ({"filter": "level>=x"}, {"filter": "level"}, {"cursor": "x"}, {"limit": 5000}):
        assert is_problem(call("GET", place, params=query), 422)


def test_what_the_import_found_is_told_and_bad_rows_can_be_taken_away(call: Caller, dataset: Dataset) -> None:
    report = call.get(f"/api/datasets/{dataset.id}/report")
    assert report["rows"] == {"raw": 100, "good": 90, "bad": 10} and len(report["first_bad"]) == 10
    page = call.get(f"/api/datasets/{dataset.id}/quarantine", params={"limit": 4})
    assert len(page["items"]) == 4 and page["next_cursor"] == "4" and page["items"][0]["reason"]
    answer = call("GET", f"/api/datasets/{dataset.id}/quarantine/file")
    assert answer.headers["content-disposition"].startswith("attachment; ")
    assert (
        "sandbox" in answer.headers["content-security-policy"] and answer.headers["x-content-type-options"] == "nosniff"
    )
    assert len(answer.text.splitlines()) == 10
    part = call("GET", f"/api/datasets/{dataset.id}/quarantine/file", headers={"range": "bytes=0-9"})
    assert part.status_code == 206 and part.content == answer.content[:10]
    for wrong in ("bytes=99999999-", "bytes=x", "lines=1-2"):
        refused = call("GET", f"/api/datasets/{dataset.id}/quarantine/file", headers={"range": wrong})
        assert is_problem(refused, refused.status_code) and refused.status_code in (400, 416)
    assert call.get(f"/api/datasets/{dataset.id}/stats")
    assert is_problem(call("GET", f"/api/datasets/{dataset.id}/stats", params={"tokenizer": "none"}), 404)


def _uploaded(call: Caller, name: str, content: bytes) -> str:
    label = base64.b64encode(name.encode()).decode()
    headers = {"upload-length": str(len(content)), "upload-metadata": f"filename {label}"}
    place = call("POST", "/api/uploads", headers=headers).headers["location"]
    assert call("PATCH", place, content=content, headers=PIECE).status_code == 204
    return str(place).rpartition("/")[2]


def test_several_uploads_become_one_dataset_under_their_names(call: Caller, workspace: Workspace) -> None:
    ids = [_uploaded(call, f"all/{part}.jsonl", b'{"text": "%s"}\n' % part.encode()) for part in ("a", "b")]
    answer = call("POST", "/api/datasets", json={"dataset": "all", "uploads": ids})
    assert answer.status_code == 201
    source = read_spec(workspace.run(answer.json()["id"])).source
    assert source.kind == "files" and [each.name for each in source.files] == ["all/a.jsonl", "all/b.jsonl"]
    assert {each["run"] for each in call.get("/api/uploads")["items"]} == {answer.json()["id"]}
    half = call("POST", "/api/uploads", headers={"upload-length": "5"}).headers["location"].rpartition("/")[2]
    assert is_problem(
        call("POST", "/api/datasets", json={"dataset": "all", "uploads": [ids[0], half]}), 409, "conflict"
    )


def test_an_upload_becomes_an_import_run(call: Caller, workspace: Workspace) -> None:
    headers = {"upload-length": "11", "upload-metadata": "filename YS5jc3Y="}
    place = call("POST", "/api/uploads", headers=headers).headers["location"]
    upload = place.rpartition("/")[2]
    assert is_problem(call("POST", "/api/datasets", json={"dataset": "x", "upload": upload}), 409)
    call("PATCH", place, headers=PIECE, content=b"text\nhello\n")
    refused = call("POST", "/api/datasets", json={"dataset": "x", "upload": upload, "split": {"train": 7}})
    assert is_problem(refused, refused.status_code) and call.get(place)["run"] == ""
    answer = call(
        "POST",
        "/api/datasets",
        json={"dataset": "x", "upload": upload, "split": {"train": 1, "validation": 0, "test": 0}},
    )
    assert answer.status_code == 201
    assert call.get(place)["run"] == answer.json()["id"]
    spec = read_spec(workspace.run(answer.json()["id"]))
    assert spec.task == "import" and spec.split.train == 1
    assert Path(spec.source.path).read_bytes() == b"text\nhello\n" and Path(spec.source.path).suffix == ".csv"
    assert is_problem(call("POST", "/api/datasets", json={"dataset": "x", "upload": "nothere"}), 404)


def test_a_path_of_this_machine_becomes_an_import_run(call: Caller, workspace: Workspace, tmp_path: Path) -> None:
    answer = call(
        "POST",
        "/api/datasets",
        json={"dataset": "x", "path": str(tmp_path), "mapping": {"kind": "text", "text": "body"}},
    )
    spec = read_spec(workspace.run(answer.json()["id"]))
    assert spec.source.path == str(tmp_path) and spec.mapping.text == "body"
    assert is_problem(call("POST", "/api/datasets", json={"dataset": "x"}), 422)


def test_deleting_one_version(call: Caller, dataset: Dataset) -> None:
    assert call("DELETE", f"/api/datasets/{dataset.id}").json()["deleted"] == dataset.id
    assert call.get("/api/datasets")["items"] == []


def test_another_split_is_tried_without_making_anything(call: Caller, dataset: Dataset) -> None:
    place = f"/api/datasets/{dataset.id}/split/preview"
    told = call("POST", place, json={"kind": "count", "validation": 20, "test": 10}).json()
    assert told["splits"] == {"train": 60, "validation": 20, "test": 10} and len(told["examples"]["test"]) == 5
    grouped = {"kind": "grouped", "column": "level", "train": 0.4, "validation": 0.3, "test": 0.3}
    told = call("POST", place, json=grouped).json()
    assert sorted(row["value"] for row in told["values"]) == ["0", "1", "2"]
    assert all(sum(row[name] > 0 for name in told["splits"]) == 1 for row in told["values"])
    for body, field in (
        ({"kind": "ratio", "train": 0.5}, "split"),
        ({"kind": "group"}, "split"),
        ({"kind": "time"}, "column"),
    ):
        answer = call("POST", place, json=body)
        assert is_problem(answer, 422) and field in answer.json()["errors"][0]["field"]
    assert is_problem(call("POST", place, json={"kind": "time", "column": "note"}), 422)
    assert len(call.get("/api/datasets")["items"]) == 1


def test_a_dataset_is_validated_and_judged(call: Caller, dataset: Dataset) -> None:
    place = f"/api/datasets/{dataset.id}"
    told = call.get(f"{place}/validation")
    assert told["known"] and told["rows"] == 90 and told["looked"]["near"] is False
    unusable = next(each for each in told["findings"] if each["id"] == "unusable")
    assert unusable["count"] == 10 and unusable["rows"][:2] == [1, 11] and unusable["examples"][0]["row"] == 1
    assert told["verdict"] == call.get(f"{place}/doctor")
    assert call.get(f"{place}/validation", params={"near": True})["looked"]["near"] is True
    assert is_problem(call("GET", f"{place}/validation", params={"tokenizer": "none"}), 404)
    assert is_problem(call("GET", f"{place}/validation", params={"context": 1}), 422)


def test_a_large_dataset_is_inspected_by_a_run(call: Caller, dataset: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tokenloom.data.inspecting.report.QUICK_ROWS", 10)
    told = call.get(f"/api/datasets/{dataset.id}/validation")
    assert told["known"] is False and told["verdict"]["verdict"] == "unknown" and told["findings"] == []
    spec = {"task": "inspect", "dataset": dataset.id, "near": False}
    assert call("POST", "/api/runs", json=spec).status_code == 201
    wrong = call("POST", "/api/runs", json=spec | {"dataset": "absent"})
    assert is_problem(wrong, 422) and wrong.json()["errors"][0]["field"] == "dataset"


def test_rows_are_sorted_and_filtered_by_type(call: Caller, dataset: Dataset) -> None:
    place = f"/api/datasets/{dataset.id}/rows"
    page = call.get(
        place, params={"sort": "completion", "descending": True, "filter": ["level=1", "note!=plain"], "limit": 5}
    )
    assert (
        [row["note"] for row in page["items"]] == ["=1+1"] and page["complete"] and page["total"] == page["found"] == 1
    )
    last = call.get(place, params={"cursor": "88"})
    assert len(last["items"]) == 2 and last["scanned"] == 90 and last["next_cursor"] == ""
    assert is_problem(call("GET", place, params={"sort": "levl"}), 404)
    columns = {each["name"]: each for each in call.get(f"/api/datasets/{dataset.id}/columns")["items"]}
    assert columns["level"]["kind"] == "number" and columns["level"]["max"] == 2
    assert columns["note"]["values"] == [{"value": "plain", "count": 89}, {"value": "=1+1", "count": 1}]


def test_a_dataset_tells_what_its_texts_are_made_of(call: Caller, dataset: Dataset) -> None:
    told = call.get(f"/api/datasets/{dataset.id}/corpus")
    assert (
        told["rows"] == 90 and told["words"]["top"][0]["count"] >= 90 and sum(told["lengths"]["words"]["counts"]) == 90
    )
    assert told["growth"]["distinct"][-1] == told["words"]["distinct"]
    laid = call.get(f"/api/datasets/{dataset.id}/map", params={"split": "train", "limit": 50})
    assert len(laid["x"]) == len(laid["rows"]) == laid["sampled_rows"] <= 50
    assert laid["known"] and laid["model"] == "" and laid["cut_rows"] == 0
    assert is_problem(call("GET", f"/api/datasets/{dataset.id}/map", params={"split": "tran"}), 404)


def test_a_map_by_a_model_is_made_by_a_run(call: Caller, dataset: Dataset, tmp_path: Path) -> None:
    place = f"/api/datasets/{dataset.id}/map"
    (tmp_path / "reader").mkdir()
    (tmp_path / "reader" / "config.json").write_text("{}")
    told = call.get(place, params={"model": str(tmp_path / "reader"), "max_tokens": 64})
    assert told["known"] is False and told["rows"] == [] and told["max_tokens"] == 64
    assert told["model"] == str(tmp_path / "reader")
    model = {"kind": "pretrained", "source": told["model"]}
    spec = {"task": "map", "dataset": dataset.id, "model": model, "max_tokens": 64}
    assert call("POST", "/api/runs", json=spec).status_code == 201
    absent = call("GET", place, params={"model": "nothing of this name"})
    assert is_problem(absent, 404) and "There is no model" in absent.json()["title"] + absent.json()["detail"]
    assert is_problem(call("GET", place, params={"model": "m", "max_tokens": 0}), 422)
    assert is_problem(call("POST", "/api/runs", json=spec | {"dataset": "absent"}), 422)


def test_a_map_by_a_model_that_is_not_there_is_refused_before_its_run(
    call: Caller, dataset: Dataset, workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(**model: Any) -> dict[str, str]:
        spec = {"task": "map", "dataset": dataset.id, "model": {"kind": "pretrained", **model}}
        answer = call("POST", "/api/runs", json=spec)
        assert is_problem(answer, 422)
        [mistake] = answer.json()["errors"]
        return mistake

    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "hub"))
    unknown = refused(source="nothing of this name")
    assert unknown["field"] == "model.source" and "there is no model “nothing of this name”" in unknown["message"]
    assert "hub id such as owner/name" in unknown["fix"]
    absent = refused(source="owner/name")
    assert absent["message"] == "the hub model “owner/name” is not on this machine"
    assert absent["fix"].startswith("Set model.allow_download to true, ")
    assert refused(source="owner/-name")["field"] == "model.source"  # no hub id, whatever it looks like
    assert not list(workspace.runs.glob("[!.]*"))
    place = f"/api/datasets/{dataset.id}/map"
    assert call.get(place, params={"model": "owner/name"})["needs_download"] is True
    assert call.get(place, params={"model": str(tmp_path)})["needs_download"] is False
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    offline = refused(source="owner/name", allow_download=True)
    assert "HF_HUB_OFFLINE=1 forbids" in offline["message"] and "HF_ENDPOINT" in offline["fix"]
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", False)
    allowed = {"kind": "pretrained", "source": "owner/name", "allow_download": True}
    spec = {"task": "map", "dataset": dataset.id, "model": allowed}
    assert call("POST", "/api/runs", json=spec).status_code == 201
    snapshot = tmp_path / "hub" / "models--owner--name"
    for path, text in (
        ("refs/main", "abc"),
        ("snapshots/abc/config.json", "{}"),
        ("snapshots/abc/model.safetensors", ""),
    ):
        (snapshot / path).parent.mkdir(parents=True, exist_ok=True)
        (snapshot / path).write_text(text)
    assert call.get(place, params={"model": "owner/name"})["needs_download"] is False
    del allowed["allow_download"]
    assert call("POST", "/api/runs", json=spec).status_code == 201
