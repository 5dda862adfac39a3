"""Editions of the small library that can be told apart by every part of an index, and by what is seen when one is opened."""

import hashlib
from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from knowledge.catalog import Catalog
from knowledge.index import contents
from knowledge.index.embedding import Progress
from knowledge.index.opening import Generation
from knowledge.index.tokens import Tokens
from knowledge.model import Library
from knowledge.sources.library import load_library

SMALL = Path(__file__).parents[2] / "tests/knowledge/small_library"
DIMENSION = 64


class Mixed(Exception):
    """Parts of different editions in one opened generation."""


class Digests:
    """An `Embedder` without a model: the vector of a text is drawn from its sha256, so equal texts and no others agree."""

    model_id = model_digest = "digests"
    dimension = DIMENSION

    def embed_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """One unit vector a question."""
        return self.embed_passages(texts)

    def embed_passages(self, texts: Sequence[str], progress: Progress | None = None) -> NDArray[np.float32]:
        """One unit vector a passage."""
        seeds = (int.from_bytes(hashlib.sha256(text.encode()).digest()[:8]) for text in texts)
        drawn = np.array([np.random.default_rng(seed).standard_normal(DIMENSION) for seed in seeds], np.float32)
        unit: NDArray[np.float32] = drawn / np.linalg.norm(drawn, axis=1, keepdims=True)
        return unit


EMBEDDER = Digests()


def one_dictionary() -> Library:
    """The small library; opening jieba's dictionary takes most of a second, so all its editions share one."""
    made = lru_cache(Tokens)

    def shared(words: Iterable[str] = ()) -> Tokens:
        return made(tuple(words))

    vars(contents).update(Tokens=shared)
    small = load_library(SMALL)
    shared(contents.user_words(Catalog(small))).words("预热")
    return small


def edition(small: Library, number: int) -> Library:
    """The library with a saying in every guide that no other edition has."""
    guides = (g.model_copy(update={"sayings": (*g.sayings, f"edition{number}")}) for g in small.guides)
    return small.model_copy(update={"guides": tuple(guides)})


def observed(generation: Generation) -> int:
    """Which edition was opened, by its library, its words, its names and its vectors. Raises Mixed when they disagree."""
    (said,) = {g.sayings[-1] for g in generation.catalog.guides}
    best = generation.retriever.search(said).kept[0]
    named = float(generation.retriever.index.names.overlap(said).max())
    if best.cosine < 0.999 or named < 0.999 or best.lexical == 0:
        raise Mixed(f"{said}: cosine {best.cosine}, named {named}, words {best.lexical}")
    return int(said.removeprefix("edition"))
