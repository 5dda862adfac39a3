"""A library of seven files that one can hold in mind, and the stores and folders made from it."""

import shutil
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path

import pytest

from knowledge.catalog import Catalog
from knowledge.index import contents
from knowledge.index.embedding import Embedder
from knowledge.index.generation import GenerationStore
from knowledge.index.tokens import Tokens
from knowledge.model import Library
from knowledge.sources.library import load_library

SMALL_LIBRARY = Path(__file__).parent / "small_library"
Edit = Callable[[str, str, str], Library]


@pytest.fixture(scope="session", autouse=True)
def one_tokenizer_for_the_same_words() -> Iterator[None]:
    """Opening jieba's dictionary takes most of a second; the same words give the same tokenizer."""
    made = lru_cache(Tokens)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(contents, "Tokens", lambda words: made(tuple(words)))
        yield


@pytest.fixture(scope="session")
def tokens() -> Tokens:
    """A tokenizer that knows the dictionary and three words of ours."""
    return Tokens(["居民身份证", "不动产权证书", "豫事办"])


@pytest.fixture(scope="session")
def small() -> Library:
    """The small library, whole and clean."""
    return load_library(SMALL_LIBRARY)


@pytest.fixture(scope="session")
def catalog(small: Library) -> Catalog:
    """Look-ups over the small library."""
    return Catalog(small)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A copy of the small library that a test may break."""
    return Path(shutil.copytree(SMALL_LIBRARY, tmp_path / "library"))


@pytest.fixture
def edited(root: Path) -> Edit:
    """Replace a text in one file of the copy and load it; the text must stand there exactly once."""

    def edit(file: str, old: str, new: str) -> Library:
        path = root / file
        text = path.read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{old} in {file}"
        path.write_text(text.replace(old, new), encoding="utf-8")
        return load_library(root)

    return edit


@pytest.fixture
def store(tmp_path: Path) -> GenerationStore:
    """An empty data folder."""
    return GenerationStore(tmp_path / "data")


@pytest.fixture
def published(store: GenerationStore, small: Library, embedder: Embedder) -> GenerationStore:
    """Generations 1 and 2 of the small library; 2 is published, after 1."""
    for _ in range(2):
        store.build(small, embedder)
        store.publish()
    return store
