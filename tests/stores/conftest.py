"""Every store is tested on both databases."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from assistant.build import open_stores
from assistant.config import Settings
from assistant.kept import Stores
from tests.assistant.conftest import one_tokenizer_for_the_same_words  # noqa: F401 - a fixture for all

Opener = Callable[[], Stores]


@pytest.fixture(params=["sqlite", "postgresql"])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """Settings of an empty data folder, with the database in it or beside it."""
    data = tmp_path / "deep" / "data"
    if request.param == "sqlite":
        return Settings(data_dir=data)
    data.mkdir(parents=True)
    return Settings(data_dir=data, database_url=request.getfixturevalue("postgres_database"))


@pytest.fixture
def opened(settings: Settings) -> Iterator[Opener]:
    """Opens the stores, each time as a new process would; closes them at the end."""
    every: list[Stores] = []

    def again() -> Stores:
        every.append(open_stores(settings, patience=20))
        return every[-1]

    yield again
    for stores in every:
        stores.keeper.close()


@pytest.fixture
def stores(opened: Opener) -> Stores:
    """The stores over an empty database."""
    return opened()
