"""Uploads: refused by length first, resumed after every cut, the same bytes at the end."""

from __future__ import annotations

import base64
import hashlib
import os
import random
import socket
import time
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from fastapi import FastAPI
from server_kit import TOKEN, Caller, is_problem, live_server, upload_folder

from tokenloom.data.blobs import BlobStore
from tokenloom.kit.workspace import Workspace
from tokenloom.server import uploads as store
from tokenloom.server.app import create_app

CONTENT = random.Random(1).randbytes(3_000_000)
SHA256 = hashlib.sha256(CONTENT).hexdigest()
PIECE = {"content-type": "application/offset+octet-stream", "tus-resumable": "1.0.0"}


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def opened(call: Caller, length: int = len(CONTENT), **metadata: str) -> str:
    pairs = ",".join(f"{key} {encoded(value)}" for key, value in metadata.items())
    answer = call(
        "POST",
        "/api/uploads",
        headers={"upload-length": str(length), "upload-metadata": pairs, "tus-resumable": "1.0.0"},
    )
    assert answer.status_code == 201, answer.text
    return answer.headers["location"]


def offset_of(call: Caller, place: str) -> int:
    answer = call("HEAD", place, headers={"tus-resumable": "1.0.0"})
    assert answer.status_code == 200 and answer.headers["cache-control"] == "no-store"
    return int(answer.headers["upload-offset"])


def cut_line(address: str, place: str, offset: int, piece: bytes, announced: int) -> None:
    """Announce more than is sent, then hang up."""
    target = urlsplit(address)
    head = (
        f"PATCH {place} HTTP/1.1\r\nHost: {target.netloc}\r\nAuthorization: Bearer {TOKEN}\r\nTus-Resumable: 1.0.0\r\n"
        f"Content-Type: application/offset+octet-stream\r\nUpload-Offset: {offset}\r\nContent-Length: {announced}\r\n\r\n"
    )
    with socket.create_connection((target.hostname, target.port)) as line:
        line.sendall(head.encode() + piece)
        time.sleep(0.15)  # the line breaks after the bytes have arrived, as lines do


def settled_offset(app: FastAPI, call: Caller, place: str) -> int:
    """Where the upload stands once the server has noticed that the line is gone."""
    for _ in range(3000):
        if not app.state.studio.uploads._writing:
            break
        time.sleep(0.02)
    return offset_of(call, place)


def test_an_upload_in_one_piece_is_stored_by_its_hash(call: Caller, workspace: Workspace) -> None:
    place = opened(call, filename="../../etc/pass wd.JSONL")
    answer = call("PATCH", place, headers=PIECE | {"upload-offset": "0"}, content=CONTENT)
    assert answer.status_code == 204 and answer.headers["upload-offset"] == str(len(CONTENT))
    assert answer.headers["x-content-sha256"] == SHA256
    upload = call.get(place)
    assert (upload["sha256"], upload["offset"], upload["name"]) == (SHA256, len(CONTENT), "../../etc/pass wd.JSONL")
    assert BlobStore(workspace).get(SHA256).path.read_bytes() == CONTENT
    named = call.app.state.studio.uploads.file_of(upload["id"])
    assert named == upload_folder(workspace, upload["id"]) / "content.jsonl"
    assert call.get("/api/uploads")["items"] == [upload]
    assert is_problem(call("PATCH", place, headers=PIECE | {"upload-offset": str(len(CONTENT))}, content=b"x"), 413)


def test_an_upload_cut_at_five_places_and_two_restarts_is_the_same_file(workspace: Workspace) -> None:
    cuts = [1, 70_001, 1_048_576, 1_900_000, 2_999_999]
    place, done, kept = "", 0, 0
    for number, cut in enumerate(cuts):
        app = create_app(workspace, token=TOKEN)  # a new server each time
        call = Caller(app)
        place = place or opened(call, filename="big.bin")
        assert offset_of(call, place) == done
        with live_server(app) as address:
            announced = len(CONTENT) - done if number % 2 else cut - done + 1
            cut_line(address, place, done, CONTENT[done:cut], announced)
            after = settled_offset(app, call, place)
        assert done <= after <= cut
        kept += after == cut
        done = after
    assert kept >= 3  # what had arrived stayed
    call = Caller(create_app(workspace, token=TOKEN))
    answer = call("PATCH", place, headers=PIECE | {"upload-offset": str(done)}, content=CONTENT[done:])
    assert answer.headers["x-content-sha256"] == SHA256
    assert BlobStore(workspace).get(SHA256).path.read_bytes() == CONTENT


