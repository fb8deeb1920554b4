"""Writing a run log: one ``write(2)`` under O_APPEND per call, nothing kept in memory, nothing lost on SIGKILL.

A daemon thread makes the file durable once a second while there is something new. A full disk never leaves half a
record behind: the file is cut back to the last whole one, and a small reserve lets the events that explain it through.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import struct
import threading
import time
import weakref
import zlib
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, NoReturn

from tokenloom.kit.atomic import disk_full_as_error
from tokenloom.kit.errors import Conflict, ResourceError, RunError, SpecError
from tokenloom.tracking import records

SYNC_SECONDS = 1.0
RESERVE_BYTES = 16 << 10
_MAX_LAYOUTS = 4096  # rows that never repeat their keys must not grow the process
_crc32 = zlib.crc32
_crc_bytes = records.TAIL.pack
_write = os.write
_now = time.time


def log_path(run_folder: Path, rank: int | str = 0) -> Path:
    """The log of one process of a run: ``log.0.bin`` for the trainer, ``log.jobs.bin`` for the supervisor."""
    return run_folder / f"log.{rank}.bin"


class LogWriter:
    """Appends rows and events to one file. One writer a file; safe to call from several threads.

    Opening an existing log cuts a torn tail. Raises :class:`Conflict` while another process writes the file,
    :class:`DiskFull` when a record does not fit (the log stays whole), :class:`SpecError` for what is no number.
    """

    def __init__(self, path: Path, *, sync_seconds: float = SYNC_SECONDS) -> None:
        self.path = path
        self.cut_bytes = 0
        self._sync_seconds = sync_seconds
        self._lock = threading.Lock()
        self._layouts: dict[tuple[str, ...], tuple[records.Pack, int, int]] = {}
        self._reserve = path.with_name(f".{path.name}.reserve")
        self._descriptor = _open(path)
        try:
            _claim(self._descriptor, path)
            self._size = self._sound_size()
            if self._size == 0:
                self._append(records.MAGIC)
        except BaseException:
            os.close(self._descriptor)
            raise
        self._fill_reserve()
        self._dirty = False
        self._closed = threading.Event()
        self._wake = threading.Event()
        self._failure: OSError | None = None
        self._thread = threading.Thread(target=self._keep_durable, name=f"sync {path.name}", daemon=True)
        self._thread.start()
        _OPEN.add(self)

    def row(self, step: int, values: Mapping[str, float]) -> None:
        """Append one step row, stamped with the wall time; on return it survives the death of this process."""
        with self._lock:
            layout = self._layouts.get(tuple(values)) or self._define(values)
            try:
                body = layout[0](layout[1], 2, step, _now(), layout[2], *values.values())
            except (struct.error, TypeError, ValueError, OverflowError):
                raise _not_a_number(step, values) from None
            data = body + _crc_bytes(_crc32(body))
            try:
                written = _write(self._descriptor, data)
            except OSError as error:
                self._refuse(error)
            if written != len(data):
                self._refuse(OSError(errno.ENOSPC, "short write"))
            self._size += written
            if not self._dirty:
                self._mark_dirty()

    def event(self, data: Mapping[str, Any]) -> None:
        """Append one event; ``time`` is added where it is missing. On a full disk the reserve is spent for it."""
        data = {"time": _now(), **data}
        encoded = records.event_record(data)
        with self._lock:
            self._append(encoded, spend_reserve=True)
            if not self._dirty:
                self._mark_dirty()

    @property
    def offset(self) -> int:
        """Bytes of the log so far: the cursor after the newest record."""
        return self._size

    def sync(self) -> None:
        """Make everything logged so far durable (survives a power cut); raises what a background sync met."""
        failure, self._failure = self._failure, None
        with disk_full_as_error(self.path.parent):
            if failure is not None:
                raise failure
            os.fdatasync(self._descriptor)

    def close(self) -> None:
        """Sync and close; a second call does nothing."""
        with self._lock:
            if self._closed.is_set():
                return
            self._closed.set()
        self._wake.set()
        self._thread.join()
        try:
            self.sync()
        finally:
            descriptor, self._descriptor = self._descriptor, -1
            os.close(descriptor)
            self._reserve.unlink(missing_ok=True)

    def __enter__(self) -> LogWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _sound_size(self) -> int:
        """Cut the file after its last whole record; its size then. A broken record *inside* is kept aside, not lost."""
        size = os.fstat(self._descriptor).st_size
        if size == 0:
            return 0
        from tokenloom.tracking.decode import sound_end  # numpy: only a log that is continued needs it

        end = sound_end(self.path)
        self.cut_bytes = size - end
        if self.cut_bytes > records.OVERHEAD + records.MAX_PAYLOAD or self._is_whole_record(end, size):
            aside = self.path.with_name(f"{self.path.name}.damaged-at-{end}")
            with disk_full_as_error(self.path.parent):
                aside.write_bytes(os.pread(self._descriptor, self.cut_bytes, end))
        if self.cut_bytes:
            os.ftruncate(self._descriptor, end)
        return end

    def _is_whole_record(self, start: int, size: int) -> bool:
        head = os.pread(self._descriptor, records.HEAD.size, start)
        if len(head) < records.HEAD.size:
            return False
        length, kind = records.HEAD.unpack(head)
        return kind in (records.KEYS, records.ROW, records.EVENT) and start + records.OVERHEAD + length < size

    def _define(self, values: Mapping[str, float]) -> tuple[records.Pack, int, int]:
        """Write the KEYS record of a new set of keys."""
        keys = tuple(values)
        for key in keys:
            if not isinstance(key, str) or not 0 < len(key) <= records.MAX_KEY_CHARACTERS or not key.isprintable():
                raise SpecError(
                    f"A metric's name is 1 to {records.MAX_KEY_CHARACTERS} printable characters, not {key!r:.80}.",
                    hint='Use names such as "train/loss".',
                )
        if not keys:
            raise SpecError("There is nothing to log: the row is empty.", hint='Log at least one {"name": number}.')
        _check_numbers(values)
        layout = (records.row_packer(len(keys)), records.row_length(len(keys)), self._size)
        self._append(records.keys_record(keys))
        if len(self._layouts) >= _MAX_LAYOUTS:
            self._layouts.clear()
        self._layouts[keys] = layout
        return layout

    def _append(self, data: bytes, *, spend_reserve: bool = False) -> None:
        try:
            written = _write(self._descriptor, data)
            if written == len(data):
                self._size += written
                return
            error = OSError(errno.ENOSPC, "short write")
        except OSError as caught:
            error = caught
        if spend_reserve and error.errno in (errno.ENOSPC, errno.EDQUOT) and self._reserve.exists():
            self._cut_back()
            self._reserve.unlink(missing_ok=True)
            self._append(data)
            return
        self._refuse(error)

    def _refuse(self, error: OSError) -> NoReturn:
        """Leave no half record behind, then say what is wrong."""
        if self._descriptor < 0:
            hint = "Log from the process that opened the run."
            raise RunError("This log is closed in this process.", hint=hint) from None
        self._cut_back()
        with disk_full_as_error(self.path.parent):
            if error.errno in (errno.ENOSPC, errno.EDQUOT):
                raise error
        raise _unwritable(self.path, error) from None

    def _cut_back(self) -> None:
        if os.fstat(self._descriptor).st_size > self._size:
            os.ftruncate(self._descriptor, self._size)

    def _mark_dirty(self) -> None:
        self._dirty = True
        self._wake.set()

    def _keep_durable(self) -> None:
        while self._wake.wait() and not self._closed.wait(self._sync_seconds):
            self._wake.clear()
            self._dirty = False
            try:
                os.fdatasync(self._descriptor)
            except OSError as error:
                self._failure = error
            self._fill_reserve()

    def _fill_reserve(self) -> None:
        """Hold a few blocks that an event may use on a full disk; without room there is none, and that is fine."""
        if self._reserve.exists():
            return
        try:
            self._reserve.write_bytes(os.urandom(RESERVE_BYTES))
        except OSError:
            with contextlib.suppress(OSError):
                self._reserve.unlink(missing_ok=True)


_OPEN: weakref.WeakSet[LogWriter] = weakref.WeakSet()


def _leave_to_parent() -> None:
    """After a fork the child lets go of the logs: two processes with one idea of the file's size would break it."""
    for writer in list(_OPEN):
        if writer._descriptor >= 0:
            os.close(writer._descriptor)
            writer._descriptor = -1
            writer._closed.set()


