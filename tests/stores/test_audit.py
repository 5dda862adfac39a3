"""The audit: nobody changes, drops or reorders an action unseen; two processes append to one chain."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, make_url, text

from assistant.audit import Action
from assistant.build import open_stores
from assistant.chain import START, Anchor, Link, digest_of, fault_of
from assistant.config import Settings
from assistant.errors import StoreUnavailable
from assistant.kept import Stores
from tests.stores.conftest import Opener

AT = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


def action(number: int) -> Action:
    return Action(
        at=AT + timedelta(minutes=number), actor="李", verb="view_guide", subject=f"410000/x{number}", detail="查"
    )


def chain(count: int) -> list[Link]:
    links: list[Link] = []
    for number in range(1, count + 1):
        before = links[-1].digest if links else START
        links.append(Link(number, action(number), digest_of(number, action(number), before)))
    return links


LINKS = chain(4)
CHANGES = {
    "时间": {"at": AT},
    "人": {"actor": "王"},
    "动作": {"verb": "assign"},
    "对象": {"subject": "x"},
    "细节": {"detail": ""},
}


def test_a_whole_chain_has_no_fault_with_or_without_an_anchor() -> None:
    assert [fault_of(links, anchor) for links in (LINKS, []) for anchor in (None,)] == [None, None]
    assert [fault_of(LINKS, Anchor(link.number, link.digest)) for link in LINKS] == [None] * 4


@pytest.mark.parametrize("number", [1, 2, 4])
@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_changed_action_is_found(change: dict[str, object], number: int) -> None:
    links = list(LINKS)
    links[number - 1] = links[number - 1]._replace(action=action(number).model_copy(update=change))
    assert fault_of(links) == f"第 {number} 条被改过，或它前面的被换过"


def test_a_changed_action_with_its_digest_made_anew_is_found_at_the_next() -> None:
    forged = action(2).model_copy(update={"actor": "王"})
    links = [LINKS[0], Link(2, forged, digest_of(2, forged, LINKS[0].digest)), *LINKS[2:]]
    assert fault_of(links) == "第 3 条被改过，或它前面的被换过"


@pytest.mark.parametrize("dropped", [1, 2, 3])
def test_a_dropped_action_is_found(dropped: int) -> None:
    links = [link for link in LINKS if link.number != dropped]
    assert fault_of(links) == f"第 {dropped} 条不见了或次序变了，接着的是第 {dropped + 1} 条"


def test_reordered_and_renumbered_actions_are_found() -> None:
    swapped = [LINKS[0], LINKS[2], LINKS[1], LINKS[3]]
    assert fault_of(swapped) == "第 2 条不见了或次序变了，接着的是第 3 条"
    assert fault_of([link._replace(number=n) for n, link in enumerate(swapped, 1)]) == "第 2 条被改过，或它前面的被换过"


def test_dropping_the_last_ones_or_writing_all_anew_is_found_by_the_anchor() -> None:
    assert fault_of(LINKS[:3]) is None, "the chain alone cannot know"
    assert fault_of(LINKS[:3], Anchor(4, LINKS[3].digest)) == "末尾少了：写下过第 4 条，现在只到第 3 条"
    assert fault_of(LINKS, Anchor(4, "f" * 64)) == "第 4 条与写下时记的不同，整条链被重写过"


# ---- in the database ------------------------------------------------------------------------------------------------


@pytest.fixture
def engine(settings: Settings) -> Engine:
    """The back door of somebody who may write to the database."""
    if settings.database_url:
        return create_engine(make_url(settings.database_url.get_secret_value()).set(drivername="postgresql+psycopg"))
    return create_engine(f"sqlite:///{settings.data_dir / 'bancheng.sqlite3'}")


FORGERIES = {
    "改一条": ("UPDATE audit SET actor = '王' WHERE number = 2", "第 2 条被改过，或它前面的被换过"),
    "删一条": ("DELETE FROM audit WHERE number = 2", "第 2 条不见了或次序变了，接着的是第 3 条"),
    "删末条": ("DELETE FROM audit WHERE number = 3", "末尾少了：写下过第 3 条，现在只到第 2 条"),
    "全删": ("DELETE FROM audit", "末尾少了：写下过第 3 条，现在只到第 0 条"),
    "插一条": (
        "INSERT INTO audit SELECT 4, at, actor, verb, subject, detail, digest FROM audit WHERE number = 3",
        "第 4 条被改过，或它前面的被换过",
    ),
    "没有动": ("SELECT 1", None),
}


@pytest.mark.parametrize(("statement", "fault"), FORGERIES.values(), ids=FORGERIES)
def test_a_forgery_in_the_database_is_found(statement: str, fault: str | None, stores: Stores, engine: Engine) -> None:
    for number in (1, 2, 3):
        stores.audit.append(action(number))
    assert stores.audit.all() == [action(1), action(2), action(3)]
    with engine.begin() as connection:
        connection.execute(text(statement))
    engine.dispose()
    assert stores.keeper.audit_fault() == fault


def test_many_writers_of_many_processes_make_one_chain(opened: Opener) -> None:
    writers = [opened() for _ in range(3)]
    with ThreadPoolExecutor(9) as threads:
        list(threads.map(lambda n: writers[n % 3].audit.append(action(n)), range(45)))
    found = writers[0].audit.all()
    assert sorted(a.subject for a in found) == sorted(action(n).subject for n in range(45))
    assert writers[0].keeper.audit_fault() is None


def test_what_cannot_be_kept_is_told(settings: Settings, tmp_path: Path) -> None:
    broken = settings.model_copy(update={"database_url": None, "data_dir": tmp_path / "file"})
    (tmp_path / "file").write_text("x")
    with pytest.raises(StoreUnavailable, match="打不开"):
        open_stores(broken).audit.append(action(1))
