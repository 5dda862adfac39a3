"""The paragraph for 12345, and the record of what got no answer: masked, counted, and in nobody's way."""

import logging
import os
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from assistant.answering.handover import handover
from assistant.assistant import Aids, Assistant
from assistant.build import open_stores
from assistant.cli import main
from assistant.config import Settings
from assistant.gaps import GapStore
from assistant.model import ItemRef, Refusal, RefusalReason, Session
from tests.assistant.conftest import DAY

R = RefusalReason
SEEN = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


def refusal(reason: RefusalReason, *names: str) -> Refusal:
    items = tuple(ItemRef(guide_id=f"410000/x{i}", name=name, jurisdiction="410000") for i, name in enumerate(names))
    return Refusal(text="答不了。", reason=reason, items=items, jurisdiction="410100", as_of=DAY)


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        (R.NO_KNOWLEDGE, "您好，我在郑州市，想问：“狗证咋办”。网上的办事助手没有查到这件事的办事指南，请告诉我归哪个部门办、要什么材料、到哪里办。"),
        (R.NOT_PUBLISHED_HERE, "您好，我在郑州市，办“高龄津贴”，想问：“狗证咋办”。办事指南写明这一项由当地公布，没有具体的数，请告诉我本地现在的规定是多少、依据哪份文件。"),
        (R.OTHER_JURISDICTION, "您好，我想问咱们这里的规定：“狗证咋办”。请告诉我归哪个部门办、要什么材料、到哪里办。"),
        (R.ACCOUNT_DATA, "您好，我在郑州市，想查自己的办理情况：“狗证咋办”。请告诉我到哪里查、要带什么证件。"),
        (R.OUT_OF_SCOPE, None), (R.UNSAFE, None), (R.CRISIS, None),
    ],
)  # fmt: skip
def test_each_reason_that_a_person_can_help_with_has_its_paragraph(reason: RefusalReason, said: str | None) -> None:
    assert handover("狗证咋办？", refusal(reason, "高龄津贴"), "郑州市") == said


def test_a_long_story_is_cut_and_an_answer_has_no_paragraph() -> None:
    spoken = handover("长" * 400, refusal(R.NO_KNOWLEDGE), "郑州市")
    assert spoken is not None and f"“{'长' * 120}……”" in spoken
    assert handover("问", refusal(R.NO_KNOWLEDGE).model_copy(update={"reason": None}), "郑州市") is None


def asked(who: Assistant, text: str, store: GapStore | None = None) -> Refusal:
    listening = Assistant(who.generation, who.sessions, 500, aids=Aids(gaps=store))
    reply = listening.ask(Session(session_id="t"), text, "郑州", DAY).reply
    assert isinstance(reply, Refusal)
    return reply


PLEA = "我叫王小明，身份证410105199001011234，手机13800138000，无犯罪记录证明咋开"


def test_the_paragraph_holds_no_personal_data(by_words: Assistant) -> None:
    spoken = asked(by_words, PLEA).handover
    assert spoken is not None and "无犯罪记录证明咋开" in spoken
    assert "4101051990" not in spoken and "13800138000" not in spoken


# ---- gaps -----------------------------------------------------------------------------------------------------------


def gaps_in(folder: Path) -> GapStore:
    return open_stores(Settings(data_dir=folder), 20).gaps  # seconds: the first write makes the tables


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[datetime]]:
    times = [SEEN]
    monkeypatch.setattr("assistant.assistant.now", lambda: times[0])
    yield times


