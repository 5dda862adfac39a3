"""How a language model's server may misbehave before and while it speaks; `text` is what a good answer would be."""

import json
from collections.abc import Callable
from typing import NamedTuple

from evals.scripted_model import Script, Wire, saying

STALL = 30.0  # seconds; longer than anyone waits
BIG = 200_000  # characters


class Fault(NamedTuple):
    """What the primary does when asked the first and every later time, what the fallback does, and whether words can come."""

    first: Callable[[str], Script]
    later: Callable[[str], Script]
    fallback: Callable[[str], Script] | None
    served: bool


def _status(status: int, body: bytes = b'{"error": {"message": "no"}}', **headers: str) -> Callable[[str], Script]:
    def script(wire: Wire) -> None:
        wire.head(status, "application/json", **headers)
        wire.send(body)
        wire.end()

    return lambda text: script


def _body(body: bytes, content_type: str = "text/event-stream") -> Callable[[str], Script]:
    def script(wire: Wire) -> None:
        wire.head(200, content_type)
        wire.send(body)
        wire.end()

    return lambda text: script


def _silent(text: str) -> Script:
    def script(wire: Wire) -> None:
        wire.wait(STALL)

    return script


def _stalled_at_start(text: str) -> Script:
    def script(wire: Wire) -> None:
        wire.head()
        wire.wait(STALL)

    return script


def _keepalive(text: str) -> Script:
    def script(wire: Wire) -> None:
        wire.head()
        while wire.wait(0.05):
            wire.send(b": keepalive\n\n")

    return script


def _stalled_midway(text: str) -> Script:
    def script(wire: Wire) -> None:
        wire.head()
        wire.stream(text[: len(text) // 2], finish=None)
        wire.wait(STALL)

    return script


def _dripping(text: str) -> Script:
    def script(wire: Wire) -> None:
        wire.head()
        while wire.wait(0.05):
            wire.say("好")

    return script


def _thinking(text: str) -> Script:
    def script(wire: Wire) -> None:
        wire.head()
        while wire.wait(0.05):
            wire.say("", reasoning_content="想一想")

    return script


def _cut(text: str) -> Script:
    def script(wire: Wire) -> None:
        wire.head()
        wire.stream(text[: len(text) // 2], finish=None)
        wire.cut()

    return script


def _cut_at_once(text: str) -> Script:
    return lambda wire: wire.cut()


def _finished(reason: str | None, share: float = 1.0) -> Callable[[str], Script]:
    def script_of(text: str) -> Script:
        def script(wire: Wire) -> None:
            wire.head()
            wire.stream(text[: int(len(text) * share)], finish=reason)
            wire.end()

        return script

    return script_of


def _split_bytes(text: str) -> Script:
    """A good answer whose characters are cut in two by the chunks."""

    def script(wire: Wire) -> None:
        wire.head()
        choice = {"index": 0, "delta": {"content": text}, "finish_reason": "stop"}
        event = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice]}
        data = f"data: {json.dumps(event, ensure_ascii=False)}\n\ndata: [DONE]\n\n".encode()
        for at in range(0, len(data), 5):
            wire.send(data[at : at + 5])
        wire.end()

    return script


def _whole_json(text: str) -> Script:
    """An answer in one piece, though a stream was asked for."""
    message = {"role": "assistant", "content": text}
    body = {"id": "c", "object": "chat.completion", "choices": [{"index": 0, "message": message}]}
    return _body(json.dumps(body).encode(), "application/json")(text)


def _endless(text: str) -> Script:
    def script(wire: Wire) -> None:
        wire.head()
        while True:
            wire.say("好" * 500)

    return script


def _one_line(text: str) -> Script:
    """One line that never ends."""

    def script(wire: Wire) -> None:
        wire.head()
        while True:
            wire.send(b"data: " + b"x" * BIG)

    return script


def _always(script: Callable[[str], Script], served: bool = False) -> Fault:
    return Fault(script, script, None, served)


_EVENT = b'data: {"error": {"message": "overloaded"}}\n\n'
FAULTS: dict[str, Fault] = {
    "正常": _always(saying, served=True),
    "正常·汉字被切开": _always(_split_bytes, served=True),
    "不回应": _always(_silent),
    "开口前停住": _always(_stalled_at_start),
    "只发保活": _always(_keepalive),
    "只想不说": _always(_thinking),
    "中途停住": _always(_stalled_midway),
    "一字一顿没个完": _always(_dripping),
    "429 带 Retry-After": _always(_status(429, Retry_After="7")),
    "500": _always(_status(500)),
    "503 网页": _always(_status(503, b"<html>busy</html>")),
    "401": _always(_status(401)),
    "404": _always(_status(404)),
    "一次 500 后正常": Fault(_status(500), saying, None, served=True),
    "一连上就断、再试正常": Fault(_cut_at_once, saying, None, served=True),
    "主用 500、备用正常": Fault(_status(500), _status(500), saying, served=True),
    "主用 429、备用正常": Fault(_status(429, Retry_After="7"), _status(429), saying, served=True),
    "主用停住、备用正常": Fault(_stalled_at_start, _stalled_at_start, saying, served=True),
    "主用中途断、备用正常": Fault(_cut, _cut, saying, served=True),
    "主用、备用都停住": Fault(_stalled_at_start, _stalled_at_start, _stalled_at_start, served=False),
    "一连上就断": _always(_cut_at_once),
    "中途断开": _always(_cut),
    "话说一半就结束": _always(_finished(None, 0.5)),
    "没有结束标志": _always(_finished(None)),
    "结束原因 length": _always(_finished("length")),
    "结束原因 content_filter": _always(_finished("content_filter")),
    "乱码": _always(_body(bytes(range(128, 256)) * 40)),
    "不是 JSON": _always(_body(b"data: {not json\n\ndata: [DONE]\n\n")),
    "JSON 形状不对": _always(_body(b'data: {"choices": 3}\n\ndata: [[]]\n\ndata: [DONE]\n\n')),
    "流里报错": _always(_body(_EVENT)),
    "空": _always(_body(b"data: [DONE]\n\n")),
    "空正文": _always(_body(b"\n")),
    "整段 JSON 而不是流": _always(_whole_json),
    "网页": _always(_body(b"<html><body>login</body></html>", "text/html")),
    "没完没了": _always(_endless),
    "一行没完没了": _always(_one_line),
}
