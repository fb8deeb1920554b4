"""Files from the web: kept by content, resumed, bounded, and never from a host that was not checked."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Any

import pytest

from tokenloom.data.importing import import_dataset
from tokenloom.data.progress import Watch
from tokenloom.data.source import Files, Place, opened
from tokenloom.kit.errors import DataError, Denied, Interrupted
from tokenloom.kit.ids import sha256_of
from tokenloom.spec.sources import UrlSource

LINES = b"".join(b'{"text": "row %d"}\n' % number for number in range(40_000))


def _fetch(place: Place, url: str, **settings: Any) -> Files:
    found = opened(UrlSource(url=url, **settings), place)
    assert isinstance(found, Files)
    return found


def test_a_file_is_fetched_once_and_asked_for_again(site: Any, place: Place) -> None:
    site.pages["/a/data.jsonl"], site.etags["/a/data.jsonl"] = LINES, '"one"'
    [file] = _fetch(place, f"{site.url}/a/data.jsonl?x=1".removesuffix("?x=1")).files
    assert file.name == "data.jsonl" and file.path.read_bytes() == LINES
    assert sha256_of(file.path) == file.path.name, "it lies among the blobs"
    asked = len(site.asked)
    [again] = _fetch(place, f"{site.url}/a/data.jsonl").files
    assert again == file and len(site.asked) == asked + 1
    site.pages["/a/data.jsonl"], site.etags["/a/data.jsonl"] = LINES[:190], '"two"'
    assert _fetch(place, f"{site.url}/a/data.jsonl").files[0].path.read_bytes() == LINES[:190]


def test_an_import_from_an_address_is_a_dataset_like_any_other(site: Any, place: Place) -> None:
    site.pages["/get"] = b"question;answer\na;b\nc;d\n"
    site.headers["Content-Disposition"] = 'attachment; filename="../../etc/faq.csv"'
    dataset = import_dataset(place.workspace, name="faq", source=UrlSource(url=f"{site.url}/get"))
    assert dataset.report()["files"][0]["name"] == "faq.csv" and dataset.count() == 2
    assert dataset.meta["source"]["kind"] == "url"


def test_a_cut_line_goes_on_where_it_broke(site: Any, place: Place) -> None:
    site.pages["/d"], site.etags["/d"] = LINES, '"one"'
    site.cut["/d"] = [len(LINES), 100_000, 300_000]
    told: list[int] = []
    [file] = _fetch(Place(place.workspace, Watch(lambda done, *_: told.append(done))), f"{site.url}/d").files
    assert file.path.read_bytes() == LINES
    begun = [begin for _, begin, _ in site.asked if begin]
    assert len(begun) == 2 and begun[0] == "bytes=100000-" and begun[1] == "bytes=400000-"
    assert told and told == sorted(told)


def test_the_next_import_goes_on_too_unless_the_file_changed(site: Any, place: Place) -> None:
    site.pages["/d"], site.etags["/d"] = LINES, '"one"'
    calls = 0

    def stop() -> bool:
        nonlocal calls
        calls += 1
        return calls > 2

    with pytest.raises(Interrupted):
        _fetch(Place(place.workspace, Watch(None, stop)), f"{site.url}/d")
    [part] = (place.workspace.cache / "sources").glob("*/part")
    half = part.stat().st_size
    assert 0 < half < len(LINES)
    _fetch(place, f"{site.url}/d")
    assert site.asked[-1][1] == f"bytes={half}-" and not part.exists()
    calls = 0
    site.etags["/d"], site.pages["/d"] = '"two"', LINES[:700_000]
    with pytest.raises(Interrupted):
        _fetch(Place(place.workspace, Watch(None, stop)), f"{site.url}/d")
    site.etags["/d"], site.pages["/d"] = '"three"', LINES[:600_000]
    assert _fetch(place, f"{site.url}/d").files[0].path.read_bytes() == LINES[:600_000]
    assert site.asked[-1][1] == ""


def test_a_server_without_ranges_or_marks_is_read_from_the_start(site: Any, place: Place) -> None:
    site.pages["/d"] = LINES
    site.cut["/d"] = [len(LINES), 5_000, 70_000]
    assert _fetch(place, f"{site.url}/d").files[0].path.read_bytes() == LINES
    assert all(not begin for _, begin, _ in site.asked)


def test_a_line_that_always_breaks_is_given_up_and_says_what_is_kept(site: Any, place: Place) -> None:
    site.pages["/d"], site.etags["/d"] = LINES, '"one"'
    site.cut["/d"] = [len(LINES), 10_000, *[0] * 20]
    with pytest.raises(DataError, match="could not be fetched") as caught:
        _fetch(place, f"{site.url}/d")
    assert "goes on there" in caught.value.hint


def test_too_large_a_file_is_refused_by_its_length_or_on_the_way(site: Any, place: Place) -> None:
    site.pages["/d"] = bytes(3_000_000)
    with pytest.raises(DataError, match="more than 2 MB"):
        _fetch(place, f"{site.url}/d", max_megabytes=2)
    assert list((place.workspace.blobs).rglob("*")) == []


def test_a_wrong_hash_is_refused_and_forgotten(site: Any, place: Place) -> None:
    site.pages["/d"] = LINES
    with pytest.raises(DataError, match="SHA-256"):
        _fetch(place, f"{site.url}/d", sha256="0" * 64)


@pytest.mark.parametrize("status", ["/missing"])
def test_an_answer_that_is_none_says_so(site: Any, place: Place, status: str) -> None:
    with pytest.raises(DataError, match="answered 404") as caught:
        _fetch(place, site.url + status)
    assert caught.value.hint


def test_redirects_are_followed_and_each_host_is_checked(site: Any, place: Place) -> None:
    site.pages["/end/x.jsonl"] = LINES[:190]
    site.redirects |= {"/1": "/2", "/2": f"{site.url}/end/x.jsonl", "/loop": "/loop"}
    assert _fetch(place, f"{site.url}/1").files[0].name == "x.jsonl"
    with pytest.raises(DataError, match="more than 10 times"):
        _fetch(place, f"{site.url}/loop")
    for inside in (
        "http://169.254.169.254/latest",
        "http://127.0.0.1:1/x",
        "http://[::1]/",
        "file:///etc/passwd",
        "ftp://x/y",
    ):
        site.redirects["/away"] = inside
        with pytest.raises((Denied, DataError)):
            _fetch(place, f"{site.url}/away")
    assert all(host == site.url.removeprefix("http://") for _, _, host in site.asked)


def test_the_connection_goes_to_the_address_that_was_checked(
    site: Any, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name that changes its address between the check and the connection gains nothing: it is resolved once."""
    site.pages["/d.jsonl"] = LINES[:190]
    port = int(site.url.rpartition(":")[2])
    monkeypatch.setenv("TOKENLOOM_ALLOWED_HOSTS", f"data.test:{port}")
    asked: list[str] = []
    real = socket.getaddrinfo

    def resolve(host: Any, *rest: Any, **more: Any) -> Any:
        if host != "data.test":
            return real(host, *rest, **more)
        asked.append(host)
        return real("127.0.0.1", *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    assert _fetch(place, f"http://data.test:{port}/d.jsonl").files[0].path.read_bytes() == LINES[:190]
    assert len(asked) == len(site.asked), "one look-up for each request, none by the client"
    assert {host for _, _, host in site.asked} == {f"data.test:{port}"}


def test_a_host_that_is_not_there_is_named(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOKENLOOM_ALLOWED_HOSTS", "127.0.0.1:9")
    with pytest.raises(DataError, match="cannot be reached"):
        _fetch(place, "http://127.0.0.1:9/x")
    with pytest.raises(DataError, match="cannot be found"):
        _fetch(place, "http://no-such-host.invalid/x")


def test_a_zip_from_an_address_is_a_folder(site: Any, place: Place, tmp_path: Path) -> None:
    import zipfile

    with zipfile.ZipFile(tmp_path / "z.zip", "w") as archive:
        archive.writestr("a.jsonl", '{"text": "a"}\n')
        archive.writestr("b.jsonl", '{"text": "b"}\n')
    site.pages["/z.zip"] = (tmp_path / "z.zip").read_bytes()
    dataset = import_dataset(place.workspace, name="z", source=UrlSource(url=f"{site.url}/z.zip"))
    assert [row["file"] for row in dataset.rows()] == ["a.jsonl", "b.jsonl"]
