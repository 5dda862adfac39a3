"""What a search asks of an index: words and vectors by number, in files or in a database."""

from typing import Protocol

import numpy as np
from numpy.typing import NDArray


class Words(Protocol):
    """BM25 over documents by number."""

    def scores(self, tokens: list[str]) -> NDArray[np.float32]:
        """One score a document, shape (n,); 0 means no shared token."""
        ...

    def information(self, tokens: list[str]) -> float:
        """The idf mass of distinct tokens; unknown ones count as rarest."""
        ...

    def totals(self) -> NDArray[np.float32]:
        """The summed weights of every document's tokens, shape (n,)."""
        ...


class Cosines(Protocol):
    """Cosine similarity of texts by number."""

    comparable: int  # texts that it compares one by one within some milliseconds

    def scores(self, query: NDArray[np.float32], texts: NDArray[np.int32]) -> NDArray[np.float32]:
        """The cosine of each of some texts, in the order given; −1..1."""
        ...

    def nearest(self, query: NDArray[np.float32], texts: NDArray[np.int32], k: int) -> NDArray[np.int32]:
        """The k nearest of distinct texts; an index may miss some of them."""
        ...
