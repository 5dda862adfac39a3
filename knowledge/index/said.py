"""Vectors of the sentences that guides say, by their text: which of them answers a question is decided within one guide."""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from knowledge.index.embedding import Embedder, Progress

DIGESTS_FILE, VECTORS_FILE = "said.digests.npy", "said.vectors.npy"


class SaidVectors:
    """Unit vectors of distinct sentences, found by a digest of the text."""

    def __init__(self, digests: NDArray[np.uint64], vectors: NDArray[np.float16]) -> None:
        """`digests`: ascending, shape (n,); `vectors`: shape (n, dimension)."""
        self._digests, self._vectors = digests, vectors

    @classmethod
    def build(cls, sentences: Sequence[str], embedder: Embedder, progress: Progress | None = None) -> Self:
        """Embed distinct sentences."""
        digests = np.array([_digest(sentence) for sentence in sentences], dtype=np.uint64)
        order = np.argsort(digests)
        vectors = embedder.embed_passages(sentences, progress)
        return cls(digests[order], vectors[order].astype(np.float16))

    @classmethod
    def load(cls, folder: Path) -> Self | None:
        """What `save` wrote, memory-mapped; None in a generation built before sentences were embedded."""
        if not (folder / DIGESTS_FILE).exists():
            return None
        return cls(*(np.load(folder / name, mmap_mode="r") for name in (DIGESTS_FILE, VECTORS_FILE)))

    def save(self, folder: Path) -> None:
        """Write both files into a folder. Raises OSError when they do not fit."""
        np.save(folder / DIGESTS_FILE, self._digests)
        np.save(folder / VECTORS_FILE, self._vectors)

    def cosines(self, query: NDArray[np.float32], sentences: Sequence[str]) -> NDArray[np.float32]:
        """The cosine of each sentence to a query vector, −1..1; NaN where a sentence is not known."""
        digests = np.array([_digest(sentence) for sentence in sentences], dtype=np.uint64)
        places = np.minimum(np.searchsorted(self._digests, digests), len(self._digests) - 1)
        cosines = self._vectors[places].astype(np.float32) @ query
        return np.where(self._digests[places] == digests, cosines, np.float32(np.nan))


def _digest(sentence: str) -> int:
    return int.from_bytes(hashlib.blake2b(sentence.encode(), digest_size=8).digest(), "big")
