"""What every place that keeps generations must do, whether it is a data folder or a PostgreSQL with pgvector."""

import json
import shutil
import threading
import time
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import NamedTuple

import numpy as np
import pytest

from knowledge.errors import GenerationError, IndexUnavailable
from knowledge.index import postgres, shared_generations
from knowledge.index.contents import without_guides
from knowledge.index.dense import DenseIndex
from knowledge.index.embedding import Embedder, Vectors, open_embedder
from knowledge.index.generation import KEEP, GenerationStore
from knowledge.index.opening import Generation, Generations
from knowledge.index.pgvector import DatabaseCosines
from knowledge.index.postgres import Database
from knowledge.index.shared_generations import SharedGenerations
from knowledge.index.vector_store import VECTORS_FILE, StoredEmbedder
from knowledge.model import Library

SUITE = Path(__file__).parents[2] / "evals/suites/retrieval.jsonl"
PATIENCE = 120.0  # seconds: a busy machine is no fault of a test
BEFORE, AFTER = date(2026, 11, 22), date(2027, 6, 1)


class Place(NamedTuple):
    """Where generations are kept, and the folder in which they are built."""

    builder: GenerationStore
    generations: Generations


@pytest.fixture(params=["folder", "database"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def database(postgres_database: str) -> Iterator[Database]:
    made = Database(postgres_database, PATIENCE)
    yield made
    made.close()


@pytest.fixture
def place(kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> Place:
    builder = GenerationStore(tmp_path / "data")
    if kind == "folder":
        return Place(builder, builder)
    return Place(builder, SharedGenerations(request.getfixturevalue("database"), tmp_path / "data"))


@pytest.fixture
def two(place: Place, small: Library, changing: Library, embedder: Embedder) -> Place:
    """Generation 1 of the small library is published, 2 of the changing one is only built."""
    place.builder.build(small, embedder)
    place.generations.publish()
    place.builder.build(changing, embedder)
    return place


def keys(generation: Generation, query: str, *where: object) -> list[str]:
    return [hit.key for hit in generation.retriever.search(query, *where).kept]  # type: ignore[arg-type]


def served(generations: Generations, embedder: Embedder) -> int:
    opened, problems = generations.open(embedder)
    assert problems == ()
    return opened.manifest.number


def test_nothing_can_be_opened_before_it_is_published(place: Place, small: Library, embedder: Embedder) -> None:
    place.builder.build(small, embedder)
    assert place.generations.pointer.read().publications == ()
    with pytest.raises(GenerationError, match="还没有发布过指南库，请先运行"):
        place.generations.open(embedder)


def test_what_is_published_is_what_is_opened(place: Place, small: Library, embedder: Embedder) -> None:
    built = place.builder.build(small, embedder)
    assert place.generations.publish() == built
    opened, problems = place.generations.open(embedder)
    assert (opened.manifest, problems) == (built, ())
    assert (opened.catalog.library, opened.catalog.guides) == (without_guides(small), small.guides)
    assert keys(opened, "身份证丢了", "410100")[0] == "410100/card-reissue"
    assert opened.spelling.mend("居民身份正") == "居民身份证"


def test_publishing_switches_and_a_reader_keeps_what_it_opened(two: Place, embedder: Embedder) -> None:
    reader, _ = two.generations.open(embedder)
    assert served(two.generations, embedder) == 1
    two.generations.publish()
    assert served(two.generations, embedder) == 2
    assert keys(reader, "老年乘车卡")[:1] != ["410000/bus-card"]
    assert [p.number for p in two.generations.pointer.read().publications] == [2, 1]


def test_rolling_back_publishes_what_was_before(two: Place, embedder: Embedder) -> None:
    two.generations.publish()
    later, _ = two.generations.open(embedder)
    assert two.generations.rollback().number == 1
    assert served(two.generations, embedder) == 1
    assert keys(later, "老年乘车卡", "410000", BEFORE)[0] == "410000/bus-card", "who has not looked yet goes on"
    with pytest.raises(GenerationError, match="没有更早发布过的版本可以退回"):
        two.generations.rollback()
    assert two.generations.publish(2).number == served(two.generations, embedder) == 2


def test_the_place_and_the_date_decide_before_the_best_are_taken(two: Place, embedder: Embedder) -> None:
    two.generations.publish()
    opened, _ = two.generations.open(embedder)
    found = {
        (adcode, day): [key for key in keys(opened, "老年乘车卡", adcode, day) if "bus-card" in key]
        for adcode in ("410000", "410100", "410184")
        for day in (BEFORE, AFTER)
    }
    assert found == {
        ("410000", BEFORE): ["410000/bus-card"], ("410000", AFTER): ["410000/bus-card@2027-01-01"],
        ("410100", BEFORE): ["410100/bus-card"], ("410100", AFTER): ["410100/bus-card@2027-01-01"],
        ("410184", BEFORE): ["410184/bus-card"], ("410184", AFTER): ["410184/bus-card@2027-01-01"],
    }  # fmt: skip


def test_a_generation_of_another_model_is_refused(two: Place, embedder: Embedder) -> None:
    with pytest.raises(GenerationError, match="由另一个模型或分词器生成"):
        two.generations.open(type(embedder)("other"))  # type: ignore[call-arg]


def test_readers_see_one_generation_or_the_other_while_it_is_switched(two: Place, embedder: Embedder) -> None:
    two.generations.publish()
    stop, seen, faults = threading.Event(), set[tuple[int, bool]](), list[Exception]()

    def read() -> None:
        while not stop.is_set():
            try:
                opened, _ = two.generations.open(embedder)
                seen.add((opened.manifest.number, "410000/bus-card" in keys(opened, "老年乘车卡", "410000", BEFORE)))
            except Exception as error:
                faults.append(error)

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    for number in (1, 2) * 4:
        two.generations.publish(number)
    stop.set()
    for reader in readers:
        reader.join()
    assert faults == []
    assert seen <= {(1, False), (2, True)}


# ---- the database alone ---------------------------------------------------------------------------------------------


@pytest.fixture
def shared(two: Place) -> SharedGenerations:
    assert isinstance(two.generations, SharedGenerations)
    return two.generations


@pytest.mark.parametrize("kind", ["database"], indirect=True)
@pytest.mark.parametrize("step", ["store_parts", "_schemas"])
def test_a_publication_that_fails_leaves_nothing(
    shared: SharedGenerations, database: Database, embedder: Embedder, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def failing(*_: object) -> None:
        raise RuntimeError("没电了")

    schemas = "SELECT nspname FROM pg_namespace WHERE nspname LIKE 'generation%' ORDER BY 1"
    before = database.rows(schemas)
    with monkeypatch.context() as patch, pytest.raises(RuntimeError):
        patch.setattr(shared_generations, step, failing)
        shared.publish()
    assert (served(shared, embedder), database.rows(schemas)) == (1, before)
    assert shared.publish().number == served(shared, embedder) == 2


@pytest.mark.parametrize("kind", ["database"], indirect=True)
def test_one_publishes_at_a_time(shared: SharedGenerations, database: Database) -> None:
    with database.writing() as another:
        another.run("SELECT pg_advisory_xact_lock(%s)", (shared_generations.PUBLISHERS,))
        with pytest.raises(GenerationError, match="另一个 publish 或 rollback 正在进行"):
            shared.publish()


@pytest.mark.parametrize("kind", ["database"], indirect=True)
def test_another_machine_opens_it_without_a_data_folder(
    shared: SharedGenerations, database: Database, embedder: Embedder, tmp_path: Path
) -> None:
    shared.publish()
    elsewhere = SharedGenerations(database, tmp_path / "elsewhere")
    opened, _ = elsewhere.open(embedder)
    assert keys(opened, "老年乘车卡", "410100", BEFORE)[0] == "410100/bus-card"
    cached = {path.name for path in (tmp_path / "elsewhere/cache").rglob("*") if path.is_file()}
    assert "dense.faiss" not in cached
    assert {"manifest.json", "guides.jsonl", "register.npy"} <= cached


@pytest.mark.parametrize("kind", ["database"], indirect=True)
def test_a_damaged_cache_is_fetched_again(shared: SharedGenerations, embedder: Embedder) -> None:
    assert served(shared, embedder) == 1
    (guides,) = shared.cache.rglob("guides.jsonl")
    whole = guides.read_bytes()
    guides.write_bytes(whole[:-1])
    assert served(shared, embedder) == 1
    assert guides.read_bytes() == whole


@pytest.mark.parametrize("kind", ["database"], indirect=True)
def test_generations_long_past_are_removed(
    shared: SharedGenerations, two: Place, database: Database, small: Library, embedder: Embedder
) -> None:
    for _ in range(KEEP + 3):
        two.builder.build(small, embedder)
        shared.publish()
    assert served(shared, embedder) == KEEP + 5
    kept = database.rows("SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'generation%'")[0][0]
    assert (kept, len(shared.pointer.read().publications)) == (KEEP + 2, KEEP + 1)
    assert len(list(shared.cache.glob("generation_*"))) <= 2


@pytest.mark.parametrize("kind", ["database"], indirect=True)
def test_connections_that_break_are_replaced(shared: SharedGenerations, database: Database, embedder: Embedder) -> None:
    opened, _ = shared.open(embedder)
    before = keys(opened, "身份证丢了", "410100")
    end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = current_database()"
    database.rows(end)
    assert keys(opened, "身份证丢了怎么补", "410100")[:1] == before[:1]


def test_a_database_that_does_not_answer_is_given_up_by_our_own_clock(postgres_database: str) -> None:
    impatient = Database(postgres_database, 0.5)
    with pytest.raises(IndexUnavailable, match="索引数据库现在用不了（没有在时限内答复）"):
        impatient.rows("SELECT pg_sleep(60)", settings=("statement_timeout = 0",))
    assert impatient.rows("SELECT 1") == [(1,)], "on a connection that is not waiting any more"
    impatient.close()


def test_a_deadline_ends_with_its_query(postgres_database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    database = Database(postgres_database, PATIENCE)
    mine = database.rows("SELECT pg_backend_pid()")
    monkeypatch.setattr(postgres, "time", SimpleNamespace(monotonic=lambda: time.monotonic() + 2 * PATIENCE))
    assert database.rows("SELECT pg_backend_pid()") == mine, "a connection that lay idle is used again"
    database.close()


def test_a_database_that_is_not_there_is_told(tmp_path: Path, embedder: Embedder) -> None:
    absent = Database("postgresql://nobody@127.0.0.1:1/none")
    with pytest.raises(IndexUnavailable, match="索引数据库现在用不了"):
        SharedGenerations(absent, tmp_path).open(embedder)
    absent.close()


# ---- the shipped library under the real model -----------------------------------------------------------------------


class Remembering:
    """An embedder that embeds a question once."""

    def __init__(self, embedder: Embedder, questions: list[str]) -> None:
        self.model_id, self.model_digest, self.dimension = embedder.model_id, embedder.model_digest, embedder.dimension
        self.embed_passages = embedder.embed_passages
        self._vectors = dict(zip(questions, embedder.embed_queries(questions), strict=True))

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        return np.stack([self._vectors[text] for text in texts])


class Real(NamedTuple):
    """The same generation in files and in a database, and questions."""

    files: Generation
    rows: Generation
    questions: list[str]


@pytest.fixture(scope="module")
def real(library: Library, data_dir: Path, postgres: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Real]:
    folder = tmp_path_factory.mktemp("conformance")
    if (data_dir / VECTORS_FILE).exists():
        shutil.copy(data_dir / VECTORS_FILE, folder)
    lines = map(json.loads, SUITE.read_text(encoding="utf-8").splitlines())
    questions = [line["turns"][0] for line in lines if line["split"] == "dev"][::4]
    model = Remembering(open_embedder("embedded", data_dir / "model"), questions)
    builder, database = GenerationStore(folder), Database(postgres, PATIENCE)
    builder.build(library, StoredEmbedder(model, folder / VECTORS_FILE))
    shared = SharedGenerations(database, folder)
    builder.publish()
    shared.publish()
    yield Real(builder.open(model)[0], shared.open(model)[0], questions)
    database.close()


@pytest.mark.integration
@pytest.mark.parametrize("city", [None, "410100"])
def test_the_database_orders_and_scores_like_the_files(real: Real, city: str | None) -> None:
    for question in real.questions:
        exact, found = (g.retriever.search(question, city, BEFORE).kept for g in (real.files, real.rows))
        assert [hit.key for hit in found] == [hit.key for hit in exact], question
        np.testing.assert_allclose([hit[1:] for hit in found], [hit[1:] for hit in exact], atol=1e-4)


@pytest.mark.integration
@pytest.mark.parametrize("adapter", [DenseIndex, DatabaseCosines])
def test_narrowing_by_the_nearest_keeps_nearly_all_of_the_best(
    real: Real, monkeypatch: pytest.MonkeyPatch, adapter: type
) -> None:
    exact = [real.files.retriever.search(question, "410100", BEFORE).kept for question in real.questions]
    monkeypatch.setattr(adapter, "comparable", 0)
    narrowing = (real.files if adapter is DenseIndex else real.rows).retriever
    shares, first = [], []
    for question, wanted in zip(real.questions, exact, strict=True):
        found = narrowing.search(question, "410100", BEFORE).kept
        shares.append(len({hit.key for hit in found} & {hit.key for hit in wanted}) / len(wanted))
        first.append(found[0].key == wanted[0].key)
    assert np.mean(shares) >= 0.95
    assert np.mean(first) >= 0.95
