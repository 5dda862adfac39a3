"""`python -m assistant retention`, `forget`, `backup`, `restore`, `audit`, `doctor`, `config` as an operator runs them."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from assistant import build
from assistant.cli import main
from assistant.config import Settings
from assistant.health import Finding, findings
from assistant.kept import Stores
from assistant.model import Session
from assistant.stores.database import Database
from assistant.stores.engine import sqlite_address
from knowledge.index.embedding import Embedder
from knowledge.index.generation import GenerationStore
from knowledge.sources.library import load_library
from tests.stores.test_records import gap, said

Capture = pytest.CaptureFixture[str]
SMALL = Path(__file__).parents[1] / "knowledge/small_library"
LONG_AGO = datetime.now(UTC) - timedelta(days=200)


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "data"
    monkeypatch.setenv("BANCHENG_DATA_DIR", str(folder))
    monkeypatch.setattr("getpass.getuser", lambda: "zhang")
    return folder


@pytest.fixture
def stores(data: Path) -> Stores:
    return build.open_stores(Settings(data_dir=data), 20)


def run(capsys: Capture, *argv: str) -> tuple[int, str]:
    code = main(list(argv))
    return code, capsys.readouterr().out


def test_retention_counts_first_and_then_drops(stores: Stores, capsys: Capture) -> None:
    stores.gaps.record(gap("旧", LONG_AGO))
    stores.gaps.record(gap("新", datetime.now(UTC)))
    counts = "会话 0 条，没有答上来的问题 1 条，评价 0 条，办完的待办 0 条，审计记录 0 条\n"
    assert run(capsys, "retention", "--dry-run") == (0, f"到期该删：{counts}")
    assert run(capsys, "retention") == (0, f"已删：{counts}")
    assert [g.question for g in stores.gaps.all()] == ["新"]
    assert [(a.actor, a.verb, a.detail) for a in stores.audit.all()] == [("运维:zhang", "retain", "gaps 1")]


def test_a_conversation_is_forgotten_on_request_and_the_audit_keeps_no_whole_id(
    stores: Stores, capsys: Capture
) -> None:
    stores.sessions.put(Session(session_id="0123456789abcdef"))
    assert run(capsys, "forget", "0123456789abcdef") == (0, "已删掉这个会话\n")
    assert run(capsys, "forget", "0123456789abcdef") == (1, "没有这个会话，可能已经到期删掉了\n")
    assert stores.sessions.get("0123456789abcdef") is None
    assert [(a.verb, a.subject) for a in stores.audit.all()] == [("forget_session", "01234567")] * 2


def test_a_copy_is_taken_checked_and_restored(
    stores: Stores, data: Path, tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    stores.feedback.record(said("a"))
    copy = str(tmp_path / "copy")
    counts = "没有答上来的问题 0 条，评价 1 条，办完的待办 0 条，审计记录 0 条"
    assert run(capsys, "backup", copy) == (
        0,
        f"已备份到 {copy}：{counts}。旁边的 .sha256 文件要一起留着；会话不进备份\n",
    )
    assert run(capsys, "restore", copy, "--verify") == (0, "备份完好，可以恢复\n")
    assert run(capsys, "restore", copy) == (2, "")
    monkeypatch.setenv("BANCHENG_DATA_DIR", str(tmp_path / "other"))
    assert run(capsys, "restore", copy) == (0, f"已恢复并逐条核对：{counts}\n")
    Path(copy).write_bytes(b"x")
    assert run(capsys, "restore", copy, "--verify") == (1, "内容与备份时的摘要不同，文件损坏或被改过\n")
    assert run(capsys, "restore", "no-such-file", "--verify") == (2, "")


def test_the_audit_is_listed_and_verified(stores: Stores, data: Path, capsys: Capture) -> None:
    run(capsys, "forget", "a")
    code, out = run(capsys, "audit", "list")
    assert (code, out.partition("｜")[2]) == (0, "运维:zhang｜forget_session｜a\n")
    assert run(capsys, "audit", "verify") == (0, "审计记录完整，没有被改过\n")
    database = Database(sqlite_address(data / "bancheng.sqlite3"), 10)
    database.write(lambda connection: connection.execute(text("UPDATE audit SET actor = '王'")))
    assert run(capsys, "audit", "verify") == (1, "第 1 条被改过，或它前面的被换过\n")


def test_the_doctor_finds_nothing_in_a_whole_installation(data: Path, embedder: Embedder, capsys: Capture) -> None:
    store = GenerationStore(data)
    store.build(load_library(SMALL), embedder)
    store.publish()
    data.chmod(0o750)
    found = list(findings(Settings(data_dir=data), 20))
    assert [(f.name, f.level) for f in found] == [
        ("数据文件夹", "ok"), ("磁盘", "ok"), ("指南库版本", "ok"), ("指南库版本", "warning"), ("数据库", "ok"),
        ("审计记录", "ok"), ("保留期", "ok"), ("时钟", "ok"),
    ]  # fmt: skip
    assert found[3].told.startswith("向量模型不可用"), "none is prepared here"
    assert run(capsys, "doctor")[0] == 0


def test_the_doctor_names_every_fault_and_what_to_do(data: Path, capsys: Capture) -> None:
    data.mkdir()
    (data / "bancheng.sqlite3").write_bytes(b"no database" * 999)
    (data / "audit.head").write_text("nonsense")
    told = {f.name: f.told for f in findings(Settings(data_dir=data), 20) if f.level == "error"}
    damaged = "数据库文件损坏，请停下服务，用备份恢复：python -m assistant restore"
    assert told == {
        "指南库版本": "还没有发布过指南库，请先运行 python -m knowledge build，再运行 python -m knowledge publish",
        "数据库": damaged, "审计记录": damaged, "保留期": damaged,
    }  # fmt: skip
    assert run(capsys, "doctor")[0] == 1


def test_the_doctor_notices_a_wrong_clock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assistant.health.EARLIEST", datetime.now(UTC) + timedelta(days=1))
    last = list(findings(Settings(data_dir=tmp_path), 20))[-1]
    assert last == Finding("时钟", "error", last.told) and last.told.endswith("不对，请校准系统时间")


SECRETS = {"BANCHENG_DATABASE_URL": "postgresql://u:geheim@h/db", "BANCHENG_LLM_API_KEY": "geheim"}


def test_the_settings_are_listed_without_secrets(capsys: Capture, monkeypatch: pytest.MonkeyPatch, data: Path) -> None:
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    code, out = run(capsys, "config", "check")
    assert (code, "geheim" in out) == (0, False)
    lines = {line.split()[0]: line for line in out.splitlines()}
    assert sorted(lines) == sorted(f"BANCHENG_{name.upper()}" for name in Settings.model_fields)
    assert "= **********　#" in lines["BANCHENG_DATABASE_URL"]
    assert "= 7860　（默认）　# 网页监听端口" in lines["BANCHENG_PORT"]


@pytest.mark.parametrize(("name", "value", "told"), [
    ("BANCHENG_PROT", "80", "有误：不认识 BANCHENG_PROT，请核对拼写"),
    ("BANCHENG_LLM_MODEL", "qwen", "有误：BANCHENG_LLM_BASE_URL 和 BANCHENG_LLM_MODEL 要一起设，现在只设了一个，这个语言模型没有用"),
    ("BANCHENG_PORT", "abc", "设置有误：BANCHENG_PORT（'abc'）。请改正环境变量后再试"),
    ("BANCHENG_DATABASE_URL", "mysql://u:geheim@h/db", "BANCHENG_DATABASE_URL 只支持 sqlite 和 postgresql，不支持 mysql"),
])  # fmt: skip
def test_a_wrong_setting_is_told_and_fails(
    name: str, value: str, told: str, data: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    code, out = run(capsys, "config", "check")
    assert (code, out.splitlines()[-1], "geheim" in out) == (1, told, False)
