"""Workers that are forked: what they do must not differ from those that are processes of their own from the start."""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tokenloom.jobs.launching.forked import ForkedWorker, connect, fork_worker
from tokenloom.jobs.launching.keeper import ForkServerKeeper
from tokenloom.jobs.launching.launch import launch_worker, models_are_loading, worker_environment
from tokenloom.jobs.runs import create_run, last_state
from tokenloom.kit.forkserver import SWITCH, address_for
from tokenloom.kit.workspace import Workspace
from tokenloom.spec.override import parse_run_spec
from tokenloom.tracking import query
from tokenloom.tracking.lease import read_lease

# A whole server, but with nothing to load: what a worker needs it imports itself.
SERVER = """
import sys
import tokenloom.worker.forkserver as server
server.LOADED, server.LOADED_AT_REST, server.LINGER_SECONDS = (), (), float(sys.argv[2])
sys.exit(server.main(sys.argv[1:2]))
"""

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="workers are forked on Linux alone")


class Server:
    def __init__(self, linger: float = 20.0) -> None:
        address = address_for(worker_environment())
        assert address is not None
        self.address = address
        self.process = subprocess.Popen([sys.executable, "-c", SERVER, str(address), str(linger)])
        until(lambda: connect(worker_environment()) is not None)

    def end(self) -> None:
        self.process.kill()
        self.process.wait()
        self.address.unlink(missing_ok=True)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Server]:
    monkeypatch.setenv("TOKENIZERS_OF_THIS_TEST", str(tmp_path))  # an address of its own
    started = Server()
    yield started
    started.end()


