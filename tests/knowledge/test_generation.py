"""Build, publish, open, roll back; and what is left when bytes rot, writers meet or the power fails."""

import hashlib
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from filelock import FileLock

from knowledge.errors import GenerationError
from knowledge.index import generation
from knowledge.index.contents import without_guides
from knowledge.index.embedding import Embedder
from knowledge.index.entries import entries_of, library_docs
from knowledge.index.generation import KEEP, GenerationStore
from knowledge.model import Library

FILES = (
    "dense.faiss", "docs.npy", "entries.npz", "guides.jsonl", "guides.npy", "library.json", "manifest.json", "register.json",
    "register.npy", "lexical/data.csc.index.npy", "lexical/indices.csc.index.npy", "lexical/indptr.csc.index.npy", "lexical/params.index.json", "lexical/vocab.index.json",
)  # fmt: skip


def flip(path: Path, at: float = 0.5) -> None:
    data = bytearray(path.read_bytes())
    data[min(int(len(data) * at), len(data) - 1)] ^= 1
    path.write_bytes(data)


def test_what_was_built_is_what_is_opened(store: GenerationStore, small: Library, embedder: Embedder) -> None:
    built = store.build(small, embedder)
    assert store.publish() == built
    opened, problems = store.open(embedder)
    assert problems == ()
    assert opened.manifest == built
    assert (opened.catalog.library, opened.catalog.guides) == (without_guides(small), small.guides)
    assert opened.retriever.search("身份证丢了", "410100").kept[0].key == "410100/card-reissue"
    assert opened.spelling.mend("居民身份正") == "居民身份证"


def test_the_manifest_says_what_is_inside(published: GenerationStore, small: Library) -> None:
    manifest = published.verify(2)
    assert (manifest.number, manifest.guides, manifest.themes, manifest.model_id) == (2, 6, 1, "hashing")
    assert manifest.entries == len(entries_of(tuple(library_docs(generation.Catalog(small))))[0])
    assert set(manifest.files) | {"manifest.json"} == set(FILES)
    assert manifest.library_digest == hashlib.sha256(small.model_dump_json().encode()).hexdigest()


def test_nothing_is_visible_before_it_is_published(
    published: GenerationStore, small: Library, embedder: Embedder
) -> None:
    published.build(small, embedder)
    assert published.numbers() == [1, 2, 3]
    assert published.current() == 2
    assert published.open(embedder)[0].manifest.number == 2


def test_progress_reaches_the_number_of_entries(store: GenerationStore, small: Library, embedder: Embedder) -> None:
    seen: list[tuple[int, int]] = []
    manifest = store.build(small, embedder, lambda done, total: seen.append((done, total)))
    assert seen == [(manifest.entries, manifest.entries)]


def test_a_build_that_fails_leaves_nothing(published: GenerationStore, small: Library, embedder: Embedder) -> None:
    class Failing(type(embedder)):  # type: ignore[misc]
        def embed_passages(self, texts: Sequence[str], progress: object = None) -> np.ndarray:
            raise RuntimeError("没电了")

    with pytest.raises(RuntimeError, match="没电了"):
        published.build(small, Failing())
    assert sorted(path.name for path in published.folder.iterdir()) == ["1", "2"]
    assert published.build(small, embedder).number == 3


# ---- before the first publication -----------------------------------------------------------------------------------


def test_without_a_pointer_one_is_told_the_two_commands(
    store: GenerationStore, small: Library, embedder: Embedder
) -> None:
    store.build(small, embedder)
    with pytest.raises(GenerationError) as caught:
        store.open(embedder)
    assert (
        str(caught.value)
        == "还没有发布过指南库，请先运行 python -m knowledge build，再运行 python -m knowledge publish"
    )


def test_a_lost_pointer_is_mended_by_publishing(published: GenerationStore, embedder: Embedder) -> None:
    published.pointer.unlink()
    with pytest.raises(GenerationError, match="还没有发布过指南库"):
        published.open(embedder)
    published.publish()
    assert published.open(embedder)[0].manifest.number == 2


def test_an_unreadable_pointer_is_no_pointer(published: GenerationStore) -> None:
    published.pointer.write_text("二\n", encoding="utf-8")
    assert published.current() is None


