"""Fixtures of the assistant's tests: the shipped library by words alone, by the real model, and one in a nutshell."""

import shutil
from collections.abc import Callable, Iterator
from datetime import date
from functools import lru_cache
from pathlib import Path

import pytest

from assistant.assistant import Assistant
from assistant.model import AnyReply, Session, Turn
from assistant.sessions import MemorySessions
from knowledge.catalog import Catalog
from knowledge.index import contents
from knowledge.index.embedding import Embedder, open_embedder
from knowledge.index.generation import GenerationStore
from knowledge.index.tokens import Tokens
from knowledge.model import Library

DAY = date(2026, 11, 22)
Talk = Callable[..., list[AnyReply]]


@pytest.fixture(scope="session", autouse=True)
def one_tokenizer_for_the_same_words() -> Iterator[None]:
    """Opening jieba's dictionary takes most of a second; the same words give the same tokenizer."""
    made = lru_cache(Tokens)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(contents, "Tokens", lambda words: made(tuple(words)))
        yield


@pytest.fixture(scope="session")
def shipped(library: Library) -> Catalog:
    """Look-ups over the shipped library."""
    return Catalog(library)


@pytest.fixture(scope="session")
def hashed_data(library: Library, embedder: Embedder, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the shipped library published under the fake embedder."""
    folder = tmp_path_factory.mktemp("hashed")
    store = GenerationStore(folder)
    store.build(library, embedder)
    store.publish()
    return folder


@pytest.fixture(scope="session")
def by_words(hashed_data: Path) -> Assistant:
    """The assistant without any embedder, as it runs where the model is missing."""
    opened, _ = GenerationStore(hashed_data).open(None)
    return Assistant(opened, MemorySessions(), 500)


@pytest.fixture(scope="session")
def real_data(library: Library, data_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the real model and the shipped library published under it."""
    folder = tmp_path_factory.mktemp("real")
    shutil.copytree(data_dir / "model", folder / "model")
    store = GenerationStore(folder)
    store.build(library, open_embedder("embedded", folder / "model"))
    store.publish()
    return folder


@pytest.fixture(scope="session")
def assistant(real_data: Path) -> Assistant:
    """The assistant as it is shipped: real model, real generation, no language model."""
    opened, _ = GenerationStore(real_data).open(open_embedder("embedded", real_data / "model"))
    return Assistant(opened, MemorySessions(), 500)


def turns(who: Assistant, *said: str, city: str | None = None) -> list[Turn]:
    """The turns of one conversation, as the page plays them."""
    session, played = Session(session_id="test"), []
    for number, text in enumerate(said):
        turn = who.ask(session, text, None if number else city, DAY)
        session = session.add(turn)
        played.append(turn)
    return played


@pytest.fixture(scope="session")
def talk(assistant: Assistant) -> Talk:
    """The replies of one conversation with the real assistant."""
    return lambda *said, city=None: [turn.reply for turn in turns(assistant, *said, city=city)]
