"""Build, publish, open, roll back; what is left when bytes rot, writers meet or the disk refuses."""

import errno
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from knowledge.catalog import Catalog
from knowledge.errors import GenerationError
from knowledge.index import durable, locks, manifest, opening
from knowledge.index.contents import without_guides
from knowledge.index.dense import DenseIndex
from knowledge.index.embedding import Embedder
from knowledge.index.entries import entries_of, library_docs
from knowledge.index.generation import KEEP, REMEDY, GenerationStore
from knowledge.model import Library
from knowledge.sentences import said

FILES = (
    "dense.faiss", "docs.npy", "entries.npz", "guides.jsonl", "guides.npy", "library.json", "manifest.json", "manifest.sha256",
    "register.json", "register.npy", "said.digests.npy", "said.vectors.npy",
    *(f"{folder}/{part}.index.json" for folder in ("lexical", "names") for part in ("params", "vocab")),
    *(f"{folder}/{part}.csc.index.npy" for folder in ("lexical", "names") for part in ("data", "indices", "indptr")),
)  # fmt: skip

SERVED_1 = f"现在用的是以前发布的版本 1；{REMEDY}"


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
    assert manifest.entries == len(entries_of(tuple(library_docs(Catalog(small))))[0])
    assert set(manifest.files) | {"manifest.json", "manifest.sha256"} == set(FILES)
    assert (manifest.model_digest, manifest.sources) == ("hashing", {})
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
    spoken = len({s.text for guide in small.guides for s in said(guide, Catalog(small))})
    assert seen == [(manifest.entries, manifest.entries), (spoken, spoken)]


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


POINTERS = ("CURRENT", "CURRENT.copy")
MEND = "请运行 python -m knowledge publish 加版本号，重新写好"


@pytest.mark.parametrize("bad, good", [POINTERS, POINTERS[::-1]])
@pytest.mark.parametrize("text", [None, "", "二\n", "2\n", "\udcff"])
def test_one_damaged_pointer_is_told_and_the_other_believed(
    published: GenerationStore, embedder: Embedder, bad: str, good: str, text: str | None
) -> None:
    path = published.data / bad
    path.unlink() if text is None else path.write_bytes(text.encode(errors="surrogateescape"))
    opened, problems = published.open(embedder)
    assert (opened.manifest.number, problems) == (2, (f"{bad} 丢失或损坏，以 {good} 为准；{MEND}",))
    published.publish(2)
    assert published.open(embedder)[1] == ()


def test_with_both_pointers_damaged_nothing_is_guessed_and_publishing_mends(
    published: GenerationStore, embedder: Embedder
) -> None:
    for name in POINTERS:
        (published.data / name).write_text("2\n", encoding="utf-8")
    for ask in (lambda: published.open(embedder), published.current, published.rollback):
        with pytest.raises(GenerationError) as caught:
            ask()
        assert str(caught.value) == f"CURRENT 和它的副本都读不出来，不知道发布的是哪个版本；{MEND}"
    published.publish(1)
    assert published.open(embedder)[0].manifest.number == 1


def test_a_build_never_takes_the_number_of_what_is_published(
    published: GenerationStore, small: Library, embedder: Embedder
) -> None:
    shutil.rmtree(published.folder / "2")
    assert published.build(small, embedder).number == 3


def test_another_generation_under_a_published_number_is_refused(
    published: GenerationStore, small: Library, embedder: Embedder, tmp_path: Path
) -> None:
    other = GenerationStore(tmp_path / "other")
    for _ in range(2):
        other.build(small, embedder)
    shutil.rmtree(published.folder / "2")
    shutil.copytree(other.folder / "2", published.folder / "2")
    opened, problems = published.open(embedder)
    assert (opened.manifest.number, problems[0]) == (1, "版本 2 不是当时发布的那一个")


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
        reason = "清单与校验码不符，已损坏" if name.startswith("manifest") else f"文件 {name} 缺失或损坏"
        assert problems == (f"版本 2 的{reason}", SERVED_1)
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
    assert (opened.manifest.number, len(problems), problems[1]) == (1, 2, SERVED_1)


def test_a_file_too_many_is_noticed(published: GenerationStore, embedder: Embedder) -> None:
    (published.folder / "2/lexical/corpus.jsonl").write_text("{}", encoding="utf-8")
    assert published.open(embedder)[1] == ("版本 2 里多出文件 lexical/corpus.jsonl", SERVED_1)


