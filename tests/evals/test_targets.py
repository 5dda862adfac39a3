"""Systems under test: baselines over the real library, any HTTP system through an adapter, recordings."""

import json
import threading
from collections.abc import Iterator
from datetime import date
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any, ClassVar

import pytest

from assistant.assistant import Assistant
from assistant.build import build_assistant
from assistant.config import Settings
from evals.runner import Judge, Task, play
from evals.targets.foreign import at, own_reply, reply_of
from evals.targets.http import Adapter, HttpTarget, chat_adapter
from evals.targets.in_process import InProcess
from evals.targets.opening import open_target
from evals.targets.recorded import Recorded
from evals.targets.target import TargetError
from knowledge.catalog import Catalog
from knowledge.errors import LibraryError
from tests.evals.conftest import Make

DAY = date(2026, 11, 22)


@pytest.fixture(scope="module")
def assistant(published: Path) -> Assistant:
    return build_assistant(Settings(data_dir=published, embedding="embedded"))


class Server(BaseHTTPRequestHandler):
    """A system behind HTTP that replies with what it is told to and remembers what it was asked."""

    replies: ClassVar[list[Any]] = []
    asked: ClassVar[list[tuple[dict[str, Any], str | None]]] = []

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        type(self).asked.append((body, self.headers.get("Authorization")))
        reply = type(self).replies.pop(0)
        self.send_response(200 if reply is not None else 500)
        self.end_headers()
        self.wfile.write(json.dumps(reply).encode())

    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture
