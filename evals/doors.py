"""The other doors to the same assistant: its HTTP interface and its command line, each a process of its own."""

import http.client
import itertools
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from assistant.config import Settings
from evals.sample import SuiteError

ROOT = Path(__file__).parents[1]
START_SECONDS, ANSWER_SECONDS = 120.0, 30.0


class Door:
    """A running server; each request comes from another loopback address, for the server counts requests by address."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._sources = itertools.cycle(f"127.0.{a}.{b}" for a in range(1, 200) for b in range(1, 250))

    def request(self, path: str, body: object | None = None) -> tuple[int, str]:
        """The status and text of one answer; a POST when there is a body."""
        door = http.client.HTTPConnection(
            "127.0.0.1", self._port, timeout=ANSWER_SECONDS, source_address=(next(self._sources), 0)
        )
        try:
            sent = None if body is None else json.dumps(body, ensure_ascii=False).encode()
            door.request("GET" if sent is None else "POST", path, sent, {"Content-Type": "application/json"})
            answer = door.getresponse()
            return answer.status, answer.read().decode("utf-8")
        finally:
            door.close()

    def chat(self, turns: Sequence[str], city: str | None, as_of: date) -> list[dict[str, Any]]:
        """The replies to the turns of one conversation. Raises SuiteError when the server refuses one."""
        replies: list[dict[str, Any]] = []
        for text in turns:
            known = replies[-1]["session_id"] if replies else None
            body = {"message": text, "session_id": known, "jurisdiction": None if replies else city}
            status, said = self.request("/api/v1/chat", {**body, "as_of": as_of.isoformat()})
            if status != http.HTTPStatus.OK:
                raise SuiteError(f"HTTP 接口答了 {status}：{said[:200]}")
            replies.append(json.loads(said))
        return replies


def _environment(settings: Settings) -> dict[str, str]:
    return {**os.environ, "BANCHENG_DATA_DIR": str(settings.data_dir), "BANCHENG_THREADS": str(settings.threads)}


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


@contextmanager
def http_door(settings: Settings, log: Path) -> Iterator[Door]:
    """`python -m ui` over a data folder, all its output in a file. Raises SuiteError when it does not start."""
    port = _free_port()
    command = [sys.executable, "-m", "ui", "--port", str(port)]
    with log.open("wb") as out:
        server = subprocess.Popen(command, cwd=ROOT, env=_environment(settings), stdout=out, stderr=out)
        try:
            door = Door(port)
            _wait(door, server, log)
            yield door
        finally:
            server.terminate()
            server.wait(20)


def _wait(door: Door, server: "subprocess.Popen[bytes]", log: Path) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and server.poll() is None:
        try:
            if door.request("/readyz")[0] == http.HTTPStatus.OK:
                return
        except OSError:
            time.sleep(0.3)
    raise SuiteError(f"HTTP 服务没有起来：{log.read_text(encoding='utf-8')[-300:]}")


def by_command_line(
    settings: Settings, cases: Sequence[tuple[Sequence[str], str | None]], as_of: date
) -> list[list[dict[str, Any]]]:
    """The replies to conversations (turns, city), as `python -m assistant ask --batch` writes them."""
    source, out = settings.data_dir / "in.jsonl", settings.data_dir / "out.jsonl"
    lines = [{"id": str(n), "turns": list(t), "city": c, "as_of": as_of.isoformat()} for n, (t, c) in enumerate(cases)]
    source.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8")
    command = [sys.executable, "-m", "assistant", "ask", "--batch", str(source), "--out", str(out)]
    done = subprocess.run(command, cwd=ROOT, env=_environment(settings), capture_output=True, text=True)
    if done.returncode:
        raise SuiteError(f"命令行提问没有做完：{done.stderr[-300:]}")
    return [json.loads(line)["replies"] for line in out.read_text(encoding="utf-8").splitlines()]
