"""Opening a generation: leased, verified, then read."""

from pathlib import Path
from typing import NamedTuple
from zipfile import BadZipFile

from knowledge.catalog import Catalog
from knowledge.errors import GenerationError
from knowledge.index import contents, durable, locks, manifest
from knowledge.index.embedding import Embedder
from knowledge.index.manifest import Manifest
from knowledge.index.pointer import Publication
from knowledge.index.spelling import Spelling
from knowledge.index.tokens import TOKENIZER_VERSION
from knowledge.retrieval import Retriever


class Generation(NamedTuple):
    """One opened generation: look-ups and search over the same published content."""

    manifest: Manifest
    publication: Publication
    lease: locks.Lease
    catalog: Catalog
    retriever: Retriever
    spelling: Spelling


def open_generation(folder: Path, publication: Publication, embedder: Embedder | None) -> Generation:
    """Open what was published from a folder, after verifying every byte. Raises GenerationError."""
    number = publication.number
    try:
        lease = locks.Lease(folder / manifest.MANIFEST)
    except OSError as error:
        raise GenerationError(f"版本 {number} 的清单读不出来：{durable.reason(error)}") from error
    made, digest = manifest.verify(folder)
    if digest != publication.manifest:
        raise GenerationError(f"版本 {number} 不是当时发布的那一个")
    same_model = embedder is None or made.model_digest == embedder.model_digest
    if made.tokenizer != TOKENIZER_VERSION or not same_model:
        raise GenerationError(f"版本 {number} 由另一个模型或分词器生成")
    return Generation(made, publication, lease, *read_contents(folder, embedder))


def read_contents(folder: Path, embedder: Embedder | None) -> contents.Contents:
    """Read what a folder holds. Raises GenerationError when it cannot be read as a whole."""
    try:
        return contents.read(folder, embedder)
    except (OSError, ValueError, RuntimeError, EOFError, BadZipFile) as error:
        raise GenerationError(
            f"版本 {folder.name} 的内容打不开（{type(error).__name__}），可能磁盘满了没有写完"
        ) from error