@pytest.mark.parametrize("number, have", [(None, "还没有"), (7, "还没有")])
def test_there_is_nothing_to_publish_before_a_build(store: GenerationStore, number: int | None, have: str) -> None:
    with pytest.raises(GenerationError, match=f"没有可发布的版本.*现有：{have}.*python -m knowledge build"):
        store.publish(number)


def test_a_number_that_is_not_there_is_told_with_those_that_are(published: GenerationStore) -> None:
    with pytest.raises(GenerationError, match="没有可发布的版本 7（现有：1、2）"):
        published.publish(7)


# ---- damage ---------------------------------------------------------------------------------------------------------


def test_the_list_of_files_is_complete(published: GenerationStore) -> None:
    folder = published.folder / "2"
    assert {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()} == set(FILES)


@pytest.mark.parametrize("name", FILES)
def test_a_flipped_byte_is_noticed_and_the_one_before_is_served(
    published: GenerationStore, embedder: Embedder, name: str
) -> None:
    for at in (0.0, 0.5, 1.0):
        path = published.folder / "2" / name
        whole = path.read_bytes()
        flip(path, at)
        opened, problems = published.open(embedder)
        assert opened.manifest.number == 1, at
        if name == "manifest.json":
            assert [problem[:6] for problem in problems] == ["版本 2 的"], at
        else:
            assert problems == (f"版本 2 的文件 {name} 缺失或损坏",)
        with pytest.raises(GenerationError, match="版本 2 的"):
            published.publish(2)
        path.write_bytes(whole)
    assert published.open(embedder)[1] == ()


@pytest.mark.parametrize("name", FILES)
def test_a_lost_file_is_noticed_and_the_one_before_is_served(
    published: GenerationStore, embedder: Embedder, name: str
) -> None:
    (published.folder / "2" / name).unlink()
    opened, problems = published.open(embedder)
    assert (opened.manifest.number, len(problems)) == (1, 1)


def test_a_lost_generation_is_noticed_and_the_one_before_is_served(
    published: GenerationStore, embedder: Embedder
) -> None:
    shutil.rmtree(published.folder / "2")
    opened, problems = published.open(embedder)
    assert (opened.manifest.number, problems) == (1, ("版本 2 的清单读不出来：FileNotFoundError",))


def test_a_newer_generation_that_was_never_published_is_not_served(
    published: GenerationStore, small: Library, embedder: Embedder
) -> None:
    published.build(small, embedder)
    flip(published.folder / "2/docs.npy")
    assert published.open(embedder)[0].manifest.number == 1


def test_when_all_are_damaged_every_reason_is_told(published: GenerationStore, embedder: Embedder) -> None:
    flip(published.folder / "1/docs.npy")
    flip(published.folder / "2/entries.npz")
    with pytest.raises(GenerationError) as caught:
        published.open(embedder)
    assert str(caught.value) == (
        "没有一个完好的版本可用：版本 2 的文件 entries.npz 缺失或损坏；版本 1 的文件 docs.npy 缺失或损坏"
    )


def test_a_generation_of_another_model_is_refused(published: GenerationStore, embedder: Embedder) -> None:
    other = type(embedder)("other")  # type: ignore[call-arg]
    with pytest.raises(GenerationError, match="版本 2 由另一个模型或分词器生成，请重新运行 python -m knowledge build"):
        published.open(other)


