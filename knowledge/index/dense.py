"""The dense index: exact inner product over unit vectors in FAISS; the only place where faiss is spoken."""

from pathlib import Path

import faiss
import numpy as np
from numpy.typing import NDArray

BELOW_ALL = -2.0  # no cosine is as low


class DenseIndex:
    """Cosine similarity of texts to a query vector; higher is better, −1..1."""

    comparable = 1_000_000

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
        """Write the index into one file. Raises OSError when it does not fit."""
        try:
            faiss.write_index(self._index, str(path))
        except RuntimeError as error:
            raise OSError(f"{path.name} is not complete") from error

    @property
    def size(self) -> int:
        """How many texts are indexed."""
        return int(self._index.ntotal)

    def vectors(self) -> NDArray[np.float32]:
        """All vectors, shape (n, d)."""
        return np.asarray(self._index.reconstruct_n(0, self.size), dtype=np.float32)

    def scores(self, query: NDArray[np.float32], texts: NDArray[np.int32]) -> NDArray[np.float32]:
        """The cosine of each of some texts, in the order given. Nothing else is compared."""
        _, cosines, found = self._index.range_search(query.reshape(1, -1), BELOW_ALL, params=self._only(texts))
        by_text = np.empty(self.size, dtype=np.float32)
        by_text[found] = cosines
        return by_text[texts]

    def nearest(self, query: NDArray[np.float32], texts: NDArray[np.int32], k: int) -> NDArray[np.int32]:
        """The k nearest of distinct texts."""
        _, found = self._index.search(query.reshape(1, -1), min(k, len(texts)), params=self._only(texts))
        return np.asarray(found[0], dtype=np.int32)

    def _only(self, texts: NDArray[np.int32]) -> faiss.SearchParameters:
        asked = np.zeros(self.size, dtype=np.bool_)
        asked[texts] = True
        # faiss's stubs know neither the array nor the keyword that its own documentation shows.
        selector = faiss.IDSelectorBitmap(np.packbits(asked, bitorder="little"))  # type: ignore[call-arg, arg-type]
        return faiss.SearchParameters(sel=selector)  # type: ignore[call-arg]