def test_the_same_question_is_one_gap_counted_twice_without_personal_data(
    by_words: Assistant, tmp_path: Path, clock: list[datetime]
) -> None:
    store = gaps_in(tmp_path)
    asked(by_words, PLEA, store)
    clock[0] = SEEN + timedelta(hours=1)
    asked(by_words, PLEA + "？", store)
    asked(by_words, "高龄津贴一个月多少钱", store)
    found = store.all()
    assert [(g.times, g.reason, g.place, g.generation) for g in found] == [
        (2, R.NO_KNOWLEDGE, "410100", "1"), (1, R.NOT_PUBLISHED_HERE, "410100", "1"),
    ]  # fmt: skip
    assert (found[0].first_seen, found[0].last_seen) == (SEEN, clock[0])
    assert found[1].nearest == ("高龄津贴",)
    everything = b"".join(path.read_bytes() for path in tmp_path.glob("bancheng.sqlite3*"))
    assert "无犯罪记录证明咋开".encode() in everything
    assert b"4101051990" not in everything and b"13800138000" not in everything


def test_small_talk_other_refusals_and_answers_are_no_gaps(by_words: Assistant, tmp_path: Path) -> None:
    store = gaps_in(tmp_path)
    who = Assistant(by_words.generation, by_words.sessions, 500, aids=Aids(gaps=store))
    for text in ("你好", "今天天气怎么样", "上海的居住证咋办", "身份证丢了咋补", "我想死"):
        who.ask(Session(session_id="t"), text, None, DAY)
    assert store.all() == []


def broken(kind: str, folder: Path) -> Path:
    """A data folder whose database cannot be written."""
    path = folder / "bancheng.sqlite3"
    match kind:
        case "a-folder":
            path.mkdir()
        case "no-folder":
            (folder / "file").write_text("x")
            return folder / "file"
        case "garbage":
            path.write_bytes(b"no database" * 999)
        case "locked":
            LOCKS.append(sqlite3.connect(path, isolation_level=None))
            LOCKS[-1].execute("BEGIN EXCLUSIVE")
    return folder


LOCKS: list[sqlite3.Connection] = []


@pytest.mark.parametrize("kind", ["a-folder", "no-folder", "garbage", "locked"])
def test_a_store_that_cannot_write_costs_a_line_in_the_log_and_no_answer(
    kind: str, by_words: Assistant, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    store = gaps_in(broken(kind, tmp_path))
    with caplog.at_level(logging.WARNING, logger="assistant"):
        for _ in range(3):
            assert asked(by_words, "无犯罪记录证明咋开", store).reason is R.NO_KNOWLEDGE
    assert [record.message.partition("：")[0] for record in caplog.records] == [
        "写数据库出了问题，问答照常，恢复后自动接上"
    ]


def test_a_read_only_folder_blocks_no_answer(by_words: Assistant, tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    folder.chmod(0o555)
    me = os.geteuid()
    if me == 0:
        os.seteuid(65534)  # nobody: permissions mean nothing to root
    try:
        assert asked(by_words, "无犯罪记录证明咋开", gaps_in(folder)).reason is R.NO_KNOWLEDGE
    finally:
        os.seteuid(me)
    assert list(folder.iterdir()) == []


def test_the_gaps_are_listed_most_frequent_first(
    hashed_data: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BANCHENG_DATA_DIR", str(hashed_data))
    (hashed_data / "bancheng.sqlite3").unlink(missing_ok=True)
    for text in ("高龄津贴一个月多少钱", "无犯罪记录证明咋开", "无犯罪记录证明咋开"):
        assert main(["ask", text, "--city", "郑州"]) == 0
    capsys.readouterr()
    assert main(["gaps"]) == 0
    out, err = capsys.readouterr()
    first, second = out.splitlines()
    assert first.startswith("2 次｜no_knowledge｜410100｜无犯罪记录证明咋开")
    assert second.startswith("1 次｜not_published_here｜410100｜高龄津贴一个月多少钱；最接近：高龄津贴｜最近 ")
    assert err == "共 2 个没有答上来的问题\n"


def test_a_list_that_cannot_be_read_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BANCHENG_DATA_DIR", str(tmp_path))
    broken("garbage", tmp_path)
    assert main(["gaps"]) == 2
    assert capsys.readouterr().err == "数据库文件损坏，请停下服务，用备份恢复：python -m assistant restore\n"
