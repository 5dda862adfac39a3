"""Opening a generation: leased, verified, then read."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple, Protocol
from zipfile import BadZipFile

from knowledge.catalog import Catalog
from knowledge.errors import GenerationError, IndexUnavailable
from knowledge.index import contents, durable, locks, manifest
from knowledge.index.embedding import Embedder
from knowledge.index.held_embedder import HeldEmbedder, OtherModel
from knowledge.index.manifest import Manifest
from knowledge.index.parts import OpenParts, mapped_parts
from knowledge.index.pointer import Pointed, Publication
from knowledge.index.spelling import Spelling
from knowledge.index.tokens import TOKENIZER_VERSION
from knowledge.retrieval import Retriever

REMEDY = "请重新运行 python -m knowledge build，再运行 python -m knowledge publish"


class Generation(NamedTuple):
    """One opened generation: look-ups and search over the same published content."""

    manifest: Manifest
    publication: Publication
    lease: locks.Lease
    catalog: Catalog
    retriever: Retriever
    spelling: Spelling


class Pointing(Protocol):
    """What says which generation is published."""

    def read(self) -> Pointed:
        """What is published, the newest first. Raises GenerationError when that cannot be known."""
        ...


class Generations(Protocol):
    """Where generations are published to and read from: a data folder, or a database."""

    @property
    def pointer(self) -> Pointing:
        """Which of them is published."""
        ...

    def publish(self, number: int | None = None) -> Manifest:
        """Switch readers over to a generation that was built (the newest by default). Raises GenerationError."""
        ...

    def rollback(self) -> Manifest:
        """Publish again what was published before the current one. Raises GenerationError."""
        ...

    def open(self, embedder: Embedder | None) -> tuple[Generation, tuple[str, ...]]:
        """Open what is published; if it is damaged, what was published before it, with the reasons."""
        ...

    def open_publication(self, publication: Publication, embedder: Embedder | None) -> Generation:
        """Open one publication. Raises GenerationError."""
        ...


def open_newest(generations: Generations, embedder: Embedder | None) -> tuple[Generation, tuple[str, ...]]:
    """The newest publication that opens, and what is wrong with those before it. Raises GenerationError without one."""
    pointed = generations.pointer.read()
    if not pointed.publications:
        raise GenerationError(
            "还没有发布过指南库，请先运行 python -m knowledge build，再运行 python -m knowledge publish"
        )
    problems: list[str] = []
    for publication in pointed.publications:
        try:
            opened = generations.open_publication(publication, embedder)
        except IndexUnavailable:
            raise  # what was published before is in the same database
        except GenerationError as error:
            if generations.pointer.read() != pointed:  # published, and pruned, while we were reading
                return open_newest(generations, embedder)
            problems.append(str(error))
            continue
        if problems:
            problems.append(f"现在用的是以前发布的版本 {publication.number}；{REMEDY}")
        return opened, (*pointed.problems, *problems)
    raise GenerationError(f"没有一个完好的版本可用：{'；'.join(problems)}。{REMEDY}")


def open_generation(
    folder: Path, publication: Publication, embedder: Embedder | None,
    verify: Callable[[Path], tuple[Manifest, str]] = manifest.verify, open_parts: OpenParts = mapped_parts,
) -> Generation:  # fmt: skip
    """Open what was published from a folder, after verifying every byte. Raises GenerationError."""
    number = publication.number
    try:
        lease = locks.Lease(folder / manifest.MANIFEST)
    except OSError as error:
        raise GenerationError(f"版本 {number} 的清单读不出来：{durable.reason(error)}") from error
    made, digest = verify(folder)
    if digest != publication.manifest:
        raise GenerationError(f"版本 {number} 不是当时发布的那一个")
    try:
        held = HeldEmbedder(embedder, made.model_id, made.model_digest) if embedder else None
    except OtherModel:
        held = None
    if made.tokenizer != TOKENIZER_VERSION or (embedder and not held):
        raise GenerationError(f"版本 {number} 由另一个模型或分词器生成")
    return Generation(made, publication, lease, *read_contents(folder, held, open_parts))


def read_contents(folder: Path, embedder: Embedder | None, open_parts: OpenParts = mapped_parts) -> contents.Contents:
    """Read what a folder holds. Raises GenerationError when it cannot be read as a whole."""
    try:
        return contents.read(folder, embedder, open_parts)
    except (OSError, ValueError, RuntimeError, EOFError, BadZipFile) as error:
        raise GenerationError(
            f"版本 {folder.name} 的内容打不开（{type(error).__name__}），可能磁盘满了没有写完"
        ) from error
