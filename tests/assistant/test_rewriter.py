"""The optional language model behind a real HTTP server on loopback: it may word, never assert."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from assistant.answering.llm import LangChainRewriter, protect, restore
from assistant.errors import ModelUnavailable
from assistant.model import Answer, Statement
from knowledge.model import FieldName
from tests.assistant.conftest import DAY

COMPOSED = Answer(
    text="证件补领的收费、办结时限：工本费40元/证。法定时限20个工作日。",
    statements=(
        Statement(field=FieldName.FEES, text="工本费40元/证。", citations=(1,)),
        Statement(field=FieldName.LIMITS, text="法定时限20个工作日。", citations=(2,)),
    ),
    jurisdiction="410000",
    as_of=DAY,
)
GOOD = "补办要交的钱：⟦F1⟧；拿证的时间：⟦F2⟧。"
PATIENCE = 0.5


class Server:
    """An OpenAI-compatible endpoint that says what a test tells it to."""

    def __init__(self) -> None:
        self.say: Callable[[], tuple[int, bytes]] = lambda: (200, chat(GOOD))
        self.asked: list[dict[str, Any]] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                outer.asked.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                status, body = outer.say()
                try:
                    self.send_response(status)
                    self.send_header("Content-Type", "application/json")
                    self.send_header("Content-Length", str(len(body)))
                    self.end_headers()
                    self.wfile.write(body)
                except (BrokenPipeError, ConnectionResetError):
                    return

            def log_message(self, *_: Any) -> None:
                return

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.http.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.http.server_port}/v1"
        self.thread = threading.Thread(target=self.http.serve_forever, args=(0.05,), daemon=True)
        self.thread.start()


def chat(text: str) -> bytes:
    """A chat completion as the protocol spells it."""
    message = {"role": "assistant", "content": text}
    return json.dumps({
        "id": "c", "object": "chat.completion", "created": 1, "model": "m",
        "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
    }).encode()  # fmt: skip


@pytest.fixture(scope="module")
def running() -> Iterator[Server]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("no_proxy", "127.0.0.1")
        patch.setenv("NO_PROXY", "127.0.0.1")
        server = Server()
        yield server
        server.http.shutdown()
        server.http.server_close()
        server.thread.join(5)


@pytest.fixture
def server(running: Server) -> Server:
    running.asked.clear()
    return running


@pytest.fixture
def rewriter(server: Server) -> LangChainRewriter:
    return LangChainRewriter(server.url, "m", "key", timeout=PATIENCE)


def says(text: str) -> Callable[[], tuple[int, bytes]]:
    return lambda: (200, chat(text))


def slow() -> tuple[int, bytes]:
    time.sleep(4 * PATIENCE)
    return 200, chat(GOOD)


def test_a_good_rewrite_carries_every_value_and_says_that_a_model_wrote_it(
    server: Server, rewriter: LangChainRewriter
) -> None:
    server.say = says(GOOD)
    assert rewriter.rewrite(COMPOSED, "补证多少钱多久") == COMPOSED.model_copy(
        update={"text": "补办要交的钱：工本费40元/证；拿证的时间：法定时限20个工作日。", "ai_generated": True}
    )


def test_the_model_sees_tokens_and_never_a_value(server: Server, rewriter: LangChainRewriter) -> None:
    server.say = says(GOOD)
    rewriter.rewrite(COMPOSED, "补证多少钱")
    prompt = server.asked[0]["messages"][0]["content"]
    assert "- 收费：⟦F1⟧\n- 办结时限：⟦F2⟧" in prompt
    assert "市民的问题：补证多少钱" in prompt
    assert "40" not in prompt and "20" not in prompt


@pytest.mark.parametrize(
    "said",
    [
        "补办要交的钱：⟦F1⟧。", "⟦F1⟧，⟦F1⟧，⟦F2⟧", "⟦F1⟧，⟦F2⟧，⟦F3⟧", "⟦F1⟧，⟦F2⟧，另收5元", "⟦F1⟧，⟦F2⟧，大约十天", "⟦F1⟧，⟦F2⟧，见https://evil.example",
        "⟦F1⟧，⟦F2⟧，见www.evil.cn", "⟦F1⟧，⟦F2⟧![图](data:x)", "[点我](⟦F1⟧)⟦F2⟧", "⟦F1⟧，⟦F2⟧，a@b.cn", "⟦F1⟧，⟦F2⟧，５元", "", "好的。",
    ],
    ids=["lost-token", "doubled", "invented-token", "own-number", "chinese-number", "link", "bare-link", "image", "markdown-link", "mail", "wide-digit", "empty", "chatter"],
)  # fmt: skip
def test_a_rewrite_that_breaks_a_rule_is_thrown_away(said: str, server: Server, rewriter: LangChainRewriter) -> None:
    server.say = says(said)
    assert rewriter.rewrite(COMPOSED, "补证多少钱") == COMPOSED
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    "say",
    [lambda: (500, b"{}"), lambda: (200, b"<html>not json"), lambda: (200, b"{}"), lambda: (401, b'{"error": {}}')],
    ids=["500", "garbage", "empty-object", "401"],
)
def test_a_broken_model_leaves_the_composed_answer_as_it_is(
    say: Callable[[], tuple[int, bytes]], server: Server, rewriter: LangChainRewriter
) -> None:
    server.say = say
    assert rewriter.rewrite(COMPOSED, "补证多少钱") == COMPOSED
    assert server.asked


def test_a_slow_model_is_not_waited_for(server: Server, rewriter: LangChainRewriter) -> None:
    server.say = slow
    started = time.monotonic()
    assert rewriter.rewrite(COMPOSED, "补证多少钱") == COMPOSED
    assert time.monotonic() - started < 6 * PATIENCE


def test_a_model_that_is_not_there_leaves_the_composed_answer_as_it_is(server: Server) -> None:
    nobody = LangChainRewriter("http://127.0.0.1:9/v1", "m", "key", timeout=PATIENCE)
    assert nobody.rewrite(COMPOSED, "补证多少钱") == COMPOSED


def test_an_answer_without_statements_is_not_sent_anywhere(server: Server, rewriter: LangChainRewriter) -> None:
    greeting = COMPOSED.model_copy(update={"statements": ()})
    assert rewriter.rewrite(greeting, "你好") == greeting
    assert server.asked == []


def test_protecting_and_restoring_gives_back_the_statements() -> None:
    points, tokens = protect(COMPOSED)
    assert points == "- 收费：⟦F1⟧\n- 办结时限：⟦F2⟧"
    assert tokens == {"⟦F1⟧": "工本费40元/证", "⟦F2⟧": "法定时限20个工作日"}
    assert restore(" ⟦F2⟧，⟦F1⟧。\n", tokens) == "法定时限20个工作日，工本费40元/证。"


def test_twelve_tokens_are_restored_each_by_its_own_value() -> None:
    tokens = {f"⟦F{n}⟧": f"值{n}" for n in range(1, 13)}
    assert restore("、".join(tokens), tokens) == "、".join(tokens.values())


def test_restoring_says_what_was_broken() -> None:
    with pytest.raises(ModelUnavailable, match="记号"):
        restore("没有记号", {"⟦F1⟧": "40元"})
    with pytest.raises(ModelUnavailable, match="自己的数字"):
        restore("⟦F1⟧和9元", {"⟦F1⟧": "40元"})
