"""The parts of an index: words of documents, characters of names, vectors of texts."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Generic, NamedTuple, TypeVar

from knowledge.index.dense import DenseIndex
from knowledge.index.embedding import Embedder, Progress
from knowledge.index.entries import Doc, Entries, entries_of
from knowledge.index.lexical import LexicalIndex
from knowledge.index.names import index_names
from knowledge.index.ports import Cosines, Words
from knowledge.index.tokens import Tokens

DENSE_FILE, LEXICAL_FOLDER, NAMES_FOLDER = "dense.faiss", "lexical", "names"
W = TypeVar("W", bound=Words, covariant=True)
C = TypeVar("C", bound=Cosines, covariant=True)


class Parts(NamedTuple, Generic[W, C]):
    """What a search asks, wherever it is kept."""

    words: W
    names: W
    dense: C


FileParts = Parts[LexicalIndex, DenseIndex]
OpenParts = Callable[[Path], Parts[Words, Cosines]]  # of the generation in a folder


def build_parts(
    docs: Sequence[Doc], tokens: Tokens, embedder: Embedder, progress: Progress | None = None
) -> tuple[FileParts, Entries]:
    """Index distinct documents by words and by vectors, and say which texts belong to which document."""
    texts, entries = entries_of(docs)
    dense = DenseIndex.build(embedder.embed_passages(texts, progress))
    words = LexicalIndex.build(tokens(doc.lexical_text) for doc in docs)
    return FileParts(words, index_names(texts[: entries.distinct_names]), dense), entries


def save_parts(folder: Path, parts: FileParts) -> None:
    """Write the three into a folder. Raises OSError when they do not fit."""
    parts.dense.save(folder / DENSE_FILE)
    parts.words.save(folder / LEXICAL_FOLDER)
    parts.names.save(folder / NAMES_FOLDER)


def mapped_parts(folder: Path) -> FileParts:
    """What `save_parts` wrote, memory-mapped."""
    words, names = (LexicalIndex.load(folder / part) for part in (LEXICAL_FOLDER, NAMES_FOLDER))
    return FileParts(words, names, DenseIndex.load(folder / DENSE_FILE))
