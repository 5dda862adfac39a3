"""One reference to whoever answers: followed when something is published, kept when that is damaged."""

import shutil
import threading
import weakref
from pathlib import Path

import pytest

from assistant import serving as module
from assistant.assistant import Assistant
from assistant.build import build_serving, open_stores
from assistant.config import Settings
from assistant.model import Session
from assistant.serving import Serving
from assistant.sessions import MemorySessions
from knowledge.index.embedding import Embedder
from knowledge.index.generation import GenerationStore
from knowledge.index.opening import Generation
from knowledge.model import Library
from knowledge.sources.library import load_library

SMALL = Path(__file__).parents[1] / "knowledge/small_library"
REMEDY = "请重新运行 python -m knowledge build，再运行 python -m knowledge publish"


@pytest.fixture(scope="module")
def small() -> Library:
    return load_library(SMALL)


@pytest.fixture
def store(tmp_path: Path, small: Library, embedder: Embedder) -> GenerationStore:
    """Generation 1 is published, 2 is built."""
    made = GenerationStore(tmp_path)
    made.build(small, embedder)
    made.publish()
    made.build(small, embedder)
    return made


@pytest.fixture
def serving(store: GenerationStore, embedder: Embedder) -> Serving:
    sessions = MemorySessions()

    def assemble(generation: Generation, problems: tuple[str, ...]) -> Assistant:
        return Assistant(generation, sessions, 500, problems)

    return Serving(store, embedder, assemble, assemble(*store.open(embedder)))


def damage(store: GenerationStore, number: int) -> None:
    (store.folder / str(number) / "docs.npy").write_text("[]", encoding="utf-8")


def test_what_is_published_is_served_from_the_next_question_on(store: GenerationStore, serving: Serving) -> None:
    before = serving.assistant
    serving.refresh()
    assert serving.assistant.generation_number == "1", "2 is built, not published"
    store.publish()
    assert serving.assistant.generation_number == "1", "nobody has looked yet"
    serving.refresh()
    assert (serving.assistant.generation_number, serving.problems) == ("2", ())
    assert before.search("身份证丢了")[0]["guide_id"] == "410000/card-reissue", "who holds the old one can go on"
    store.rollback()
    serving.refresh()
    assert (serving.assistant.generation_number, serving.problems) == ("1", ())


def test_what_was_served_before_is_let_go(store: GenerationStore, serving: Serving) -> None:
    served_before = weakref.ref(serving.assistant.catalog)
    store.publish()
    serving.refresh()
    assert served_before() is None


def test_a_damaged_publication_is_refused_and_told_until_it_is_mended(store: GenerationStore, serving: Serving) -> None:
    whole = (store.folder / "2/docs.npy").read_bytes()
    store.publish()
    damage(store, 2)
    before = serving.assistant
    serving.refresh()
    told = (f"版本 2 的文件 docs.npy 缺失或损坏；仍用版本 1。{REMEDY}",)
    assert (serving.assistant, serving.problems) == (before, told)
    (store.folder / "2/docs.npy").write_bytes(whole)
    serving.refresh()
    assert serving.problems == told, "the same publication is not read again and again"
    store.publish(2)
    serving.refresh()
    assert (serving.assistant.generation_number, serving.problems) == ("2", ())


def test_going_back_to_what_is_served_clears_the_complaint(store: GenerationStore, serving: Serving) -> None:
    store.publish()
    damage(store, 2)
    serving.refresh()
    store.rollback()
    before = serving.assistant.generation
    serving.refresh()
    assert serving.assistant.generation is before
    assert serving.problems == ()


def test_what_is_served_stays_even_if_its_files_are_lost(store: GenerationStore, serving: Serving) -> None:
    shutil.rmtree(store.folder)
    for name in ("CURRENT", "CURRENT.copy"):
        (store.data / name).write_text("", encoding="utf-8")
    serving.refresh()
    assert serving.assistant.search("身份证丢了")[0]["guide_id"] == "410000/card-reissue"
    assert serving.problems[0].startswith("CURRENT 和它的副本都读不出来")


def test_a_damaged_pointer_is_told_and_the_assistant_stays(store: GenerationStore, serving: Serving) -> None:
    store.pointer.path.write_text("1\n", encoding="utf-8")
    before = serving.assistant.generation
    serving.refresh()
    assert serving.assistant.generation is before
    mend = "请运行 python -m knowledge publish 加版本号，重新写好"
    assert serving.problems == (f"CURRENT 丢失或损坏，以 CURRENT.copy 为准；{mend}",)


def test_the_watch_follows_and_outlives_any_fault(
    store: GenerationStore, serving: Serving, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "SECONDS_BETWEEN_LOOKS", 0.001)
    refresh, left, stop = serving.refresh, [1, 2], threading.Event()

    def failing() -> None:
        if left:
            left.pop()
            raise MemoryError
        refresh()
        stop.set()

    monkeypatch.setattr(serving, "refresh", failing)
    store.publish()
    serving.watch(stop)
    assert (serving.assistant.generation_number, serving.problems) == ("2", ())


def test_a_fault_of_the_watch_is_told(serving: Serving, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SECONDS_BETWEEN_LOOKS", 0.001)
    stop = threading.Event()

    def failing() -> None:
        stop.set()
        raise MemoryError

    monkeypatch.setattr(serving, "refresh", failing)
    serving.watch(stop)
    assert serving.problems == (f"换用新版本时出错（MemoryError）；仍用版本 1。{REMEDY}",)


def test_what_was_wrong_at_the_start_is_forgotten_once_mended(store: GenerationStore) -> None:
    store.pointer.path.write_text("1\n", encoding="utf-8")
    settings = Settings(data_dir=store.data)
    serving = build_serving(settings, open_stores(settings))
    serving.refresh()
    no_model, damaged = serving.problems
    assert (no_model[:7], damaged[:13]) == ("向量模型不可用", "CURRENT 丢失或损坏")
    store.publish(1)
    serving.refresh()
    assert serving.problems == (no_model,)


def test_a_database_that_cannot_be_opened_is_told_and_stops_nobody(store: GenerationStore) -> None:
    (store.data / "bancheng.sqlite3").mkdir()
    settings = Settings(data_dir=store.data)
    stores = open_stores(settings)
    who = build_serving(settings, stores).assistant
    first = who.ask(Session(session_id="a"), "小证咋办")
    who.sessions.put(Session(session_id="a").add(first))
    assert who.sessions.get("a") == Session(session_id="a").add(first)
    assert stores.keeper.problems == ("数据库文件打不开，请检查数据文件夹在不在、能不能写",)


def test_a_pointer_that_was_damaged_and_mended_is_no_problem_any_more(store: GenerationStore, serving: Serving) -> None:
    serving.refresh()
    kept = {path: path.read_bytes() for path in (store.data / "CURRENT", store.data / "CURRENT.copy")}
    for path in kept:
        path.write_bytes(b"nonsense\n")
    serving.refresh()
    assert serving.problems[0].startswith("CURRENT 和它的副本都读不出来")
    for path, content in kept.items():
        path.write_bytes(content)
    serving.refresh()
    assert (serving.problems, serving.assistant.generation_number) == ((), "1")
