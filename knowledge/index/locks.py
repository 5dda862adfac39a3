"""Locks between processes: one writer at a time, and leases of readers; the system drops both with the process."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from knowledge.errors import GenerationError

WAIT_SECONDS = 5


@contextmanager
def sole(path: Path, busy: str) -> Iterator[None]:
    """Be the only one inside. Raises GenerationError with the text `busy` when another stays too long."""
    lock = FileLock(path, timeout=WAIT_SECONDS)
    try:
        lock.acquire()
    except Timeout:
        raise GenerationError(busy) from None
    try:
        yield
    finally:
        lock.release()


class Lease:
    """A reader's hold on a generation, by its manifest, for as long as this object lives."""

    def __init__(self, manifest: Path) -> None:
        """Raises OSError when there is no such file."""
        self._file = manifest.open("rb")
        fcntl.flock(self._file, fcntl.LOCK_SH)

    def __del__(self) -> None:
        if hasattr(self, "_file"):
            self._file.close()


def in_use(manifest: Path) -> bool:
    """Whether a reader holds a lease; a manifest that is lost is nobody's."""
    try:
        with manifest.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except FileNotFoundError:
        pass
    return False
