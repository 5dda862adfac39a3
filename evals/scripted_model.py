"""An OpenAI-compatible endpoint on loopback that says what it is told to and keeps all it was asked."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Script = Callable[[str], str]  # the whole prompt → what the model says


class ScriptedModel:
    """The endpoint: its address, and the bodies of the requests it got."""

    def __init__(self, script: Script) -> None:
        self.asked: list[str] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                outer.asked.append(body)
                asked = json.loads(body)
                prompt = "\n".join(str(message["content"]) for message in asked["messages"])
                said = _streamed(script(prompt)) if asked.get("stream") else _completion(script(prompt))
                self.send_response(200)
                self.send_header("Content-Type", "text/event-stream" if asked.get("stream") else "application/json")
                self.send_header("Content-Length", str(len(said)))
                self.end_headers()
                self.wfile.write(said)

            def log_message(self, *_: Any) -> None:
                return

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.http.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.http.server_port}/v1"


def _completion(text: str) -> bytes:
    choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}
    usage = {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}
    return json.dumps({
        "id": "scripted", "object": "chat.completion", "created": 1, "model": "scripted", "choices": [choice], "usage": usage,
    }).encode()  # fmt: skip


def _streamed(text: str) -> bytes:
    """The same as server-sent events: the words in one piece, the end, and that it is the end."""
    piece = {"index": 0, "delta": {"role": "assistant", "content": text}, "finish_reason": None}
    end = {"index": 0, "delta": {}, "finish_reason": "stop"}
    base = {"id": "scripted", "object": "chat.completion.chunk", "created": 1, "model": "scripted"}
    events = (json.dumps({**base, "choices": [choice]}) for choice in (piece, end))
    return "".join(f"data: {event}\n\n" for event in (*events, "[DONE]")).encode()


@contextmanager
def scripted_model(script: Script) -> Iterator[ScriptedModel]:
    """The endpoint, open for as long as it is used."""
    model = ScriptedModel(script)
    thread = threading.Thread(target=model.http.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield model
    finally:
        model.http.shutdown()
        model.http.server_close()
        thread.join(5)