def test_too_large_is_refused_by_its_length(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    call = Caller(create_app(workspace, token=TOKEN, max_upload_bytes=1000))
    assert is_problem(call("POST", "/api/uploads", headers={"upload-length": "1001"}), 413)
    place = opened(call, length=1000)
    assert is_problem(call("PATCH", place, headers=PIECE | {"upload-offset": "0"}, content=b"x" * 1001), 413)
    assert offset_of(call, place) == 0

    def chunks() -> Iterator[bytes]:  # no announced length: counted as it comes
        yield from [b"x" * 400] * 4

    async def slowly() -> object:
        for chunk in chunks():
            yield chunk

    assert is_problem(call("PATCH", place, headers=PIECE | {"upload-offset": "0"}, content=slowly()), 413)
    assert offset_of(call, place) == 0
    monkeypatch.setattr(store, "room_for", lambda _workspace, wanted: wanted < 1500)
    assert is_problem(call("POST", "/api/uploads", headers={"upload-length": "501"}), 413)  # 1000 are promised already
    assert call("POST", "/api/uploads", headers={"upload-length": "499"}).status_code == 201


def test_a_wrong_offset_is_a_conflict_and_changes_nothing(call: Caller) -> None:
    place = opened(call)
    call("PATCH", place, headers=PIECE | {"upload-offset": "0"}, content=CONTENT[:100])
    for offset in ("0", "99", "101"):
        assert is_problem(
            call("PATCH", place, headers=PIECE | {"upload-offset": offset}, content=b"abc"), 409, "offset"
        )
    assert offset_of(call, place) == 100


def test_a_piece_that_does_not_match_its_checksum_is_taken_back(call: Caller) -> None:
    place = opened(call)
    good = base64.b64encode(hashlib.sha256(CONTENT[:500]).digest()).decode()
    headers = PIECE | {"upload-offset": "0", "upload-checksum": f"sha256 {good}"}
    assert is_problem(call("PATCH", place, headers=headers, content=CONTENT[1:501]), 460, "checksum")
    assert offset_of(call, place) == 0
    assert call("PATCH", place, headers=headers, content=CONTENT[:500]).status_code == 204
    for wrong in ("md5 abc", "sha256 ???", "sha256 YWJj"):
        headers = PIECE | {"upload-offset": "500", "upload-checksum": wrong}
        assert is_problem(call("PATCH", place, headers=headers, content=b"x"), 400)


def test_a_whole_file_that_is_not_the_announced_one_starts_again(call: Caller, workspace: Workspace) -> None:
    place = opened(call, filename="a", sha256=SHA256)
    damaged = CONTENT[:-1] + bytes([CONTENT[-1] ^ 1])
    assert is_problem(call("PATCH", place, headers=PIECE | {"upload-offset": "0"}, content=damaged), 460)
    assert offset_of(call, place) == 0
    assert call("PATCH", place, headers=PIECE | {"upload-offset": "0"}, content=CONTENT).status_code == 204


def test_the_same_content_twice_takes_its_space_once(call: Caller, workspace: Workspace) -> None:
    for _ in range(2):
        call("PATCH", opened(call), headers=PIECE | {"upload-offset": "0"}, content=CONTENT)
    assert BlobStore(workspace).num_bytes() == len(CONTENT)
    assert not list(workspace.root.glob("uploads/*/data"))


def test_an_upload_can_be_given_up(call: Caller, workspace: Workspace) -> None:
    place = opened(call)
    assert call("DELETE", place, headers={"tus-resumable": "1.0.0"}).status_code == 204
    assert call("HEAD", place).status_code == 404
    assert is_problem(call("DELETE", place), 404)
    assert not list((workspace.root / "uploads").iterdir())


def test_the_protocol_is_told_and_its_headers_are_checked(call: Caller) -> None:
    told = call("OPTIONS", "/api/uploads")
    assert told.status_code == 204
    assert told.headers["tus-version"] == "1.0.0" and told.headers["tus-extension"] == "creation,termination,checksum"
    place = opened(call)
    assert is_problem(call("POST", "/api/uploads", headers={"upload-length": "1", "tus-resumable": "0.2.2"}), 412)
    assert is_problem(call("POST", "/api/uploads"), 400)
    assert is_problem(call("POST", "/api/uploads", headers={"upload-length": "-1"}), 422)
    assert is_problem(call("POST", "/api/uploads", headers={"upload-length": "9" * 400}), 422)
    assert is_problem(call("POST", "/api/uploads", headers={"upload-length": "1", "upload-metadata": "name ???"}), 400)
    assert is_problem(call("POST", "/api/uploads", headers={"upload-length": "1", "upload-metadata": "a" * 9000}), 400)
    assert is_problem(
        call("PATCH", place, headers={"upload-offset": "0", "content-type": "text/plain"}, content=b"x"), 415
    )
    assert is_problem(call("PATCH", place, headers=PIECE, content=b"x"), 400)


def test_an_empty_file_is_an_upload_too(call: Caller) -> None:
    assert call.get(opened(call, length=0))["sha256"] == hashlib.sha256(b"").hexdigest()


def test_a_crash_between_the_last_byte_and_the_hash_is_healed(call: Caller, workspace: Workspace) -> None:
    upload_id = opened(call).rpartition("/")[2]
    (upload_folder(workspace, upload_id) / "data").write_bytes(CONTENT)
    assert call.app.state.studio.uploads.file_of(upload_id).read_bytes() == CONTENT
    assert call.get(f"/api/uploads/{upload_id}")["sha256"] == SHA256


def test_unfinished_uploads_are_cleared_away_after_a_long_time(call: Caller, workspace: Workspace) -> None:
    old, young = opened(call).rpartition("/")[2], opened(call).rpartition("/")[2]
    long_ago = time.time() - store.STALE_SECONDS - 60
    os.utime(upload_folder(workspace, old) / "data", (long_ago, long_ago))
    opened(call)
    assert call("HEAD", f"/api/uploads/{old}").status_code == 404
    assert call("HEAD", f"/api/uploads/{young}").status_code == 200


def test_two_writers_of_one_upload_do_not_mix(app: FastAPI, call: Caller) -> None:
    place = opened(call)
    with live_server(app) as address:
        target = urlsplit(address)
        head = (
            f"PATCH {place} HTTP/1.1\r\nHost: {target.netloc}\r\nAuthorization: Bearer {TOKEN}\r\n"
            f"Content-Type: application/offset+octet-stream\r\nUpload-Offset: 0\r\nContent-Length: 1000\r\n\r\n"
        )
        with socket.create_connection((target.hostname, target.port)) as line:
            line.sendall(head.encode() + b"a" * 10)
            for _ in range(1500):
                if app.state.studio.uploads._writing:
                    break
                time.sleep(0.02)
            assert is_problem(
                call("PATCH", place, headers=PIECE | {"upload-offset": "0"}, content=b"b" * 10), 423, "locked"
            )


def test_the_list_tells_of_every_upload_newest_first(call: Caller, workspace: Workspace) -> None:
    assert call.get("/api/uploads")["items"] == []  # no folder yet
    places = [opened(call, filename=f"{number}.csv") for number in range(3)]
    call("PATCH", places[0], headers=PIECE | {"upload-offset": "0"}, content=CONTENT)
    call("PATCH", places[1], headers=PIECE | {"upload-offset": "0"}, content=CONTENT[:1000])
    listed = call.get("/api/uploads")
    assert [(each["name"], each["offset"], each["sha256"]) for each in listed["items"]] == [
        ("2.csv", 0, ""),
        ("1.csv", 1000, ""),
        ("0.csv", len(CONTENT), SHA256),
    ]
    assert {each["length"] for each in listed["items"]} == {len(CONTENT)} and listed["total"] == 3
    first = call.get("/api/uploads?limit=2")
    rest = call.get(f"/api/uploads?limit=2&cursor={first['next_cursor']}")
    assert first["items"] + rest["items"] == listed["items"] and rest["next_cursor"] == ""
    assert call("DELETE", places[1]).status_code == 204
    assert [each["name"] for each in call.get("/api/uploads")["items"]] == ["2.csv", "0.csv"]


def test_a_damaged_upload_hides_no_other(call: Caller, workspace: Workspace) -> None:
    ids = [opened(call, filename=f"{number}.csv").rpartition("/")[2] for number in range(4)]
    (upload_folder(workspace, ids[0]) / "info.json").write_text('{"id": "')
    (upload_folder(workspace, ids[1]) / "info.json").write_text('{"id": 7, "surprise": true}')
    (upload_folder(workspace, ids[2]) / "data").unlink()
    (workspace.root / "uploads" / "stray.txt").write_text("not an upload")
    assert [each["id"] for each in call.get("/api/uploads")["items"]] == [ids[3]]
    for damaged in ids[:3]:
        assert is_problem(call("GET", f"/api/uploads/{damaged}"), 404)
    assert opened(call)  # and new ones can be opened beside them
