"""Citizens in conversation through the proxy: each asks, thinks, asks on; what each heard, from whom and when."""

import random
import threading
import time
from typing import Any, NamedTuple

import httpx

TALKS = (
    ("身份证丢了怎么补", "要多少钱", "几天能办好", "带什么材料"),
    ("怎么办护照", "多少钱", "要多久", "孩子也要本人去吗"),
    ("失业金怎么领", "需要什么材料", "多长时间", "去哪儿办"),
    ("孩子出生怎么上户口", "要什么材料", "收费吗", "几天"),
)
TRIES = 3  # what a citizen does when nothing came: she asks once more


class Heard(NamedTuple):
    """One turn: who asked, in which round of the talk, what came, from which replicas, when and how long it took."""

    client: int
    turn: int
    reply: str
    replicas: tuple[str, ...]
    faults: tuple[str, ...]
    at: float
    seconds: float


def talk(url: str, client: int, leave: threading.Event, think: float, sticky: bool) -> list[Heard]:
    """One conversation and then others, until told to leave; `sticky` keeps the proxy's cookie."""
    heard: list[Heard] = []
    pause = random.Random(client)  # noqa: S311 - a pause is no secret
    home = httpx.HTTPTransport(local_address=f"127.0.1.{client + 1}")  # each citizen comes from an address of her own
    with httpx.Client(base_url=url, timeout=30, trust_env=False, transport=home) as http:
        while not (heard and leave.is_set()):
            session: str | None = None
            for turn, question in enumerate(TALKS[client % len(TALKS)]):
                body = {"message": question, "session_id": session, "as_of": "2026-11-22"}
                told, one = _ask(http, body, client, turn, sticky)
                heard.append(one)
                session = told.get("session_id", session)
                time.sleep(pause.uniform(0.5, 1.5) * think)
    return heard


def _ask(
    http: httpx.Client, body: dict[str, Any], client: int, turn: int, sticky: bool
) -> tuple[dict[str, Any], Heard]:
    at, faults, replicas = time.monotonic(), list[str](), list[str]()
    told: dict[str, Any] = {}
    for _ in range(TRIES):
        if not sticky:
            http.cookies.clear()
        try:
            response = http.post("/api/v1/chat", json={name: value for name, value in body.items() if value})
            replicas.append(response.headers.get("x-replica", ""))
            if response.status_code == 200:
                told = response.json()
                break
            faults.append(str(response.status_code))
        except httpx.HTTPError as error:
            faults.append(type(error).__name__)
    return told, Heard(client, turn, told.get("text", ""), tuple(replicas), tuple(faults), at, time.monotonic() - at)


class Crowd:
    """Citizens at once, each on a thread."""

    def __init__(self, url: str, clients: int, think: float) -> None:
        self._leave = threading.Event()
        self._heard: list[Heard] = []
        self._lock = threading.Lock()
        self._threads = [threading.Thread(target=self._run, args=(url, number, think)) for number in range(clients)]
        for thread in self._threads:
            thread.start()

    def _run(self, url: str, number: int, think: float) -> None:
        heard = talk(url, number, self._leave, think, sticky=number % 2 == 0)
        with self._lock:
            self._heard += heard

    def heard(self) -> list[Heard]:
        """Let each finish her conversation and leave; what all of them heard."""
        self._leave.set()
        for thread in self._threads:
            thread.join()
        return sorted(self._heard, key=lambda one: one.at)
