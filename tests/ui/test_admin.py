"""The operator's port: numbers for everybody, switches by token, every change in the audit; and what the logs hold."""

import json
import logging
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from assistant.config import Settings
from assistant.controls import Controls, LiveControls
from assistant.door import Door
from assistant.errors import StoreUnavailable
from assistant.kept import Stores
from assistant.model import Focus, Trace, Turn
from tests.ui.fakes import ANSWER, REFUSAL, FakeAssistant
from ui import journal
from ui.admin import create_admin
from ui.metrics import Metrics

TOKEN = "0123456789abcdef"
KEY = {"Authorization": f"Bearer {TOKEN}", "X-Operator": "zhang"}


def turn(reply: Any, dropped: tuple[str, ...] = ()) -> Turn:
    trace = Trace(trace_id="t", intent="ask", decision="answer", timings_ms={"lexical": 30.0}, dropped=dropped)
    return Turn(question="问", reply=reply, focus=Focus(), trace=trace)


@pytest.fixture
def door(tmp_path: Path) -> Door:
    return Door(controls=LiveControls(tmp_path / "controls.json"))


@pytest.fixture
def metrics() -> Metrics:
    return Metrics()


@pytest.fixture
def serving(fake: FakeAssistant) -> SimpleNamespace:
    return SimpleNamespace(assistant=fake, problems=(), refreshed=[], refresh=lambda: None)


@pytest.fixture
def client(serving: Any, stores: Stores, door: Door, metrics: Metrics, tmp_path: Path) -> Iterator[TestClient]:
    own = Settings(data_dir=tmp_path, admin_token=TOKEN)  # type: ignore[arg-type]
    with TestClient(create_admin(serving, own, stores, door, metrics)) as client:
        yield client


def numbers(client: TestClient) -> dict[str, float]:
    lines = [line for line in client.get("/metrics").text.splitlines() if line.startswith("bancheng_")]
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines)}


def test_what_is_counted_is_what_happened(client: TestClient, metrics: Metrics) -> None:
    metrics.replied(turn(ANSWER), 0.02)
    metrics.replied(turn(ANSWER.model_copy(update={"ai_generated": True}), dropped=("甲", "乙")), 0.3)
    metrics.replied(turn(REFUSAL), 0.02)
    metrics.failed(503)
    found = numbers(client)
    expected = {
        'bancheng_replies_total{kind="answer",reason=""}': 2, 'bancheng_replies_total{kind="refusal",reason="out_of_scope"}': 1,
        'bancheng_errors_total{status="503"}': 1, "bancheng_unverified_statements_total": 2, "bancheng_reworded_total": 1,
        "bancheng_reply_seconds_count": 3, 'bancheng_reply_seconds_bucket{le="0.02"}': 2,
        'bancheng_stage_seconds_bucket{le="0.05",stage="lexical"}': 3, 'bancheng_generation_info{generation="7"}': 1,
        "bancheng_problems": 0, "bancheng_store_problems": 0, "bancheng_answers_running": 0, "bancheng_answers_waiting": 0,
        "bancheng_answers_turned_away": 0, "bancheng_answers_late": 0, "bancheng_shut": 0,
    }  # fmt: skip
    assert {name: found[name] for name in expected} == expected
    counted = metrics.counted()
    assert dict(counted.replies) == {("answer", ""): 2, ("refusal", "out_of_scope"): 1}
    assert (dict(counted.guides), counted.errors, round(counted.seconds, 2)) == ({"410000/id-card-reissue": 2}, 1, 0.34)


def test_gauges_follow_the_door_and_the_stores(client: TestClient, door: Door, stores: Stores, tmp_path: Path) -> None:
    with door.entered():
        assert numbers(client)["bancheng_answers_running"] == 1
    (tmp_path / "bancheng.sqlite3").unlink(missing_ok=True)
    (tmp_path / "bancheng.sqlite3").mkdir()
    stores.keeper.upkeep()
    stores.feedback.record  # noqa: B018
    with pytest.raises(StoreUnavailable):
        stores.keeper.check()
    found = numbers(client)
    assert (found["bancheng_store_problems"], found["bancheng_problems"]) == (1, 1)
    assert client.get("/readyz").json()["status"] == "degraded"


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer 0123456789abcdeX"}, {"Authorization": TOKEN[:-1]}])
@pytest.mark.parametrize(("method", "path"), [("GET", "state"), ("PATCH", "controls"), ("POST", "generation")])
def test_without_the_token_nothing_is_switched(
    method: str, path: str, headers: dict[str, str], client: TestClient, stores: Stores, door: Door
) -> None:
    response = client.request(method, f"/admin/{path}", headers=headers, json={"notice": "关"})
    assert (response.status_code, response.headers["content-type"]) == (401, "application/problem+json")
    assert (stores.audit.all(), door.controls.current) == ([], Controls())


