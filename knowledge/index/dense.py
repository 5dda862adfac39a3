"""The dense index: exact inner product over unit vectors in FAISS; the only place where faiss is spoken."""

from pathlib import Path

import faiss
import numpy as np
from numpy.typing import NDArray


class DenseIndex:
    """Cosine similarity of entries to a query vector; higher is better, −1..1."""

    def __init__(self, index: faiss.Index) -> None:
        self._index = index

    @classmethod
    def build(cls, vectors: NDArray[np.float32]) -> "DenseIndex":
        """Index L2-normalised vectors, shape (n, d)."""
        index = faiss.IndexFlatIP(vectors.shape[1])
        index.add(np.ascontiguousarray(vectors))
        return cls(index)

    @classmethod
    def load(cls, path: Path) -> "DenseIndex":
        """Open a saved index memory-mapped; the manifest's checksum guards the bytes, faiss does not."""
        return cls(faiss.read_index(str(path), faiss.IO_FLAG_MMAP_IFC))

    def save(self, path: Path) -> None:
        """Write the index into one file."""
        faiss.write_index(self._index, str(path))

    @property
    def size(self) -> int:
        """How many entries are indexed."""
        return int(self._index.ntotal)

    def scores(self, query: NDArray[np.float32]) -> NDArray[np.float32]:
        """One cosine an entry, shape (n,), in entry order."""
        distances, ids = self._index.search(query.reshape(1, -1), self.size)
        ordered = np.empty(self.size, dtype=np.float32)
        ordered[ids[0]] = distances[0]
        return ordered