def test_a_lost_generation_is_noticed_and_the_one_before_is_served(
    published: GenerationStore, embedder: Embedder
) -> None:
    shutil.rmtree(published.folder / "2")
    opened, problems = published.open(embedder)
    assert (opened.manifest.number, problems) == (1, ("版本 2 的清单读不出来：文件不见了", SERVED_1))


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
        "没有一个完好的版本可用：版本 2 的文件 entries.npz 缺失或损坏；版本 1 的文件 docs.npy 缺失或损坏。" + REMEDY
    )


def test_a_generation_of_another_model_is_refused(published: GenerationStore, embedder: Embedder) -> None:
    other = type(embedder)("other")  # type: ignore[call-arg]
    with pytest.raises(
        GenerationError, match="版本 2 由另一个模型或分词器生成；.*请重新运行 python -m knowledge build"
    ):
        published.open(other)


def test_a_generation_of_another_tokenizer_is_refused(
    published: GenerationStore, embedder: Embedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening, "TOKENIZER_VERSION", "rjieba-2")
    with pytest.raises(GenerationError, match="由另一个模型或分词器生成"):
        published.open(embedder)


def test_a_generation_of_another_format_is_refused(published: GenerationStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(manifest, "FORMAT", 5)
    with pytest.raises(
        GenerationError,
        match="版本 2 是以前的程序的格式（4，本程序用 5）；没有切换.*请重新运行 python -m knowledge build",
    ):
        published.publish()


def test_without_an_embedder_words_still_answer(published: GenerationStore) -> None:
    found = published.open(None)[0].retriever.search("身份证丢了")
    assert (found.kept[0].key, found.dense_used) == ("410000/card-reissue", False)


# ---- roll back, prune -----------------------------------------------------------------------------------------------


def test_rolling_back_goes_one_step_and_then_says_there_is_none(published: GenerationStore, embedder: Embedder) -> None:
    assert published.rollback().number == 1
    assert published.open(embedder)[0].manifest.number == 1
    with pytest.raises(GenerationError, match="没有更早发布过的版本可以退回"):
        published.rollback()
    assert published.publish(2).number == published.current() == 2


def test_one_cannot_roll_back_before_the_first_publication(
    store: GenerationStore, small: Library, embedder: Embedder
) -> None:
    store.build(small, embedder)
    with pytest.raises(GenerationError, match="没有更早发布过的版本可以退回"):
        store.rollback()


def test_rolling_back_passes_over_what_was_never_published(
    published: GenerationStore, small: Library, embedder: Embedder
) -> None:
    for _ in range(2):
        published.build(small, embedder)
    assert [published.publish(4).number, published.rollback().number, published.rollback().number] == [4, 2, 1]


def test_rolling_back_undoes_a_publication_of_an_older_one(published: GenerationStore) -> None:
    assert [published.publish(1).number, published.rollback().number] == [1, 2]


def test_one_can_roll_back_while_a_build_runs(published: GenerationStore, small: Library, embedder: Embedder) -> None:
    class Impatient(type(embedder)):  # type: ignore[misc]
        def embed_passages(self, texts: Sequence[str], progress: object = None) -> np.ndarray:
            if published.current() == 2:
                assert published.rollback().number == 1
            return super().embed_passages(texts)

    assert published.build(small, Impatient()).number == 3
    assert published.current() == 1


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
    assert published.numbers() == [1, 2, *range(newest - KEEP, newest + 1)], (
        "what was published before can be served again"
    )
    for _ in range(KEEP):
        published.build(small, embedder)
        newest = published.publish().number
    assert published.numbers() == list(range(newest - KEEP, newest + 1))


def test_a_reader_that_was_overtaken_looks_again(
    published: GenerationStore, small: Library, embedder: Embedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    overtaken = [published.pointer.read()]
    for _ in range(KEEP + 2):
        published.build(small, embedder)
        published.publish()
    read = published.pointer.read
    monkeypatch.setattr(published.pointer, "read", lambda: overtaken.pop() if overtaken else read())
    opened, problems = published.open(embedder)
    assert (opened.manifest.number, problems) == (KEEP + 4, ())


def test_what_a_reader_has_open_stays(published: GenerationStore, small: Library, embedder: Embedder) -> None:
    opened, _ = published.open(embedder)
    for _ in range(KEEP + 1):
        published.build(small, embedder)
        published.publish()
    assert published.numbers() == [2, *range(3, KEEP + 4)]
    del opened
    published.publish()
    assert published.numbers() == [*range(3, KEEP + 4)]


def test_the_published_one_stays_even_if_it_is_the_oldest(
    published: GenerationStore, small: Library, embedder: Embedder
) -> None:
    for _ in range(KEEP + 1):
        published.build(small, embedder)
    published.publish(1)
    assert published.numbers() == [1, 2, *range(3, KEEP + 4)]


# ---- two writers, a disk that refuses ---------------------------------------------------------------------------------


@pytest.mark.parametrize("write, lock", [("build", "build"), ("publish", "publish"), ("rollback", "publish")])
def test_a_second_writer_is_turned_away(
    published: GenerationStore, small: Library, embedder: Embedder, monkeypatch: pytest.MonkeyPatch,
    write: str, lock: str,
) -> None:  # fmt: skip
    monkeypatch.setattr(locks, "WAIT_SECONDS", 0.05)
    calls: dict[str, Callable[[], object]] = {
        "build": partial(published.build, small, embedder), "publish": published.publish, "rollback": published.rollback,
    }  # fmt: skip
    holder = "import sys, filelock as f; lock = f.FileLock(sys.argv[1]); lock.acquire(); print(1, flush=True); sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", holder, str(published.data / f".{lock}.lock")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as first:
        assert first.stdout is not None
        first.stdout.readline()
        with pytest.raises(GenerationError, match=f"^另一个 {lock}.*正在进行，等它结束后再试$"):
            calls[write]()
        assert published.open(embedder)[1] == (), "readers do not wait for writers"
        assert (published.numbers(), published.current()) == ([1, 2], 2)


@pytest.mark.parametrize("code, told", [
    (errno.ENOSPC, "磁盘满了，写不下，请清出空间后再试"), (errno.EROFS, "没有权限读写，请检查文件夹的属主和挂载方式"),
])  # fmt: skip
def test_a_pointer_that_cannot_be_written_is_told_and_nothing_changes(
    published: GenerationStore, embedder: Embedder, monkeypatch: pytest.MonkeyPatch, code: int, told: str
) -> None:
    def refuse(path: Path) -> None:
        if path.name.startswith("CURRENT"):
            raise OSError(code, os.strerror(code), str(path))

    monkeypatch.setattr(durable, "sync", refuse)
    with pytest.raises(GenerationError) as caught:
        published.publish(1)
    assert str(caught.value) == f"{told}（{published.data}/CURRENT.copy.tmp）；已发布的版本没有变"
    assert published.open(embedder)[0].manifest.number == 2


def test_what_was_written_short_is_not_given_a_number(
    published: GenerationStore, small: Library, embedder: Embedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def short(self: DenseIndex, path: Path) -> None:
        path.write_bytes(b"IxFI")

    monkeypatch.setattr(DenseIndex, "save", short)
    with pytest.raises(GenerationError, match="^版本 3.partial 的内容打不开.*可能磁盘满了没有写完$"):
        published.build(small, embedder)
    assert published.numbers() == [1, 2]


def test_everything_is_on_the_disk_before_it_is_named(
    published: GenerationStore, small: Library, embedder: Embedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []

    def name_of(descriptor: int) -> str:
        return os.readlink(f"/proc/self/fd/{descriptor}").removeprefix(f"{published.data}/")

    fsync, rename, replace = os.fsync, os.rename, os.replace
    monkeypatch.setattr(os, "fsync", lambda fd: (seen.append(name_of(fd)), fsync(fd))[1])
    for how, do in (("rename", rename), ("replace", replace)):
        monkeypatch.setattr(os, how, lambda a, b, do=do: (seen.append(f"→ {Path(b).name}"), do(a, b))[1])
    published.build(small, embedder)
    published.publish()
    named = seen.index("→ 3")
    wanted = {f"generations/3.partial{folder}" for folder in ("", "/lexical", "/names")} | {
        f"generations/3.partial/{f}" for f in FILES
    }
    assert set(seen[:named]) - {str(published.data)} == wanted
    after = [step for step in seen[named:] if step != str(published.data)]
    assert after == [
        "→ 3", "generations", "CURRENT.copy.tmp", "→ CURRENT.copy", "CURRENT.tmp", "→ CURRENT",
    ]  # fmt: skip
    assert seen[-1] == str(published.data)