def server() -> Iterator[str]:
    Server.replies, Server.asked = [], []
    made = HTTPServer(("127.0.0.1", 0), Server)
    thread = threading.Thread(target=made.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{made.server_port}"
    made.shutdown()
    made.server_close()
    thread.join()


DATA: dict[str, Any] = {"a": {"b": [1, 2]}, "c": [{"id": "x"}, {}]}


@pytest.mark.parametrize(
    ("path", "found"),
    [("a.b", [1, 2]), ("a.b.1", 2), ("a.b.9", None), ("c.*.id", ["x", None]), ("", DATA), ("a.z", None), ("c.*", DATA["c"])],
)  # fmt: skip
def test_a_path_finds_what_stands_there(path: str, found: Any) -> None:
    assert at(path, DATA) == found


def test_a_whole_conversation_goes_through_an_adapter(
    server: str, case: Make, shipped: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("THEIR_KEY", "k")
    adapter = Adapter.model_validate({
        "name": "theirs", "url": server, "headers": {"Authorization": "Bearer ${THEIR_KEY}"},
        "request": {"q": "$question", "more": {"area": "在$city", "day": "$as_of", "id": "$id"}},
        "reply": {"text": "data.text", "items": "data.found.*.item"}, "carry": {"id": "data.id"},
    })  # fmt: skip
    Server.replies = [{"data": {"text": "哪种？", "id": "s1"}}, {"data": {"text": "收40元。", "found": [{"item": "id-card-reissue"}, {"item": "no-such"}]}}]  # fmt: skip
    target = HttpTarget(adapter, shipped)
    asked = case(turns=("身份证", "丢了"), city="郑州", items=("id-card-reissue",), values=("40元",))
    found = play(target, Task(asked), Judge(shipped))
    assert Server.asked == [
        ({"q": "身份证", "more": {"area": "在郑州", "day": "2026-11-22"}}, "Bearer k"),
        ({"q": "丢了", "more": {"area": "在郑州", "day": "2026-11-22", "id": "s1"}}, "Bearer k"),
    ]
    assert found.reply and [item.guide_id for item in found.reply.items] == ["410000/id-card-reissue"]
    assert {n: found.scores.get(n) for n in ("item_right", "values_right", "over_refused", "kind_right", "found_1", "leaked")} == {
        "item_right": True, "values_right": True, "over_refused": False, "kind_right": None, "found_1": None, "leaked": None,
    }  # fmt: skip
    assert "k" not in json.dumps(target.describe()["adapter"]["headers"]).replace("Bearer ${THEIR_KEY}", "")


def test_a_chat_endpoint_is_asked_without_guides_and_its_refusals_are_heard(
    server: str, case: Make, shipped: Catalog
) -> None:
    Server.replies = [
        {"choices": [{"message": {"content": text}}]} for text in ("抱歉，我无法回答这个问题。", "收40元")
    ]
    target = HttpTarget(chat_adapter(f"{server}/v1/", "some-model"), shipped)
    judge = Judge(shipped)
    refused, answered = (play(target, Task(case(kinds=("refusal",), turns=(t,))), judge) for t in ("咋办", "多少钱"))
    assert (refused.scores["false_answer"], answered.scores["false_answer"]) == (False, True)
    body = Server.asked[0][0]
    assert (body["model"], body["temperature"], [m["role"] for m in body["messages"]]) == ("some-model", 0, ["system", "user"])  # fmt: skip


def test_a_system_that_speaks_our_json_is_judged_whole(
    server: str, assistant: Assistant, case: Make, shipped: Catalog
) -> None:
    asked = case(turns=("身份证丢了补办多少钱",), items=("id-card-reissue",), values=("40元",), fields=("fees",))
    played = InProcess(assistant).play(asked)
    Server.replies = [{**played.turn.reply.model_dump(mode="json"), "session_id": "s"}]
    adapter = Adapter(name="ours", url=server, request={"message": "$question"}, reply={"own": ""})
    over_http, here = (play(t, Task(asked), Judge(shipped)) for t in (HttpTarget(adapter, shipped), InProcess(assistant)))  # fmt: skip
    assert over_http.scores == {n: v for n, v in here.scores.items() if n not in ("item_in_5", "found_1", "found_5")}


@pytest.mark.parametrize("reply", [None, {"text": None}, {"other": "…"}], ids=["http-500", "null", "elsewhere"])
def test_a_system_that_says_nothing_is_an_error(reply: Any, server: str, case: Make, shipped: Catalog) -> None:
    Server.replies = [reply]
    target = HttpTarget(Adapter(name="x", url=server, request={}, reply={"text": "text"}), shipped)
    found = play(target, Task(case()), Judge(shipped))
    assert (found.scores, (found.error or "").startswith("TargetError: ")) == ({}, True)


def test_a_recording_is_scored_without_running(case: Make, shipped: Catalog, tmp_path: Path) -> None:
    path = tmp_path / "theirs.jsonl"
    path.write_text(
        '{"id": "c-1", "replies": [{"text": "哪种？"}, {"text": "收40元。", "items": ["id-card-reissue"]}]}\n', encoding="utf-8"
    )  # fmt: skip
    recorded = Recorded(path, shipped)
    judge = Judge(shipped)
    found = play(recorded, Task(case(items=("id-card-reissue",), values=("40元",))), judge)
    assert (found.scores["item_right"], found.scores["values_right"], "kind_right" in found.scores) == (True, True, False)  # fmt: skip
    assert play(recorded, Task(case(case_id="c-2")), judge).error == "TargetError: 没有这一题的记录"


def test_a_recording_of_the_assistant_is_judged_whole(assistant: Assistant, case: Make, tmp_path: Path) -> None:
    asked = case(turns=("身份证丢了补办多少钱",), items=("id-card-reissue",), values=("40元",))
    here = play(InProcess(assistant), Task(asked), Judge(assistant.catalog))
    path = tmp_path / "cases.jsonl"
    path.write_text(here.model_dump_json() + "\n", encoding="utf-8")
    again = play(Recorded(path, assistant.catalog), Task(asked), Judge(assistant.catalog))
    assert again.scores == {n: v for n, v in here.scores.items() if n not in ("item_in_5", "found_1", "found_5")}


@pytest.mark.parametrize("line", ["{", "[]", '{"id": "c"}', '{"id": "c", "replies": []}', '{"replies": [{}]}'])
def test_a_line_that_is_no_recording_is_named(line: str, shipped: Catalog, tmp_path: Path) -> None:
    path = tmp_path / "bad.jsonl"
    path.write_text('{"id": "a", "replies": [{"text": "好"}]}\n' + line + "\n", encoding="utf-8")
    with pytest.raises(TargetError, match="第 2 行不是一条记录"):
        Recorded(path, shipped)


@pytest.mark.parametrize("spec", ["gpt", "recorded:", "recorded:no-such.jsonl", "chat:model"])
def test_a_target_that_is_none_is_refused(spec: str, assistant: Assistant) -> None:
    with pytest.raises(TargetError):
        open_target(spec, assistant)


def test_a_broken_adapter_names_its_fault(assistant: Assistant, tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("name: x\nurl: http://127.0.0.1\nreply: {text: a}\n", encoding="utf-8")
    with pytest.raises(LibraryError, match="request：缺少这一项"):
        open_target(str(path), assistant)


@pytest.mark.parametrize("name", ["bancheng", "example"])
def test_the_shipped_adapters_open(name: str, assistant: Assistant) -> None:
    path = Path(__file__).parents[2] / "evals" / "adapters" / f"{name}.yaml"
    assert open_target(str(path), assistant).name


def test_a_citizen_answers_a_life_event_by_what_she_knows(assistant: Assistant, case: Make) -> None:
    asked = case(turns=("孩子刚出生要办哪些手续",), facts={"child-hukou-henan": "是的"})
    reply = InProcess(assistant).play(asked).turn.reply
    assert reply.plan is not None
    assert reply.plan.answers["child-hukou-henan"] == "true"
    assert set(reply.plan.answers.values()) == {"true", "unknown"}


def test_our_own_json_and_nothing_else_is_a_reply(case: Make, shipped: Catalog) -> None:
    assert own_reply(
        {"kind": "answer", "text": "好", "jurisdiction": "410000", "as_of": "2026-11-22", "session_id": "s"}
    )
    assert own_reply({"text": "好"}) is None and own_reply(["好"]) is None
    made = reply_of({"text": "不能办", "kind": "refusal", "reason": "unsafe"}, case(city="郑州"), shipped)
    assert (made.kind, made.reason, made.jurisdiction, made.as_of) == ("refusal", "unsafe", "410100", DAY)