def until(condition: object, seconds: float = 60.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


def import_run(workspace: Workspace, rows: int = 50, **more: object) -> str:
    source = workspace.root / "rows.jsonl"
    source.write_text("".join(f'{{"text": "row {number}"}}\n' for number in range(rows)))
    recipe = {"task": "import", "dataset": "rows", "source": {"kind": "file", "path": str(source)}, **more}
    return create_run(workspace, parse_run_spec(recipe))


def launched(workspace: Workspace, run_id: str) -> ForkedWorker:
    worker = launch_worker(workspace, workspace.run(run_id))
    assert isinstance(worker, ForkedWorker)
    return worker


def test_a_forked_worker_does_its_run_to_the_end(server: Server, workspace: Workspace) -> None:
    run_id = import_run(workspace)
    worker = launched(workspace, run_id)
    assert os.getpgid(worker.pid) == os.getsid(worker.pid) == worker.pid, (
        "whoever kills the group kills the worker alone"
    )
    assert worker.wait(timeout=60) == 0
    assert last_state(workspace.run(run_id))["state"] == "completed"
    assert query.events(workspace.run(run_id), ["result"])[-1]["result"]["rows"]["good"] == 50
    assert read_lease(workspace.run(run_id)) is None
    assert server.process.poll() is None


def test_its_exit_status_and_its_words_arrive(server: Server, workspace: Workspace) -> None:
    run_id = import_run(workspace)
    (workspace.root / "rows.jsonl").unlink()
    assert launched(workspace, run_id).wait(timeout=60) == 3
    said = workspace.root / "said"
    with said.open("ab") as output:
        worker = fork_worker([str(workspace.root), "../bad"], worker_environment(), output.fileno())
    assert worker is not None
    assert worker.wait(timeout=60) != 0
    assert "is not a run id" in said.read_text()


def test_it_has_the_place_of_who_asked_and_no_file_of_the_server(
    server: Server, workspace: Workspace, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    run_id = import_run(workspace, rows=200_000)
    worker = launched(workspace, run_id)
    found = psutil.Process(worker.pid)
    assert found.cwd() == str(tmp_path)
    assert {Path(f"/proc/{worker.pid}/fd/{number}").readlink() for number in (1, 2)} == {
        workspace.run(run_id) / "stdout.log"
    }
    assert not [one for one in found.net_connections("unix") if one.raddr or one.laddr == str(server.address)]
    worker.send_signal(signal.SIGKILL)
    assert worker.wait(timeout=60) == -signal.SIGKILL


def test_a_worker_outlives_its_server(server: Server, workspace: Workspace) -> None:
    run_id = import_run(workspace, rows=100_000)
    worker = launched(workspace, run_id)
    server.process.kill()
    with pytest.raises(ChildProcessError):
        worker.wait(timeout=60)
    assert worker.poll() is None, "its status is lost, which is not a status"
    assert last_state(workspace.run(run_id))["state"] == "completed"


def test_a_worker_outlives_who_asked(server: Server, workspace: Workspace) -> None:
    run_id = import_run(workspace, rows=100_000)
    worker = launched(workspace, run_id)
    del worker
    until(lambda: last_state(workspace.run(run_id))["state"] == "completed")
    assert launched(workspace, import_run(workspace)).wait(timeout=60) == 0, "and the server serves on"


def test_who_says_nonsense_gets_nothing_and_hurts_nobody(server: Server, workspace: Workspace) -> None:
    for nonsense in (b"{", b"[1, 2]", b'{"arguments": []}', b"\xff" * 1000):
        connection = connect(worker_environment())
        assert connection is not None
        connection.send(nonsense)
        assert connection.recv(100) == b"", "closed"
    assert launched(workspace, import_run(workspace)).wait(timeout=60) == 0


def test_it_ends_when_nobody_is_connected_and_a_second_one_ends_at_once(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("TOKENIZERS_OF_THIS_TEST", str(tmp_path))
    server = Server(linger=1.5)
    held = connect(worker_environment())
    assert subprocess.run([sys.executable, "-c", SERVER, str(server.address), "20"], timeout=60).returncode == 0
    time.sleep(2.0)
    assert server.process.poll() is None, "someone is connected"
    assert held is not None
    held.close()
    assert server.process.wait(timeout=60) == 0
    assert not server.address.exists()
    assert connect(worker_environment()) is None


def test_a_run_that_needs_models_waits_for_a_server_that_loads_them(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("TOKENIZERS_OF_THIS_TEST", str(tmp_path))
    address = address_for(worker_environment())
    assert address is not None
    assert not models_are_loading(), "there is none"
    with address.with_suffix(".lock").open("w") as lock:
        assert not models_are_loading(), "it is dead"
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert models_are_loading()
        address.touch()
        assert not models_are_loading(), "it has loaded"
        address.unlink()
        os.utime(address.with_suffix(".lock"), (time.time() - 1000,) * 2)
        assert not models_are_loading(), "it will never"


def test_without_a_server_a_worker_is_a_process_of_its_own(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(SWITCH, "off")
    run_id = import_run(workspace)
    worker = launch_worker(workspace, workspace.run(run_id))
    assert isinstance(worker, subprocess.Popen)
    assert worker.wait(timeout=60) == 0
    assert not ForkServerKeeper().keep()


def test_what_is_read_while_loading_is_in_the_address(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = {"PATH": "/bin"}
    assert address_for({**plain, "COLUMNS": "80"}) == address_for(plain)
    for name in ("OMP_NUM_THREADS", "HF_HOME", "CUDA_VISIBLE_DEVICES", "PYTHONPATH"):
        assert address_for({**plain, name: "1"}) != address_for(plain)


def test_a_folder_that_others_can_write_is_not_used(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(tmp_path))
    assert address_for({}) is not None
    folder = tmp_path / f"tokenloom-{os.getuid()}"
    folder.chmod(0o777)
    assert address_for({}) is None
    folder.rename(tmp_path / "elsewhere")
    folder.symlink_to(tmp_path / "elsewhere")
    assert address_for({}) is None, "nor one that is somewhere else"


def test_a_loaded_server_has_started_no_thread_of_torch_and_loaded_only_what_every_model_needs() -> None:
    """OpenMP's threads do not survive a fork; the pool of numpy's linear algebra is made for it. PEFT is for adapters, polars for much text."""
    code = (
        "import os, sys, threading, tokenloom.worker.forkserver as server\n"
        "server.load(server.LOADED)\n"
        "print({'torch', 'peft', 'polars'} & set(sys.modules))\n"
        "server.load(server.LOADED_AT_REST)\n"
        "print(threading.active_count(), len(os.listdir('/proc/self/task')))"
    )
    environment = {**worker_environment(), "OPENBLAS_NUM_THREADS": "1"}
    told = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    ).stdout
    assert told.splitlines() == ["{'torch'}", "1 1"]
