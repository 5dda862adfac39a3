"""Bytes that outlive a power cut: written, fsynced, renamed into place, and the folder fsynced after."""

import errno
import hashlib
import os
from pathlib import Path


def digest(path: Path) -> str:
    """sha256 of a file, as hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sync(path: Path) -> None:
    """Put one file or folder on the disk (fsync)."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_tree(folder: Path) -> None:
    """Put everything under a folder on the disk, what is inside before what names it."""
    for inside, _, names in os.walk(folder, topdown=False):
        for name in names:
            sync(Path(inside, name))
        sync(Path(inside))


def replace(path: Path, text: str) -> None:
    """Write a file so that a reader, and a machine that lost power, finds the old text or the new, never a part."""
    temporary = path.with_name(f"{path.name}.tmp")
    temporary.write_text(text, encoding="utf-8")
    sync(temporary)
    temporary.replace(path)
    sync(path.parent)


def reason(error: OSError) -> str:
    """What went wrong with the disk and what to do, in Chinese."""
    match error.errno:
        case errno.ENOSPC | errno.EDQUOT | errno.EFBIG:
            return "磁盘满了，写不下，请清出空间后再试"
        case errno.EROFS | errno.EACCES | errno.EPERM:
            return "没有权限读写，请检查文件夹的属主和挂载方式"
        case errno.ENOENT:
            return "文件不见了"
        case None:  # numpy counts what it wrote and does not say why it stopped
            return "没有写完，磁盘可能满了，请清出空间后再试"
        case _:
            return f"读写出错：{error.strerror}"
