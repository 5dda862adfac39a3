"""Kept as long as promised and no longer, deleted on request, copied and restored whole, taken over from before."""

import json
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from assistant.audit import Action
from assistant.build import open_stores
from assistant.config import Settings
from assistant.errors import BadInput, SettingsError, StoreUnavailable
from assistant.kept import Stores
from assistant.model import Session
from assistant.stores import opening
from assistant.stores.backup import faults_of
from assistant.stores.database import Database
from assistant.stores.engine import sqlite_address
from assistant.stores.migration import HEAD, SCRIPTS
from assistant.worklist import State
from tests.stores.conftest import Opener
from tests.stores.test_records import gap, said, task
from tests.stores.test_sessions import turn

NOW = datetime(2026, 11, 23, 0, 0, tzinfo=UTC)
DAY, TICK = timedelta(days=1), timedelta(seconds=1)
KEPT = {"sessions": DAY, "gaps": 180 * DAY, "feedback": 180 * DAY, "worklist": 365 * DAY, "audit": 1095 * DAY}


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[datetime]:
    moment = [NOW]
    monkeypatch.setattr(opening, "now", lambda: moment[0])
    return moment


def action(at: datetime, verb: str = "view_guide") -> Action:
    return Action(at=at, actor="李", verb=verb, subject="410000/x")


def fill(stores: Stores, age: timedelta) -> None:
    """One of each kind, last touched so long ago."""
    at, name = NOW - age, f"{age.total_seconds():.0f}"
    stores.gaps.record(gap(name, at))
    stores.feedback.record(said(name, at))
    stores.worklist.put(task(name, at, State.DONE))
    stores.worklist.put(task(f"open {name}", at, State.TAKEN))
    stores.audit.append(action(at))


def test_each_kind_is_dropped_when_its_time_is_over_and_not_before(clock: list[datetime], stores: Stores) -> None:
    ages = sorted({*KEPT.values(), *(period - TICK for period in KEPT.values())}, reverse=True)
    for age in ages:
        fill(stores, age)
    old = {kind: sum(age >= period for age in ages) for kind, period in KEPT.items()} | {"sessions": 0}
    assert stores.keeper.overdue() == old, "a dry run"
    assert stores.keeper.overdue() == old, "changes nothing"
    assert stores.keeper.retain("运维") == old
    young = {kind: [age for age in ages if age < period] for kind, period in KEPT.items()}
    assert [g.last_seen for g in stores.gaps.all()] == [NOW - age for age in reversed(young["gaps"])]
    assert len(stores.feedback.all()) == len(young["feedback"])
    assert sorted(a.key for a in stores.worklist.all() if a.state is State.DONE) == sorted(
        f"{age.total_seconds():.0f}" for age in young["worklist"]
    )
    assert len([a for a in stores.worklist.all() if a.state is State.TAKEN]) == len(ages), "open matters stay"
    kept = [action(NOW - age) for age in young["audit"]]
    told = "gaps {gaps}、feedback {feedback}、worklist {worklist}、audit {audit}".format(**old)
    *before, cut, last = stores.audit.all()
    assert (before, cut.verb, cut.subject) == (kept, "cut_audit", str(len(ages) - len(kept)))
    assert last == Action(at=NOW, actor="运维", verb="retain", subject="database", detail=told)
    assert stores.keeper.audit_fault() is None
    assert stores.keeper.overdue() == dict.fromkeys(KEPT, 0)


def test_a_cut_audit_cannot_be_cut_further_unseen(clock: list[datetime], stores: Stores, settings: Settings) -> None:
    for days in (1200, 1100, 3, 2):
        stores.audit.append(action(NOW - days * DAY))
    stores.keeper.retain("运维")
    assert (len(stores.audit.all()), stores.keeper.audit_fault()) == (4, None)
    address = (
        settings.database_url.get_secret_value()
        if settings.database_url
        else sqlite_address(settings.data_dir / "bancheng.sqlite3")
    )
    back_door = Database(address, 10)
    back_door.write(lambda connection: connection.execute(text("DELETE FROM audit WHERE number = 3")))
    assert stores.keeper.audit_fault() == "第 3 条不见了或次序变了，接着的是第 4 条"
    clock[0] = NOW + 2000 * DAY
    back_door.close()


def test_expired_conversations_go_without_a_line_in_the_audit(clock: list[datetime], stores: Stores) -> None:
    stores.sessions.put(Session(session_id="a"))
    clock[0] += DAY
    stores.keeper.upkeep()
    assert (stores.keeper.overdue(), stores.audit.all()) == (dict.fromkeys(KEPT, 0), [])


