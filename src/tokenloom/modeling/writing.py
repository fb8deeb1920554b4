"""Writing tensors: a full disk is told in the system's own terms, whoever met it first."""

from __future__ import annotations

import contextlib
import errno
from collections.abc import Iterator

from safetensors import SafetensorError


@contextlib.contextmanager
def full_disk_as_os_error() -> Iterator[None]:
    """safetensors wraps the system's error in one of its own; unwrapped, :func:`kit.atomic.disk_full_as_error` knows what it means."""
    try:
        yield
    except SafetensorError as error:
        for number in (errno.ENOSPC, errno.EDQUOT):
            if f"os error {number}" in str(error):
                raise OSError(number, "the disk is full") from error
        raise
