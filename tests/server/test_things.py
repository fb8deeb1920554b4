"""Recipes, tokenizers, models, evaluations, exports and the built-in pages."""

from __future__ import annotations

import json
import re
import warnings
from pathlib import Path
from typing import Any

import pytest
from server_kit import PRETRAIN, TOKEN, Caller, a_dataset, a_model, a_run, is_problem, write_log

from tokenloom.data.importing import import_dataset
from tokenloom.data.tokenizer import train_tokenizer
from tokenloom.jobs.runs import create_run, read_spec
from tokenloom.kit.atomic import atomic_dir_commit
from tokenloom.kit.workspace import Workspace
from tokenloom.server import openapi, pages
from tokenloom.spec.data import FileSource
from tokenloom.spec.override import parse_run_spec
from tokenloom.spec.tokenizer import BpeTokenizer, ByteTokenizer
from tokenloom.tracking.log import LogWriter, log_path


def a_result(workspace: Workspace, spec: dict[str, Any], **result: Any) -> str:
    """A completed run of a task with its result event."""
    run_id = create_run(workspace, parse_run_spec(spec))
    with LogWriter(log_path(workspace.run(run_id))) as log:
        log.event({"type": "result", "result": result})
        log.event({"type": "state", "state": "completed"})
    return run_id


def test_the_schema_of_recipes_stands_alone_and_has_words_for_forms(call: Caller) -> None:
    schema = call.get("/api/schema/recipe")
    assert set(schema["tasks"]) >= {"import", "tokenizer", "pretrain", "finetune", "evaluate", "export", "generate"}
    assert all(name in schema["$defs"] for name in schema["tasks"].values())
    references = set(re.findall(r"#/\$defs/(\w+)", json.dumps(schema)))
    assert references <= schema["$defs"].keys()
    rate = schema["$defs"]["AdamW"]["properties"]["learning_rate"]
    assert rate["ui"] == {"scale": "log", "group": "training", "simple": True} and rate["description"]


def test_the_use_of_the_machine_is_told(call: Caller) -> None:
    told = call.get("/api/machine/use")
    assert 0 < told["memory_bytes"] <= told["memory_total_bytes"] and 0 <= told["cpu_percent"] <= 100
    assert told["disk_total_bytes"] > told["disk_bytes"] > 0


def test_every_preset_is_offered_and_resolves(call: Caller) -> None:
    presets = call.get("/api/recipes")["items"]
    assert presets
    for preset in presets:
        assert preset["title"] and preset["task"]
        found = call.get(f"/api/recipes/{preset['name']}")
        assert found["yaml"].startswith("#") and found["spec"]["task"] == preset["task"]
        assert ("text" in found["shapes"]) == ("objective" not in found["spec"] or "distillation" in found["name"])
        resolved = call("POST", "/api/recipes/resolve", json={"preset": preset["name"]}).json()
        assert resolved["valid"], resolved
    for name in (
        "nope",
        "../../etc/passwd",
        "/etc/passwd",
        "cpu%2F..%2Fcpu%2Ftiny-pretrain",
        "cpu//tiny-pretrain",
        "tiny-pretrain",
    ):
        assert call("GET", f"/api/recipes/{name}").status_code == 404


def test_a_draft_is_resolved_with_overrides_or_answered_by_field(call: Caller) -> None:
    draft = {"spec": PRETRAIN, "overrides": ["optimizer.learning_rate=1e-3", "tuning.kind=lora"]}
    resolved = call("POST", "/api/recipes/resolve", json=draft).json()
    assert resolved["valid"] and resolved["spec"]["optimizer"]["learning_rate"] == 0.001
    assert resolved["spec"]["tuning"]["rank"] == 16 and "learning_rate: 0.001" in resolved["yaml"]
    wrong = call(
        "POST", "/api/recipes/resolve", json={"yaml": "task: pretrain\ndata: {dataset: d}\nloop: {max_step: 3}"}
    ).json()
    assert not wrong["valid"] and wrong["spec"] is None
    assert wrong["errors"][0]["field"] == "loop.max_step" and "max_steps" in wrong["errors"][0]["fix"]
    assert not call("POST", "/api/recipes/resolve", json={"yaml": "a: [1"}).json()["valid"]
    assert not call("POST", "/api/recipes/resolve", json={}).json()["valid"]


def test_an_estimate_names_its_parts(call: Caller, workspace: Workspace) -> None:
    a_dataset(workspace, "words")
    estimate = call("POST", "/api/estimate", json=PRETRAIN).json()
    assert estimate["total_bytes"] == sum(estimate["parts_bytes"].values())
    assert is_problem(
        call("POST", "/api/estimate", json={"task": "import", "dataset": "x", "source": {"path": "y"}}), 422
    )