def test_a_conversation_is_deleted_on_request(stores: Stores, opened: Opener) -> None:
    stores.sessions.put(Session(session_id="a"))
    assert [opened().keeper.forget("a"), opened().keeper.forget("a")] == [True, False]
    assert stores.sessions.get("a") is None


# ---- copies ---------------------------------------------------------------------------------------------------------


def records(stores: Stores) -> list[object]:
    return [stores.gaps.all(), stores.feedback.all(), stores.worklist.all(), stores.audit.all()]


def test_a_copy_is_restored_whole_without_conversations(clock: list[datetime], stores: Stores, tmp_path: Path) -> None:
    fill(stores, DAY)
    stores.audit.append(action(NOW))
    stores.sessions.put(Session(session_id="a").add(turn(1)))
    copy = tmp_path / "copy.sqlite3"
    counts = stores.keeper.back_up(copy)
    assert counts == {"gaps": 1, "feedback": 1, "worklist": 2, "audit": 2}
    assert faults_of(copy) == []
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_file()) == ["copy.sqlite3", "copy.sqlite3.sha256"]
    assert "问1".encode() not in copy.read_bytes()
    elsewhere = open_stores(Settings(data_dir=tmp_path / "elsewhere"), 20)
    assert elsewhere.keeper.restore(copy, "运维") == counts
    *before, restored = elsewhere.audit.all()
    told = "gaps 1、feedback 1、worklist 2、audit 2"
    assert restored == Action(at=NOW, actor="运维", verb="restore", subject="copy.sqlite3", detail=told)
    assert [*records(elsewhere)[:3], before] == records(stores)
    assert elsewhere.keeper.audit_fault() is None
    assert elsewhere.sessions.get("a") is None
    with pytest.raises(BadInput, match="只往空的数据库里恢复"):
        elsewhere.keeper.restore(copy, "运维")


def test_a_copy_goes_back_to_the_same_kind_of_database(
    clock: list[datetime], settings: Settings, stores: Stores, tmp_path: Path
) -> None:
    elsewhere = open_stores(Settings(data_dir=tmp_path / "elsewhere"), 20)
    fill(elsewhere, DAY)
    elsewhere.keeper.back_up(tmp_path / "copy")
    stores.keeper.restore(tmp_path / "copy", "运维")
    assert records(stores)[:3] == records(elsewhere)[:3]


def test_a_copy_is_taken_while_others_write(stores: Stores, opened: Opener, tmp_path: Path) -> None:
    other = opened()
    for number in range(30):
        other.feedback.record(said(str(number)))
        if number % 10 == 0:
            stores.keeper.back_up(tmp_path / str(number))
    assert [faults_of(tmp_path / name) for name in ("0", "10", "20")] == [[], [], []]


@pytest.mark.parametrize("where", [0, 100, 5000, -1])
def test_a_damaged_copy_is_never_restored(where: int, stores: Stores, tmp_path: Path) -> None:
    stores.audit.append(action(NOW))
    copy = tmp_path / "copy"
    stores.keeper.back_up(copy)
    body = bytearray(copy.read_bytes())
    body[where] ^= 1
    copy.write_bytes(body)
    assert faults_of(copy) == ["内容与备份时的摘要不同，文件损坏或被改过"]
    empty = open_stores(Settings(data_dir=tmp_path / "empty"), 20)
    with pytest.raises(BadInput, match="^备份不能用"):
        empty.keeper.restore(copy, "运维")
    assert records(empty) == [[], [], [], []]


def test_a_copy_with_a_forged_audit_is_found_even_with_its_digest(stores: Stores, tmp_path: Path) -> None:
    stores.audit.append(action(NOW))
    copy = tmp_path / "copy"
    stores.keeper.back_up(copy)
    with closing(sqlite3.connect(copy)) as file:
        file.execute("UPDATE audit SET actor = '王'")
        file.commit()
    from hashlib import sha256

    (tmp_path / "copy.sha256").write_text(sha256(copy.read_bytes()).hexdigest())
    assert faults_of(copy) == ["审计记录：第 1 条被改过，或它前面的被换过"]


def test_no_copy_is_written_over_another(stores: Stores, tmp_path: Path) -> None:
    stores.keeper.back_up(tmp_path / "copy")
    with pytest.raises(BadInput, match="已经有了"):
        stores.keeper.back_up(tmp_path / "copy")


