"""People who go on with their conversations while something breaks; what they were told, and what must still be stored."""

import threading
import time
from collections import Counter
from typing import NamedTuple

import httpx

from bench.service.process import Service

QUESTIONS = ("身份证丢了怎么补", "多少钱", "要带什么", "多久能办好", "护照怎么办", "要多少钱", "在哪里办")
PAUSE = 0.15


class Told(NamedTuple):
    """One answer: status 0 without any, how many seconds it took, and when it came (by `time.monotonic`)."""

    status: int
    seconds: float
    at: float


class Talkers:
    """So many people in threads, each in one conversation after another; use as a context."""

    def __init__(self, service: Service, people: int = 4) -> None:
        self._service, self._stop = service, threading.Event()
        self._threads = [threading.Thread(target=self._talk, args=(number,)) for number in range(people)]
        self.told: list[Told] = []
        self.acknowledged: Counter[str] = Counter()  # session → turns that were answered

    def __enter__(self) -> "Talkers":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *raised: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join(60)

    def _talk(self, number: int) -> None:
        transport = httpx.HTTPTransport(verify=False, local_address=f"127.2.0.{number + 1}")
        with httpx.Client(transport=transport, timeout=30) as client:
            known: str | None = None
            while not self._stop.is_set():
                for text in QUESTIONS:
                    known = self._ask(client, text, known)
                    if self._stop.wait(PAUSE):
                        return
                known = None

    def _note(self, status: int, begun: float) -> None:
        now = time.monotonic()
        self.told.append(Told(status, now - begun, now))

    def _ask(self, client: httpx.Client, text: str, known: str | None) -> str | None:
        begun = time.monotonic()
        try:
            response = client.post(f"{self._service.address}/api/v1/chat", json={"message": text, "session_id": known})
        except httpx.TransportError:
            self._note(0, begun)
            self._stop.wait(PAUSE)
            return known
        self._note(response.status_code, begun)
        session_id = response.headers.get("X-Session-Id")
        if session_id:
            self.acknowledged[session_id] += 1
        return session_id or known