def test_the_model_of_a_recipe_is_told_from_its_modules(call: Caller, workspace: Workspace) -> None:
    a_dataset(workspace, "words")
    recipe = PRETRAIN | {"model": {"num_layers": 2, "hidden_size": 32, "num_heads": 4, "max_sequence_length": 64}}
    found = call("POST", "/api/architecture", json=recipe, params={"batch": 2, "sequence": 16}).json()
    assert (found["batch"], found["sequence"], found["facts"]["layers"]) == (2, 16, 2)
    assert found["root"]["parameters"] == call("POST", "/api/estimate", json=recipe).json()["parameters"]
    assert found["root"]["output_shape"][:2] == [2, 16] and found["root"]["flops"] > 0
    run = a_run(workspace, model=recipe["model"])
    of_run = call.get("/api/architecture", params={"model": run})
    assert of_run["root"]["parameters"] == found["root"]["parameters"], "of a run before its first checkpoint"
    assert is_problem(call("GET", "/api/architecture", params={"model": "nobody"}), 404)
    assert is_problem(
        call("POST", "/api/architecture", json={"task": "import", "dataset": "x", "source": {"path": "y"}}), 422
    )
    assert is_problem(call("POST", "/api/architecture", json=recipe, params={"batch": 0}), 422)


def test_a_tokenizer_is_listed_and_tried_on_a_text(call: Caller, workspace: Workspace, tmp_path: Path) -> None:
    path = tmp_path / "text.txt"
    path.write_text("\n\n".join(f"the quick brown fox number {n} jumps over the lazy dog" for n in range(200)))
    dataset = import_dataset(workspace, name="text", source=FileSource(path=str(path)))
    train_tokenizer(workspace, name="small", spec=BpeTokenizer(vocab_size=400), datasets=[dataset])
    assert [each["name"] for each in call.get("/api/tokenizers")["items"]] == ["small"]
    text = "the fox 🦊 12"
    preview = call("POST", "/api/tokenizers/small/preview", json={"text": text}).json()
    assert preview["text"] == text and "".join(dict.fromkeys(text[t["start"] : t["end"]] for t in preview["tokens"]))
    assert preview["tokens"][-1]["end"] == len(text)
    templated = call("POST", "/api/tokenizers/small/preview", json={"text": "hi", "template": "chatml"}).json()
    assert templated["text"].startswith("<|im_start|>user") and templated["tokens"][0]["special"]
    assert is_problem(call("POST", "/api/tokenizers/small/preview", json={"text": "hi", "template": "{{ broken"}), 422)
    assert is_problem(call("POST", "/api/tokenizers/none/preview", json={"text": "hi"}), 404)
    answer = call("POST", "/api/tokenizers", json={"tokenizer": "t", "datasets": ["text"]})
    assert read_spec(workspace.run(answer.json()["id"])).task == "tokenizer"
    assert call.get("/api/datasets/text/stats", params={"tokenizer": "small"})


def test_models_and_checkpoints_of_runs_are_listed_checked_and_registered(call: Caller, workspace: Workspace) -> None:
    run_id = a_run(workspace)
    write_log(workspace, run_id, rows=3, state="completed")
    for step in (10, 20):
        target = workspace.run(run_id) / "checkpoints" / f"step-{step}"
        with atomic_dir_commit(target, meta={"state": {"best_loss": 1.5}, "run": run_id, "step": step}) as folder:
            (folder / "model.safetensors").write_bytes(b"weights" * step)
    assert [model["reference"] for model in call.get("/api/models")["items"]] == [f"{run_id}@20"]
    checkpoints = call.get("/api/checkpoints", params={"run": run_id, "verify": True})["items"]
    assert [(each["step"], each["bytes"], each["problems"]) for each in checkpoints] == [(10, 70, []), (20, 140, [])]
    model = call("POST", "/api/models", json={"model": f"{run_id}@10", "name": "good"}).json()
    assert model["reference"] == "good@1" and model["kind"] == "registered"
    assert [each["kind"] for each in call.get("/api/models")["items"]] == ["registered", "run"]
    (workspace.run(run_id) / "checkpoints" / "step-20" / "model.safetensors").write_bytes(b"broken")
    damaged = call.get("/api/checkpoints", params={"run": run_id, "verify": True})["items"][1]
    assert "6 bytes instead of 140" in damaged["problems"][0]
    assert call("DELETE", f"/api/checkpoints/{run_id}/20").json()["deleted"] == f"{run_id}@20"
    assert call("DELETE", "/api/models/good").json()["deleted"] == "good@1"
    assert is_problem(call("DELETE", f"/api/checkpoints/{run_id}/20"), 404)
    assert is_problem(call("POST", "/api/models", json={"model": "nothing", "name": "x"}), 404)