# ---- from the version before ----------------------------------------------------------------------------------------


def old_files(data: Path) -> tuple[Session, dict[str, object]]:
    """The two files as the version before wrote them."""
    data.mkdir(parents=True, exist_ok=True)
    talk = Session(session_id="old").add(turn(1))
    with closing(sqlite3.connect(data / "sessions.sqlite3", isolation_level=None)) as file:
        file.execute("PRAGMA journal_mode=WAL")
        file.execute("CREATE TABLE sessions (session_id TEXT PRIMARY KEY, body TEXT NOT NULL, touched REAL NOT NULL)")
        file.execute(
            "INSERT INTO sessions VALUES (?, ?, ?)", ("old", talk.model_dump_json(), datetime.now().timestamp())
        )
    row = {
        "key": "狗证咋办|no_knowledge|410100", "question": "狗证咋办", "reason": "no_knowledge",
        "nearest": json.dumps(["犬证"], ensure_ascii=False), "place": "410100", "generation": "1", "times": 3,
        "first_seen": NOW.isoformat(), "last_seen": (NOW + DAY).isoformat(),
    }  # fmt: skip
    with closing(sqlite3.connect(data / "gaps.sqlite3", isolation_level=None)) as file:
        file.execute(
            "CREATE TABLE gaps (key TEXT PRIMARY KEY, question TEXT NOT NULL, reason TEXT NOT NULL, nearest TEXT NOT NULL, "
            "place TEXT NOT NULL, generation TEXT NOT NULL, times INTEGER NOT NULL, first_seen TEXT NOT NULL, last_seen TEXT NOT NULL)"
        )
        file.execute(f"INSERT INTO gaps VALUES ({', '.join('?' * len(row))})", tuple(row.values()))
    return talk, row


def test_what_the_version_before_kept_is_taken_over_once_and_its_files_go(settings: Settings, opened: Opener) -> None:
    talk, _ = old_files(settings.data_dir)
    stores = opened()
    taken = gap("狗证咋办", NOW, nearest=("犬证",)).model_copy(update={"times": 3, "last_seen": NOW + DAY})
    assert (stores.sessions.get("old"), stores.gaps.all()) == (talk, [taken])
    assert list(settings.data_dir.glob("sessions.*")) + list(settings.data_dir.glob("gaps.*")) == []
    old_files(settings.data_dir)  # a downgrade wrote them again
    assert opened().gaps.all() == [taken]


def test_what_cannot_be_taken_over_is_left_where_it_is(
    settings: Settings, opened: Opener, caplog: pytest.LogCaptureFixture
) -> None:
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    (settings.data_dir / "gaps.sqlite3").write_bytes(b"no database" * 999)
    assert opened().gaps.all() == []
    assert (settings.data_dir / "gaps.sqlite3").exists()
    assert [record.message for record in caplog.records] == ["gaps.sqlite3 没有并入数据库，原样留着（DatabaseError）"]


# ---- tables ---------------------------------------------------------------------------------------------------------


def test_the_head_is_the_last_script() -> None:
    assert max(path.stem.split("_")[0] for path in (SCRIPTS / "versions").glob("*.py")) == HEAD


def test_the_scripts_make_the_tables_that_are_written(stores: Stores, settings: Settings) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    from assistant.stores.tables import metadata

    stores.sessions.put(Session(session_id="a"))
    address = (
        settings.database_url.get_secret_value()
        if settings.database_url
        else sqlite_address(settings.data_dir / "bancheng.sqlite3")
    )
    with Database(address, 10).transaction(writes=False) as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_a_database_of_a_newer_version_is_left_alone(stores: Stores, opened: Opener, settings: Settings) -> None:
    stores.gaps.record(gap("问"))
    address = (
        settings.database_url.get_secret_value()
        if settings.database_url
        else sqlite_address(settings.data_dir / "bancheng.sqlite3")
    )
    Database(address, 10).write(lambda c: c.execute(text("UPDATE alembic_version SET version_num = '9999'")))
    with pytest.raises(StoreUnavailable, match="^数据库是更新的版本（9999）写的"):
        opened().gaps.all()


@pytest.mark.parametrize("address", ["mysql://x/y", "nonsense", "sqlite://", "sqlite:///:memory:"])
def test_an_address_of_another_kind_is_refused(address: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="^BANCHENG_DATABASE_URL "):
        open_stores(Settings(data_dir=tmp_path, database_url=address))  # type: ignore[arg-type]
