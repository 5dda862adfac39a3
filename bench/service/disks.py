"""A disk of a few megabytes, to be filled; needs the right to mount."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[Path]:
    """A disk mounted at a folder. Raises CalledProcessError where that is forbidden."""
    folder.mkdir(parents=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder)], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


@contextmanager
def filled(disk: Path) -> Iterator[None]:
    """Nothing more fits on it."""
    filler = disk / "filler"
    with suppress(OSError):  # full before all of it is written
        filler.write_bytes(b"x" * shutil.disk_usage(disk).total)
    yield
    filler.unlink()