def test_a_generation_of_another_tokenizer_is_refused(
    published: GenerationStore, embedder: Embedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(generation, "TOKENIZER_VERSION", "rjieba-2")
    with pytest.raises(GenerationError, match="由另一个模型或分词器生成"):
        published.open(embedder)


def test_a_generation_of_another_format_is_refused(published: GenerationStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(generation, "FORMAT", 3)
    with pytest.raises(GenerationError, match="版本 2 是另一种格式（2），请重新运行 python -m knowledge build"):
        published.publish()


def test_without_an_embedder_words_still_answer(published: GenerationStore) -> None:
    found = published.open(None)[0].retriever.search("身份证丢了")
    assert (found.kept[0].key, found.dense_used) == ("410000/card-reissue", False)


# ---- roll back, prune -----------------------------------------------------------------------------------------------


def test_rolling_back_goes_one_step_and_then_says_there_is_none(published: GenerationStore, embedder: Embedder) -> None:
    assert published.rollback().number == 1
    assert published.open(embedder)[0].manifest.number == 1
    with pytest.raises(GenerationError, match="没有更早的版本可以退回"):
        published.rollback()
    assert published.publish(2).number == published.current() == 2


def test_one_cannot_roll_back_before_the_first_publication(
    store: GenerationStore, small: Library, embedder: Embedder
) -> None:
    store.build(small, embedder)
    with pytest.raises(GenerationError, match="没有更早的版本可以退回"):
        store.rollback()


def test_one_cannot_roll_back_onto_a_damaged_generation(published: GenerationStore) -> None:
    flip(published.folder / "1/library.json")
    with pytest.raises(GenerationError, match="版本 1 的文件 library.json"):
        published.rollback()
    assert published.current() == 2


def test_old_generations_go_and_the_newest_stay(published: GenerationStore, small: Library, embedder: Embedder) -> None:
    for _ in range(KEEP + 1):
        published.build(small, embedder)
    newest = KEEP + 3
    assert published.numbers() == list(range(1, newest + 1))
    published.publish()
    assert published.numbers() == list(range(newest - KEEP, newest + 1))


def test_the_published_one_stays_even_if_it_is_the_oldest(
    published: GenerationStore, small: Library, embedder: Embedder
) -> None:
    for _ in range(KEEP + 1):
        published.build(small, embedder)
    published.publish(1)
    assert published.numbers() == [1, *range(4, KEEP + 4)]


# ---- two writers, a killed writer -----------------------------------------------------------------------------------


@pytest.mark.parametrize("write", ["build", "publish", "rollback"])
def test_a_second_writer_is_turned_away(
    published: GenerationStore, small: Library, embedder: Embedder, monkeypatch: pytest.MonkeyPatch, write: str
) -> None:
    monkeypatch.setattr(generation, "FileLock", lambda path, timeout: FileLock(path, timeout=0.05))
    calls: dict[str, Callable[[], object]] = {
        "build": partial(published.build, small, embedder), "publish": published.publish, "rollback": published.rollback,
    }  # fmt: skip
    holder = "import sys, filelock as f; lock = f.FileLock(sys.argv[1]); lock.acquire(); print(1, flush=True); sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", holder, str(published.data / ".writer.lock")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as first:
        assert first.stdout is not None
        first.stdout.readline()
        with pytest.raises(GenerationError, match="^另一个 build 或 publish 正在进行，等它结束后再试$"):
            calls[write]()
        assert published.open(embedder)[1] == (), "readers do not wait for writers"
        assert (published.numbers(), published.current()) == ([1, 2], 2)


@pytest.fixture(scope="module")
def writer() -> Iterator["subprocess.Popen[str]"]:
    here = Path(__file__)
    places = {"PYTHONPATH": os.pathsep.join([str(here.parents[2]), str(here.parents[1])])}
    with subprocess.Popen(
        [sys.executable, "-P", str(here.with_name("generation_writer.py"))],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | places,
    ) as process:
        yield process
        process.kill()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.parametrize("moment", range(12))
def test_a_writer_killed_at_any_moment_leaves_a_whole_generation(
    published: GenerationStore, small: Library, embedder: Embedder, writer: "subprocess.Popen[str]", moment: int
) -> None:
    assert writer.stdin is not None
    assert writer.stdout is not None
    writer.stdin.write(f"{published.data}\n")
    writer.stdin.flush()
    child = int(writer.stdout.readline())
    time.sleep(random.Random(moment).uniform(0.001, 0.15))
    os.kill(child, signal.SIGKILL)
    opened, problems = published.open(embedder)
    assert problems == ()
    assert opened.manifest.number == published.current() >= 2
    assert (opened.catalog.library, opened.catalog.guides) == (without_guides(small), small.guides)
    newest = max(published.numbers())
    assert published.verify(newest).number == newest, "what bears a number is finished"
    assert published.build(small, embedder).number == newest + 1, (
        "the lock and the unfinished folder of the dead are no obstacle"
    )
    assert published.publish().number == newest + 1
    assert [path.name for path in published.folder.glob("*.partial")] == []
