"""A language model's server on loopback that speaks the real protocol (streamed chat completions) and misbehaves as told."""

import json
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

PIECE = 7  # characters an event
_STREAM = "text/event-stream"


class Wire:
    """One response being written."""

    def __init__(self, handler: BaseHTTPRequestHandler, closing: threading.Event, asked: dict[str, Any]) -> None:
        self._handler, self._closing, self.asked = handler, closing, asked

    def head(self, status: int = 200, content_type: str = _STREAM, **headers: str) -> None:
        """Status line and headers of a chunked response."""
        self._handler.send_response(status)
        for name, value in {"Content-Type": content_type, "Transfer-Encoding": "chunked", **headers}.items():
            self._handler.send_header(name.replace("_", "-"), value)
        self._handler.end_headers()

    def send(self, data: bytes) -> None:
        """One chunk of the body."""
        self._handler.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")

    def say(self, text: str, finish: str | None = None, **delta: Any) -> None:
        """One event of the stream."""
        choice = {"index": 0, "delta": {"content": text, **delta}, "finish_reason": finish}
        event = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice]}
        self.send(f"data: {json.dumps(event, ensure_ascii=False)}\n\n".encode())

    def stream(self, text: str, finish: str | None = "stop") -> None:
        """A whole answer, piece by piece."""
        self.say("", role="assistant")
        for at in range(0, len(text), PIECE):
            self.say(text[at : at + PIECE])
        if finish:
            self.say("", finish)
            self.send(b"data: [DONE]\n\n")

    def end(self) -> None:
        """The end of the body."""
        self._handler.wfile.write(b"0\r\n\r\n")

    def wait(self, seconds: float) -> bool:
        """Do nothing for a while; False when the server is closing."""
        return not self._closing.wait(seconds)

    def cut(self) -> None:
        """Break the connection off."""
        linger = struct.pack("ii", 1, 0)  # reset instead of a polite goodbye
        self._handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self._handler.close_connection = True
        self._handler.connection.shutdown(socket.SHUT_RDWR)


Script = Callable[[Wire], None]


class ScriptedModel:
    """A running server: its address, what it does next, and what it was asked."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.script: Script = saying("")
        self.asked: list[dict[str, Any]] = []


def saying(text: str) -> Script:
    """Say this, as a model should."""

    def script(wire: Wire) -> None:
        wire.head()
        wire.stream(text)
        wire.end()

    return script


def answering(reply: Callable[[str], str]) -> Script:
    """Say what follows from the whole prompt."""

    def script(wire: Wire) -> None:
        saying(reply("\n".join(str(message["content"]) for message in wire.asked["messages"])))(wire)

    return script


@contextmanager
def scripted_model(script: Script | None = None) -> Iterator[ScriptedModel]:
    """The server, until the block ends; it says nothing unless told what."""
    closing = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            model.asked.append(asked)
            try:
                model.script(Wire(self, closing, asked))
            except OSError:  # the client has gone, as it may
                self.close_connection = True

        def log_message(self, *_: Any) -> None:
            return

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: Any, client_address: Any) -> None:
            return  # a connection that was reset between two requests

    http = Server(("127.0.0.1", 0), Handler)
    model = ScriptedModel(f"http://127.0.0.1:{http.server_port}/v1")
    model.script = script or model.script
    thread = threading.Thread(target=http.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield model
    finally:
        closing.set()
        http.shutdown()
        http.server_close()
        thread.join(5)