def test_evaluations_show_numbers_and_rows(call: Caller, workspace: Workspace) -> None:
    spec = {"task": "evaluate", "model": {"source": "r@1"}, "data": {"dataset": "d"}}
    metrics = {"bleu": 0.25, "loss": float("nan")}
    run_id = a_result(
        workspace, spec, kind="evaluation", model="r@1", dataset="d@1", split="test", rows=3, metrics=metrics
    )
    (workspace.run(run_id) / "artifacts").mkdir()
    rows = [json.dumps({"prompt": f"p{n}", "answer": "</script>"}) for n in range(3)]
    (workspace.run(run_id) / "artifacts" / "rows.jsonl").write_text("\n".join(rows) + "\n")
    listed = call.get("/api/evaluations")["items"]
    assert [(each["id"], each["metrics"], each["dataset"]) for each in listed] == [
        (run_id, {"bleu": 0.25, "loss": None}, "d@1")
    ]
    page = call.get(f"/api/evaluations/{run_id}/rows", params={"limit": 2})
    assert [row["prompt"] for row in page["items"]] == ["p0", "p1"]
    page = call.get(f"/api/evaluations/{run_id}/rows", params={"limit": 2, "cursor": page["next_cursor"]})
    assert [row["prompt"] for row in page["items"]] == ["p2"] and page["next_cursor"] == ""
    assert is_problem(call("GET", f"/api/evaluations/{a_run(workspace)}"), 404)
    a_dataset(workspace, "d")
    model = {"source": a_model(workspace)}
    started = call("POST", "/api/evaluations", json={"model": model, "data": {"dataset": "d"}})
    assert call.get(f"/api/evaluations/{started.json()['id']}")["state"] == "queued"


def test_an_exports_files_are_saved_never_shown_and_nothing_else_is(call: Caller, workspace: Workspace) -> None:
    folder = workspace.exports / "out"
    with atomic_dir_commit(folder) as temporary:
        (temporary / "config.json").write_text("{}")
        (temporary / "a <b>.html").write_text("<script>alert(1)</script>")
    (folder / "secret.txt").write_text("not of the export")
    spec = {"task": "export", "model": {"source": "r@1"}}
    run_id = a_result(workspace, spec, folder=str(folder), files={"config.json": 2}, proof={"ok": True}, model="r@1")
    assert call.get("/api/exports")["items"][0]["files"] == {"config.json": 2}
    answer = call("GET", f"/api/exports/{run_id}/files/config.json")
    assert answer.content == b"{}" and answer.headers["content-type"] == "application/octet-stream"
    html = call("GET", f"/api/exports/{run_id}/files/a <b>.html")
    assert html.status_code == 200 and html.headers["content-disposition"].startswith("attachment; ")
    assert "sandbox" in html.headers["content-security-policy"]
    for name in (
        "secret.txt",
        "manifest.json",
        "..%2fout%2fconfig.json",
        "%2e%2e/out/config.json",
        "%00",
        "config.json%00",
        "/etc/passwd",
        "..\\x",
    ):
        assert call("GET", f"/api/exports/{run_id}/files/{name}").status_code in (403, 404), name
    waiting = call("POST", "/api/exports", json={"model": {"source": str(folder)}}).json()["id"]
    assert is_problem(call("GET", f"/api/exports/{waiting}/files/config.json"), 404)


def test_text_that_is_not_there_in_time_is_answered_with_what_there_is(call: Caller, workspace: Workspace) -> None:
    model = {"source": a_model(workspace)}
    answer = call("POST", "/api/generate?wait=0.2", json={"model": model, "prompt": "Hello"})
    assert answer.status_code == 200
    assert (answer.json()["state"], answer.json()["text"]) == ("queued", "")
    assert read_spec(workspace.run(answer.json()["run"])).prompt == "Hello"
    assert is_problem(call("POST", "/api/generate", json={"model": {"source": "r@1"}}), 422, "spec")


def test_the_document_of_the_api_is_the_same_each_time_and_complete(call: Caller) -> None:
    with (
        warnings.catch_warnings()
    ):  # FastAPI hides some while a route is made, so what it reads of requests is built then
        warnings.simplefilter("error")
        text = openapi.text(call.app)
    call.app.openapi_schema = None
    assert openapi.text(call.app) == text
    assert call("GET", "/api/openapi.json").text == text
    document = json.loads(text)
    references = set(re.findall(r'"#/components/schemas/([^"]+)"', text))
    assert references <= document["components"]["schemas"].keys()
    identifiers = [operation["operationId"] for operation in openapi.operations(document)]
    assert len(set(identifiers)) == len(identifiers)
    for operation in openapi.operations(document):
        assert operation["responses"]["4XX"]["content"]["application/problem+json"]
        assert operation.get("description"), operation["operationId"]