def test_without_a_token_in_the_settings_there_are_no_switches(serving: Any, stores: Stores, door: Door) -> None:
    with TestClient(create_admin(serving, Settings(), stores, door, Metrics())) as client:
        for headers in ({}, {"Authorization": "Bearer "}):
            assert client.get("/admin/state", headers=headers).status_code == 401
        assert client.get("/metrics").status_code == 200


def test_a_switch_is_audited_and_takes_effect(client: TestClient, stores: Stores, door: Door) -> None:
    response = client.patch("/admin/controls", headers=KEY, json={"refuse_below": 0.8})
    assert response.json() == {
        "controls": {"notice": "", "refuse_below": 0.8, "language_model": True}, "status": "ready", "generation": "7", "problems": [],
    }  # fmt: skip
    client.patch("/admin/controls", headers=KEY, json={"notice": "今晚八点以后再来。"})
    assert door.controls.current == Controls(refuse_below=0.8, notice="今晚八点以后再来。")
    assert [(a.actor, a.verb, a.detail) for a in stores.audit.all()] == [
        ("管理口令:zhang", "change_controls", "{'refuse_below': 0.8}"),
        ("管理口令:zhang", "change_controls", "{'notice': '今晚八点以后再来。'}"),
    ]


@pytest.mark.parametrize("body", [b"{", b'{"refuse_below": 3}', b'{"other": 1}', b'{"notice": 3}'])
def test_a_switch_that_makes_no_sense_is_422_and_changes_nothing(body: bytes, client: TestClient, door: Door) -> None:
    assert client.patch("/admin/controls", headers=KEY, content=body).status_code == 422
    assert door.controls.current == Controls()


def test_a_generation_that_was_never_built_is_refused_with_the_remedy(client: TestClient) -> None:
    response = client.post("/admin/generation", headers=KEY, json={"number": 99})
    assert (response.status_code, "python -m knowledge build" in response.json()["detail"]) == (409, True)


def test_what_cannot_be_audited_is_not_done_except_to_shut_the_door(
    client: TestClient, stores: Stores, door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(action: object) -> None:
        raise StoreUnavailable("磁盘满了，请清理出空间")

    monkeypatch.setattr(stores.audit, "append", failing)
    for path, body in (("controls", {"refuse_below": 0.9}), ("controls", {"notice": "关", "language_model": False})):
        response = client.patch(f"/admin/{path}", headers=KEY, json=body)
        assert (response.status_code, "磁盘满了" in response.json()["detail"]) == (503, True)
    assert client.post("/admin/generation", headers=KEY, json={"number": None}).status_code == 503
    assert client.patch("/admin/controls", headers=KEY, json={"notice": "关"}).status_code == 200
    assert door.controls.current == Controls(notice="关")


# ---- logs -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def written(capsys: pytest.CaptureFixture[str]) -> Iterator[pytest.CaptureFixture[str]]:
    root = logging.getLogger()
    before = (root.handlers[:], root.level)
    yield capsys
    root.handlers[:], root.level = before


@pytest.mark.parametrize("as_json", [True, False])
def test_no_personal_data_reaches_a_log_wherever_it_is_put(as_json: bool, written: pytest.CaptureFixture[str]) -> None:
    journal.configure(as_json, "info")
    log = logging.getLogger("any")
    log.warning(
        "电话 %s", "13838123456", extra={"deep": {"list": ["身份证410105199003074512"], "13838123456": 1}, "ms": 12}
    )
    try:
        raise ValueError("邮箱 zhang@163.com，电话13838123456")
    except ValueError:
        log.exception("出错")
    err = written.readouterr().err
    assert [secret for secret in ("13838123456", "410105199003074512", "zhang@163") if secret in err] == []
    assert (err.count("手机号已隐去"), "Traceback" in err) == (4, True)  # the traceback shows the source line too
    if as_json:
        first, second = map(json.loads, err.splitlines())
        assert (first["event"], first["level"], first["logger"], first["ms"]) == (
            "电话 【手机号已隐去】",
            "warning",
            "any",
            12,
        )
        assert first["deep"]["list"] == ["身份证【身份证号已隐去】"]
        assert "ValueError" in second["exception"]


@hypothesis_settings(max_examples=60, deadline=None)
@given(
    st.recursive(
        st.text() | st.integers() | st.none() | st.booleans(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        max_leaves=8,
    )
)
def test_whatever_is_logged_stays_one_readable_json_line(value: Any) -> None:
    event = journal.redact(None, "info", {"event": "x", "timestamp": "2026-11-23T02:24:08.452408", "value": value})
    line = json.dumps(event, ensure_ascii=False)
    assert json.loads(line)["timestamp"] == "2026-11-23T02:24:08.452408"
