"""How much of a short query stands in a name, and of a name in the query: characters and pairs of them, by information.

A query of a few characters is itself a name (退休金, 港澳签注). BM25 over whole texts then rewards long texts that repeat a
character; what counts is how much of the query a name says and how little else. The weighted sum of both shares is the
idf-weighted relative of Tversky's ratio model (Tversky 1977, "Features of Similarity").
"""

import re
import unicodedata
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from knowledge.index.lexical import LexicalIndex
from knowledge.index.ports import Words

OF_QUERY = 0.75  # weight of the query's share; the rest goes to the name's
_SEPARATORS = re.compile(r"[\W_]+")


def characters(text: str) -> list[str]:
    """The distinct characters and pairs of neighbours of a text, NFKC-folded, lower-cased, punctuation dropped."""
    plain = compact(text)
    return list(dict.fromkeys([*plain, *(plain[i : i + 2] for i in range(len(plain) - 1))]))


def compact(text: str) -> str:
    """A text without punctuation and spaces, NFKC-folded and lower-cased."""
    return _SEPARATORS.sub("", unicodedata.normalize("NFKC", text).lower())


def index_names(names: Sequence[str]) -> LexicalIndex:
    """Index one name a row; an empty one shares nothing."""
    return LexicalIndex.build([characters(name) for name in names], k1=0.0, b=0.0)


class NameIndex:
    """The characters that a query shares with every name."""

    def __init__(self, index: Words) -> None:
        self._index = index
        self._weights = np.maximum(index.totals(), 1e-6)

    def overlap(self, query: str) -> NDArray[np.floating]:
        """One score a name, 0..1, higher is better, in name order: what it shares of the query and of itself."""
        tokens = characters(query)
        common = self._index.scores(tokens)
        of_query, of_name = common / max(self._index.information(tokens), 1e-6), common / self._weights
        return OF_QUERY * of_query + (1 - OF_QUERY) * of_name