def test_the_committed_document_is_the_current_one(call: Caller) -> None:
    committed = Path(__file__).parents[2] / "web" / "openapi.json"
    assert committed.read_text(encoding="utf-8") == openapi.text(call.app), "run `make gen`"


def test_the_built_in_pages_hold_no_script_and_name_no_other_host(call: Caller) -> None:
    for path in ("/", "/api/docs"):
        page = call("GET", path)
        assert page.status_code == 200 and page.headers["content-type"].startswith("text/html")
        assert (
            "<script" not in page.text
            and "style=" not in page.text
            and "http://" not in page.text
            and "https://" not in page.text
        )
    assert "/api/runs/{id}/stream" in call("GET", "/api/docs").text
    assert call("GET", "/static/page.css").headers["content-type"].startswith("text/css")
    assert is_problem(call("GET", "/static/other"), 404) and is_problem(call("GET", "/somewhere"), 404)


def test_a_built_studio_is_served_with_deep_links_below_any_prefix(
    call: Caller, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text("<html><head></head><body>the studio</body></html>")
    (tmp_path / "assets" / "app-1a.js").write_text("1")
    monkeypatch.setattr(pages, "STUDIO", tmp_path)
    call.app.root_path = "/team"
    for path in ("/", "/runs/abc", "/datasets/x/rows"):
        assert '<head><base href="/team/">' in call("GET", path).text, path
    script = call("GET", "/assets/app-1a.js")
    assert (
        script.headers["content-type"].startswith("text/javascript") and "immutable" in script.headers["cache-control"]
    )
    assert call("GET", "/assets/gone.js").status_code == 404
    (tmp_path / "assets" / "app-1a.js.br").write_bytes(b"packed")
    packed = call("GET", "/assets/app-1a.js", headers={"accept-encoding": "gzip, br"})
    assert packed.headers["content-encoding"] == "br" and packed.headers["content-type"].startswith("text/javascript")
    plain = call("GET", "/assets/app-1a.js", headers={"accept-encoding": "identity"})
    assert "content-encoding" not in plain.headers and plain.text == "1"
    assert call("GET", "/assets/app-1a.js.br").status_code == 404, "a packed form is no page of its own"
    first, second = call("GET", "/"), call("GET", "/")
    nonces = {re.search(r"csp-nonce\" nonce=\"([^\"]+)", page.text)[1] for page in (first, second)}  # type: ignore[index]
    assert len(nonces) == 2, "a nonce is used once"
    assert any(f"'nonce-{nonce}'" in first.headers["content-security-policy"] for nonce in nonces)
    assert "unsafe" not in first.headers["content-security-policy"]
    assert call("GET", "/icon.svg").status_code == 204
    (tmp_path / "icon.svg").write_text("<svg/>")
    assert Caller(call.app, None)("GET", "/icon.svg").headers["content-type"] == "image/svg+xml"
    assert Caller(call.app, None)("GET", "/runs/abc").status_code == 401
    assert TOKEN not in script.text


def test_a_schedule_is_drawn_with_the_numbers_of_training(call: Caller) -> None:
    asked = {"schedule": {"kind": "linear", "warmup_ratio": 0.1}, "learning_rate": 0.01, "steps": 100}
    curve = call("POST", "/api/recipes/schedule", json=asked).json()
    assert (curve["steps"][0], curve["steps"][-1]) == (0, 99)
    assert curve["rates"][:10] == pytest.approx([0.001 * (step + 1) for step in range(10)])
    assert curve["rates"][-1] == pytest.approx(0.01 / 90)
    for kind in ("constant", "cosine", "wsd", "polynomial", "inverse_sqrt", "one_cycle"):
        assert len(call("POST", "/api/recipes/schedule", json={"schedule": {"kind": kind}}).json()["rates"]) == 200


@pytest.mark.parametrize(
    ("asked", "word"),
    [
        ({"schedule": {"kind": "cosin"}}, "Did you mean kind: cosine?"),
        ({"schedule": {"kind": "linear", "warmup_steps": 3, "warmup_ratio": 0.1}}, "Leave one of them out"),
        ({"schedule": {"kind": "cosine"}, "steps": 0}, "steps"),
        ({"schedule": {"kind": "cosine"}, "learning_rate": -1}, "learning_rate"),
    ],
)
def test_a_schedule_that_cannot_be_drawn_says_why(call: Caller, asked: dict[str, Any], word: str) -> None:
    answer = call("POST", "/api/recipes/schedule", json=asked)
    assert answer.status_code == 422
    assert word in answer.text


def test_the_lab_measures_compares_and_finds_words(call: Caller, workspace: Workspace, tmp_path: Path) -> None:
    path = tmp_path / "text.txt"
    path.write_text("\n\n".join(f"the quick brown fox number {n} jumps over the dog" for n in range(60)))
    dataset = import_dataset(workspace, name="text", source=FileSource(path=str(path)))
    train_tokenizer(workspace, name="small", spec=BpeTokenizer(vocab_size=300), datasets=[dataset])
    train_tokenizer(workspace, name="bytes", spec=ByteTokenizer(), datasets=[dataset])
    query = {"dataset": dataset.name}
    fit = call.get("/api/tokenizers/small/fit", params=query)
    told = call.get("/api/tokenizers/bytes/compare", params={**query, "other": "small", "hidden_size": 10})
    assert told["first"]["name"] == "bytes@1" and told["first"]["tokens"] == told["first"]["bytes"]
    assert (
        told["second"]["tokens"] == fit["tokens"] and told["second"]["embedding_parameters"] == 10 * fit["vocab_size"]
    )
    found = call.get("/api/tokenizers/small/candidates", params={**query, "min_frequency": 2})
    assert (
        found["tokens_after"]
        <= found["tokens_before"]
        == call.get("/api/tokenizers/small/fit", params={**query, "split": "train"})["tokens"]
    )
    assert is_problem(call("GET", "/api/tokenizers/bytes/candidates", params=query), 422)
    assert is_problem(call("GET", "/api/tokenizers/small/fit", params={"dataset": "nope"}), 404)


def test_versions_are_compared_described_and_traced(call: Caller, workspace: Workspace, tmp_path: Path) -> None:
    versions = []
    for extra in (0, 2):
        path = tmp_path / f"{extra}.jsonl"
        rows = [{"id": n, "prompt": f"p{n}", "completion": f"c{n + extra * (n == 3)}"} for n in range(20 + extra)]
        path.write_text("\n".join(map(json.dumps, rows)))
        versions.append(import_dataset(workspace, name="d", source=FileSource(path=str(path))))
    told = call.get("/api/datasets/d@2/diff", params={"other": "d@1", "key": "id"})
    assert told["counts"] == {"added": 2, "removed": 0, "changed": 1, "moved": told["counts"]["moved"], "same": 19}
    assert told["items"][0]["before"]["completion"] == "c3" and told["items"][0]["after"]["completion"] == "c5"
    added = call.get("/api/datasets/d@2/diff", params={"other": "d@1", "key": "id", "show": "added", "limit": 1})
    assert added["next_cursor"] == "1" and added["items"][0]["before"] is None
    assert is_problem(call("GET", "/api/datasets/d@2/diff", params={"other": "d@1", "key": "nope"}), 404)
    assert call("PUT", "/api/datasets/d/card", json={"words": "Mine"}).json()["words"] == "Mine"
    saved = call("GET", "/api/datasets/d/card/file")
    assert "Mine" in saved.text and saved.headers["content-disposition"].startswith("attachment")
    graph = call.get("/api/lineage", params={"kind": "dataset", "of": "d"})
    assert [node["id"] for node in graph["nodes"]] == [versions[1].id]
    assert is_problem(call("GET", "/api/lineage", params={"kind": "run", "of": "nope"}), 404)


def test_the_disk_is_told_cleaned_and_limited(call: Caller, workspace: Workspace) -> None:
    (workspace.tokens / "x").mkdir()
    (workspace.tokens / "x" / "tokens.bin").write_bytes(b"x" * 9000)
    told = call.get("/api/disk")
    assert {area["name"] for area in told["areas"]} >= {"datasets", "tokens", "runs", "uploads"} and told[
        "quota"
    ] is None
    freed = call("POST", "/api/disk/clean", json={"what": ["tokens"]}).json()["freed"]["tokens"]
    assert freed > 0 and call.get("/api/disk")["bytes"] == told["bytes"] - freed
    (workspace.exports / "kept.bin").write_bytes(b"x" * 9000)
    assert call("PUT", "/api/disk/quota", json={"bytes": 1}).status_code == 200
    assert is_problem(call("POST", "/api/datasets", json={"dataset": "d", "path": "/nowhere"}), 507)
    assert is_problem(call("POST", "/api/disk/clean", json={"what": ["datasets"]}), 422)
