"""A database that is locked, full, read-only, damaged, gone or stuck: conversations go on, and it is caught up with."""

import logging
import os
import shutil
import sqlite3
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from assistant.build import PATIENT, open_stores
from assistant.config import Settings
from assistant.errors import StoreUnavailable
from assistant.kept import Stores
from assistant.model import Session
from assistant.stores import lanes
from assistant.stores.lanes import Lane
from tests.stores.test_records import gap, said, task
from tests.stores.test_sessions import turn

HURRIED = 0.3


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def hurried(data: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stores]:
    """Stores over a database that is in use, waiting for little and resting not at all."""
    monkeypatch.setattr(lanes, "REST_SECONDS", 0.0)
    stores = open_stores(Settings(data_dir=data), HURRIED)
    stores.keeper.prepare()
    stores.sessions.put(Session(session_id="before"))
    yield stores
    stores.keeper.close()


@contextmanager
def locked(data: Path) -> Iterator[None]:
    with closing(sqlite3.connect(data / "bancheng.sqlite3", isolation_level=None)) as holder:
        holder.execute("BEGIN IMMEDIATE")
        yield


@contextmanager
def gone(data: Path) -> Iterator[None]:
    data.rename(data.with_name("aside"))
    data.write_text("not a folder")
    yield
    data.unlink()
    data.with_name("aside").rename(data)


@contextmanager
def damaged(data: Path) -> Iterator[None]:
    aside = data / "aside"
    aside.mkdir()
    for path in data.glob("bancheng.sqlite3*"):  # with its log: SQLite would read the pages from there
        path.rename(aside / path.name)
    (data / "bancheng.sqlite3").write_bytes(b"no database" * 999)
    yield
    for path in aside.iterdir():
        os.replace(path, data / path.name)


FAULTS = {
    "锁着": (locked, "数据库被别的程序锁着，请关掉占用它的程序"),
    "不见了": (gone, "数据库文件打不开，请检查数据文件夹在不在、能不能写"),
    "损坏": (damaged, "数据库文件损坏，请停下服务，用备份恢复：python -m assistant restore"),
}


@pytest.mark.parametrize(("fault", "told"), FAULTS.values(), ids=FAULTS)
def test_a_conversation_goes_on_and_is_kept_once_the_database_is_back(
    fault: Callable[[Path], object], told: str, hurried: Stores, data: Path, caplog: pytest.LogCaptureFixture
) -> None:
    begun, going = Session(session_id="begun"), Session(session_id="before").add(turn(1))
    with caplog.at_level(logging.WARNING, logger="assistant"), fault(data):  # type: ignore[attr-defined]
        hurried.sessions.put(begun)
        hurried.sessions.put(going)
        hurried.gaps.record(gap("问"))
        assert (hurried.sessions.get("begun"), hurried.sessions.get("before")) == (begun, going)
        assert hurried.feedback.record(said("a")) is False
        with pytest.raises(StoreUnavailable, match=told[:6]):
            hurried.worklist.put(task("a"))
        hurried.sessions.forget("begun")
        assert hurried.sessions.get("begun") is None
        assert hurried.keeper.problems == (told,)
        hurried.keeper.upkeep()
        assert hurried.keeper.problems == (told,)
    hurried.keeper.upkeep()
    assert hurried.keeper.problems == ()
    assert {record.message.partition("，")[0] for record in caplog.records} == {
        f"{doing}数据库{end}" for doing in {r.message[0] for r in caplog.records} for end in ("出了问题", "恢复正常")
    }
    after = open_stores(Settings(data_dir=data), PATIENT)
    assert (after.sessions.get("begun"), after.sessions.get("before")) == (None, going)


def test_a_deleted_file_is_made_again(hurried: Stores, data: Path) -> None:
    for path in data.glob("bancheng.sqlite3*"):
        path.unlink()
    hurried.sessions.put(Session(session_id="a"))
    hurried.keeper.upkeep()
    after = open_stores(Settings(data_dir=data), PATIENT)
    assert (after.sessions.get("a"), hurried.keeper.problems) == (Session(session_id="a"), ())


@pytest.fixture
def disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A disk of one megabyte."""
    monkeypatch.setattr(lanes, "REST_SECONDS", 0.0)
    folder = tmp_path / "disk"
    folder.mkdir()
    try:
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError) as error:
        pytest.skip(f"这里不能挂载小磁盘（{error}）")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def test_a_full_disk_stops_no_conversation(disk: Path) -> None:
    stores = open_stores(Settings(data_dir=disk), HURRIED)
    stores.keeper.prepare()
    stores.feedback.record(said("first"))
    (disk / "filler").write_bytes(b"x" * (shutil.disk_usage(disk).free - 4096))
    talk = Session(session_id="a")
    for number in range(20):
        talk = talk.add(turn(number).model_copy(update={"question": "问" * 500}))
        stores.sessions.put(talk)
    assert (stores.sessions.get("a"), stores.feedback.record(said("b"))) == (talk, False)
    assert stores.keeper.problems == ("磁盘满了，请清理出空间",)
    assert [f.trace_id for f in stores.feedback.all()] == ["first"], "what can be read is read"
    (disk / "filler").unlink()
    stores.keeper.upkeep()
    assert (stores.keeper.problems, open_stores(Settings(data_dir=disk), PATIENT).sessions.get("a")) == ((), talk)
    stores.keeper.close()


def test_a_disk_that_may_only_be_read_stops_no_conversation(disk: Path) -> None:
    first = open_stores(Settings(data_dir=disk), HURRIED)
    first.keeper.prepare()
    first.sessions.put(Session(session_id="before"))
    first.keeper.close()
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
    stores = open_stores(Settings(data_dir=disk), HURRIED)
    stores.sessions.put(Session(session_id="a"))
    assert stores.sessions.get("a") == Session(session_id="a")
    told = stores.keeper.problems
    subprocess.run(["mount", "-o", "remount,rw", str(disk)], check=True)
    stores.keeper.upkeep()
    after = open_stores(Settings(data_dir=disk), PATIENT).sessions
    assert (told, stores.keeper.problems) == (("数据库文件打不开，请检查数据文件夹在不在、能不能写",), ())
    assert (after.get("before"), after.get("a")) == (Session(session_id="before"), Session(session_id="a"))
    stores.keeper.close()


# ---- the lane -------------------------------------------------------------------------------------------------------


def test_a_lane_that_is_stuck_lets_go_of_whoever_asks_and_rests(caplog: pytest.LogCaptureFixture) -> None:
    lane, release, done = Lane("写", 1, 0.05), threading.Event(), list[int]()
    with pytest.raises(StoreUnavailable, match="^写数据库太慢，0.05 秒没有做完"):
        lane.run(release.wait)
    begun = time.monotonic()
    for number in range(100):
        with pytest.raises(StoreUnavailable, match="太慢"):
            lane.run(lambda n=number: done.append(n))  # type: ignore[misc]
    assert (time.monotonic() - begun < 1, done) == (True, [])
    release.set()
    lane._rests_until = 0.0
    assert (lane.run(lambda: 7), lane.trouble) == (7, None)
    assert len(caplog.records) == 2
    lane.close()


def test_a_lane_keeps_the_order_and_hands_faults_of_the_work_itself_on() -> None:
    lane, done = Lane("写", 1, 5), list[int]()
    for number in range(50):
        lane.run(lambda n=number: done.append(n))  # type: ignore[misc]
    assert done == list(range(50))
    with pytest.raises(ZeroDivisionError):
        lane.run(lambda: 1 // 0)
    assert lane.trouble is None
    lane.close()