os.register_at_fork(after_in_child=_leave_to_parent)


def _open(path: Path) -> int:
    try:
        return os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise _unwritable(path, error) from None


def _claim(descriptor: int, path: Path) -> None:
    """One writer a file; where the file system knows no locks, the run's owner has to see to it."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in (errno.EACCES, errno.EAGAIN):
            raise Conflict(
                f"Another process is writing {path.name} of this run.", hint="Stop it first, or start a new run."
            ) from None


def _unwritable(path: Path, error: OSError) -> ResourceError:
    hint = "Check that the folder is there and may be written."
    return ResourceError(f"The log {path} cannot be written: {error.strerror}.", hint=hint)


def _check_numbers(values: Mapping[str, float]) -> None:
    for key, value in values.items():
        try:
            struct.pack("<d", value)
        except (struct.error, TypeError, ValueError, OverflowError):
            raise SpecError(
                f"The metric “{key}” is a {type(value).__name__}, not a number.",
                hint="Log numbers (int, float, numpy or 0-d tensor); text goes into an event.",
                key=key,
            ) from None


def _not_a_number(step: int, values: Mapping[str, float]) -> SpecError:
    try:
        _check_numbers(values)
    except SpecError as error:
        return error
    return SpecError(f"The step {step!r:.40} is not a whole number.", hint="Count optimizer steps: 0, 1, 2, …")
