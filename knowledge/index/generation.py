"""Generations: build in a temporary folder, seal with checksums, switch by one atomic pointer, roll back.

Layout: `<data>/generations/<n>/{manifest.json,manifest.sha256,…}`, where `contents` says what … is, and the two
pointer files of `pointer`. A folder that bears a number is whole; `*.partial` and `*.old` are not generations.
"""

import re
import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from knowledge.catalog import Catalog
from knowledge.errors import GenerationError
from knowledge.index import contents, durable, locks, manifest
from knowledge.index.embedding import Embedder, Progress
from knowledge.index.manifest import Manifest
from knowledge.index.opening import REMEDY, Generation, open_generation, open_newest, read_contents
from knowledge.index.pointer import Pointer, Publication
from knowledge.index.tokens import TOKENIZER_VERSION
from knowledge.model import Library

KEEP = 5
BUILD_LOCK, PUBLISH_LOCK = ".build.lock", ".publish.lock"  # so that one can roll back while a long build runs
NUMBER = re.compile(r"[1-9][0-9]{0,8}")


class GenerationStore:
    """The generations under one data folder: one builder and one publisher at a time, any number of readers."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.folder = data / "generations"
        self.pointer = Pointer(data)

    def numbers(self) -> list[int]:
        """The generations on disk, oldest first."""
        return sorted(int(p.name) for p in self.folder.glob("*") if NUMBER.fullmatch(p.name))

    def current(self) -> int | None:
        """The published number, or None before the first publication. Raises GenerationError."""
        publications = self.pointer.read().publications
        return publications[0].number if publications else None

    # ---- writing ------------------------------------------------------------------------------------------------------

    def build(
        self, library: Library, embedder: Embedder, progress: Progress | None = None,
        sources: Mapping[str, str] | None = None,
    ) -> Manifest:  # fmt: skip
        """Build the next generation from a library read from `sources`; readers see nothing of it until `publish`."""
        with self._writing(BUILD_LOCK, "另一个 build 正在进行，等它结束后再试"):
            for leftover in self.folder.glob("*.partial"):
                shutil.rmtree(leftover)
            number = 1 + max([0, *self.numbers(), *(p.number for p in self._history())])
            partial = self.folder / f"{number}.partial"
            partial.mkdir()
            try:
                counts = contents.write(partial, library, embedder, progress)
                read_contents(partial, None)
                made = Manifest(
                    format=manifest.FORMAT, number=number, built_at=datetime.now(UTC), **counts._asdict(),
                    model_id=embedder.model_id, model_digest=embedder.model_digest, tokenizer=TOKENIZER_VERSION,
                    sources=dict(sources or {}), files=manifest.digests(partial),
                )  # fmt: skip
                manifest.seal(partial, made)
            except BaseException:
                shutil.rmtree(partial, ignore_errors=True)
                raise
            partial.rename(self.folder / str(number))
            durable.sync(self.folder)
            return made

    def publish(self, number: int | None = None) -> Manifest:
        """Point readers at a generation (the newest by default) after verifying every byte of it."""
        with self._publishing():
            made, digest = self.publishable(number)
            before = tuple(p for p in self._history() if p.number != made.number)
            self._switch((Publication.now(made.number, digest), *before)[: KEEP + 1])
            return made

    def rollback(self) -> Manifest:
        """Publish again what was published before the current one."""
        with self._publishing():
            publications = self.pointer.read().publications
            if len(publications) < 2:
                raise GenerationError(
                    "没有更早发布过的版本可以退回；可以用 python -m knowledge publish 加版本号指定一个"
                )
            made, digest = self._verified(publications[1].number)
            if digest != publications[1].manifest:
                raise GenerationError(f"版本 {made.number} 不是当时发布的那一个，没有退回；{REMEDY}")
            self._switch(publications[1:])
            return made

    def publishable(self, number: int | None = None) -> tuple[Manifest, str]:
        """The manifest of a generation (the newest by default) and its sha256, after verifying every byte."""
        numbers = self.numbers()
        if not numbers or (number is not None and number not in numbers):
            have = "、".join(map(str, numbers)) or "还没有"
            wanted = "" if number is None else f" {number}"
            raise GenerationError(f"没有可发布的版本{wanted}（现有：{have}），请先运行 python -m knowledge build")
        return self._verified(numbers[-1] if number is None else number)

    def _verified(self, number: int) -> tuple[Manifest, str]:
        try:
            return manifest.verify(self.folder / str(number))
        except GenerationError as error:
            raise GenerationError(f"{error}；没有切换，读者仍用原来的版本。{REMEDY}") from error

    def _history(self) -> tuple[Publication, ...]:
        """What was published before; nothing when the pointer is past reading, which the next publication mends."""
        try:
            return self.pointer.read().publications
        except GenerationError:
            return ()

    def _switch(self, publications: tuple[Publication, ...]) -> None:
        self.pointer.write(publications)
        try:
            self._prune({p.number for p in publications} | set(self.numbers()[-KEEP - 1 :]))
        except OSError as error:
            raise GenerationError(
                f"版本 {publications[0].number} 已经发布，但旧版本没有清理掉：{durable.reason(error)}（{error.filename}）"
            ) from error

    def _prune(self, kept: set[int]) -> None:
        """Remove what is neither kept nor in use; renamed first, so that what bears a number stays whole."""
        leftovers = list(self.folder.glob("*.old"))
        for number in self.numbers():
            folder = self.folder / str(number)
            if number not in kept and not locks.in_use(folder / manifest.MANIFEST):
                leftovers.append(folder.rename(self.folder / f"{number}-{time.time_ns()}.old"))
        for old in leftovers:
            shutil.rmtree(old)

    @contextmanager
    def _writing(self, lock: str, busy: str) -> Iterator[None]:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            durable.sync(self.data)
            with locks.sole(self.data / lock, busy):
                yield
        except OSError as error:
            where = error.filename or self.data
            raise GenerationError(f"{durable.reason(error)}（{where}）；已发布的版本没有变") from error

    def _publishing(self) -> AbstractContextManager[None]:
        return self._writing(PUBLISH_LOCK, "另一个 publish 或 rollback 正在进行，等它结束后再试")

    # ---- reading ------------------------------------------------------------------------------------------------------

    def verify(self, number: int) -> Manifest:
        """Read the manifest and check every file. Raises GenerationError naming the first damaged file."""
        return manifest.verify(self.folder / str(number))[0]

    def catalog(self, number: int) -> Catalog:
        """Look-ups over one generation, after verifying it. Raises GenerationError."""
        if number not in self.numbers():
            raise GenerationError(f"没有版本 {number}（现有：{'、'.join(map(str, self.numbers())) or '还没有'}）")
        return contents.read_catalog(self.folder / str(self.verify(number).number))

    def open(self, embedder: Embedder | None) -> tuple[Generation, tuple[str, ...]]:
        """Open what is published; if it is damaged, what was published before it, with the reasons."""
        return open_newest(self, embedder)

    def open_publication(self, publication: Publication, embedder: Embedder | None) -> Generation:
        """Open one publication after verifying every byte. Raises GenerationError."""
        return open_generation(self.folder / str(publication.number), publication, embedder)
