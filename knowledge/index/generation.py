"""Generations: build in a temporary folder, seal with checksums, switch by one atomic pointer, roll back.

Layout: `<data>/generations/<n>/`, with what `knowledge.index.contents` writes and `manifest.json`, and `<data>/CURRENT`, a text
file with the number of the published generation.
"""

import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from filelock import FileLock, Timeout
from pydantic import ValidationError

from knowledge.catalog import Catalog
from knowledge.errors import GenerationError
from knowledge.index import contents
from knowledge.index.embedding import Embedder, Progress
from knowledge.index.spelling import Spelling
from knowledge.index.tokens import TOKENIZER_VERSION
from knowledge.model import Frozen, Library
from knowledge.retrieval import Retriever

FORMAT = 3
KEEP = 5


class Manifest(Frozen):
    """What a generation contains and what made it."""

    format: int
    number: int
    built_at: datetime
    guides: int
    themes: int
    entries: int
    model_id: str
    tokenizer: str
    library_digest: str
    files: dict[str, str]  # relative path → sha256


class Generation(NamedTuple):
    """One opened generation: look-ups and search over the same published content."""

    manifest: Manifest
    catalog: Catalog
    retriever: Retriever
    spelling: Spelling


def file_digest(path: Path) -> str:
    """sha256 of a file, as hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _write_durably(path: Path, text: str) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class GenerationStore:
    """The generations under one data folder; a single writer at a time."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.folder = data / "generations"
        self.pointer = data / "CURRENT"

    def numbers(self) -> list[int]:
        """The generations on disk, oldest first."""
        return sorted(int(p.name) for p in self.folder.glob("*") if p.name.isdigit())

    def current(self) -> int | None:
        """The number that the pointer names, or None before the first publication."""
        try:
            return int(self.pointer.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        except ValueError:
            return None

    @contextmanager
    def _writing(self) -> Iterator[None]:
        self.folder.mkdir(parents=True, exist_ok=True)
        try:
            with FileLock(self.data / ".writer.lock", timeout=5):
                yield
        except Timeout:
            raise GenerationError("另一个 build 或 publish 正在进行，等它结束后再试") from None

    def build(self, library: Library, embedder: Embedder, progress: Progress | None = None) -> Manifest:
        """Build the next generation; nothing is visible to readers until `publish`."""
        with self._writing():
            number = max([0, *self.numbers()]) + 1
            partial = self.folder / f"{number}.partial"
            shutil.rmtree(partial, ignore_errors=True)
            partial.mkdir()
            try:
                manifest = self._fill(partial, number, library, embedder, progress)
            except BaseException:
                shutil.rmtree(partial, ignore_errors=True)
                raise
            partial.rename(self.folder / str(number))
            _sync(self.folder)
            return manifest

    def _fill(
        self, folder: Path, number: int, library: Library, embedder: Embedder, progress: Progress | None
    ) -> Manifest:
        counts = contents.write(folder, library, embedder, progress)
        files = sorted(p for p in folder.rglob("*") if p.is_file())
        for path in files:
            _sync(path)
        manifest = Manifest(
            format=FORMAT, number=number, built_at=datetime.now(UTC), **counts._asdict(),
            model_id=embedder.model_id, tokenizer=TOKENIZER_VERSION,
            files={str(p.relative_to(folder)): file_digest(p) for p in files},
        )  # fmt: skip
        _write_durably(folder / "manifest.json", manifest.model_dump_json(indent=1))
        _sync(folder)
        return manifest

    def publish(self, number: int | None = None) -> Manifest:
        """Point readers at a generation (the newest by default) after verifying every byte of it."""
        with self._writing():
            numbers = self.numbers()
            if not numbers or (number is not None and number not in numbers):
                have = "、".join(map(str, numbers)) or "还没有"
                raise GenerationError(
                    f"没有可发布的版本 {number or ''}（现有：{have}），请先运行 python -m knowledge build"
                )
            manifest = self.verify(number or numbers[-1])
            temporary = self.pointer.with_suffix(".tmp")
            _write_durably(temporary, f"{manifest.number}\n")
            temporary.replace(self.pointer)
            _sync(self.data)
            self._prune(manifest.number)
            return manifest

    def rollback(self) -> Manifest:
        """Publish the newest generation older than the current one."""
        current = self.current()
        older = [n for n in self.numbers() if current is not None and n < current]
        if not older:
            raise GenerationError("没有更早的版本可以退回")
        return self.publish(older[-1])

    def _prune(self, current: int) -> None:
        for number in [n for n in self.numbers() if n != current][: -KEEP or None]:
            shutil.rmtree(self.folder / str(number))

    def verify(self, number: int) -> Manifest:
        """Read the manifest and check every file. Raises GenerationError naming the first damaged file."""
        folder = self.folder / str(number)
        try:
            manifest = Manifest.model_validate_json((folder / "manifest.json").read_text(encoding="utf-8"))
        except (OSError, ValidationError, UnicodeDecodeError) as error:
            raise GenerationError(f"版本 {number} 的清单读不出来：{type(error).__name__}") from error
        if manifest.format != FORMAT:
            raise GenerationError(
                f"版本 {number} 是另一种格式（{manifest.format}），请重新运行 python -m knowledge build"
            )
        for name, digest in manifest.files.items():
            path = folder / name
            if not path.is_file() or file_digest(path) != digest:
                raise GenerationError(f"版本 {number} 的文件 {name} 缺失或损坏")
        return manifest

    def catalog(self, number: int) -> Catalog:
        """Look-ups over one generation, after verifying it. Raises GenerationError."""
        if number not in self.numbers():
            raise GenerationError(f"没有版本 {number}（现有：{'、'.join(map(str, self.numbers())) or '还没有'}）")
        return contents.read_catalog(self.folder / str(self.verify(number).number))

    def open(self, embedder: Embedder | None) -> tuple[Generation, tuple[str, ...]]:
        """Open the published generation; if it is damaged, the newest older one that is whole, with the reasons."""
        current = self.current()
        if current is None:
            raise GenerationError(
                "还没有发布过指南库，请先运行 python -m knowledge build，再运行 python -m knowledge publish"
            )
        problems: list[str] = []
        for number in [current, *(n for n in reversed(self.numbers()) if n < current)]:
            try:
                return self._open(self.verify(number), embedder), tuple(problems)
            except GenerationError as error:
                problems.append(str(error))
        raise GenerationError("没有一个完好的版本可用：" + "；".join(problems))

    def _open(self, manifest: Manifest, embedder: Embedder | None) -> Generation:
        folder = self.folder / str(manifest.number)
        if manifest.tokenizer != TOKENIZER_VERSION or (embedder and manifest.model_id != embedder.model_id):
            raise GenerationError(
                f"版本 {manifest.number} 由另一个模型或分词器生成，请重新运行 python -m knowledge build"
            )
        return Generation(manifest, *contents.read(folder, embedder))
