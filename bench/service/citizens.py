"""Citizens who ask over HTTP, each from a loopback address of their own, with time to think between two questions."""

import asyncio
import itertools
import random
import time
from collections.abc import Iterator
from typing import NamedTuple

import httpx

from evals.sample import load_suite

SUITES = ("answer", "multi_turn", "retrieval", "refusal", "flow", "understanding")
DEADLINE = 30.0


class Said(NamedTuple):
    """One answer to one question: when it was asked and how long it took, in seconds; status 0 without any answer."""

    at: float
    seconds: float
    status: int
    session_id: str | None
    retry_after: str | None


def talks(chance: random.Random) -> Iterator[tuple[str, ...]]:
    """The turns of one case after another, shuffled over all suites, for ever."""
    cases = [tuple(case.turns) for name in SUITES for case in load_suite(name).cases if case.split == "dev"]
    while True:
        chance.shuffle(cases)
        yield from cases


def addresses() -> Iterator[str]:
    """Addresses of loopback, one for each citizen."""
    for third, fourth in itertools.product(range(1, 200), range(1, 250)):
        yield f"127.1.{third}.{fourth}"


async def ask(client: httpx.AsyncClient, url: str, text: str, session_id: str | None) -> Said:
    """One question."""
    begun = time.perf_counter()
    try:
        response = await client.post(f"{url}/api/v1/chat", json={"message": text, "session_id": session_id})
    except httpx.TransportError:
        return Said(begun, time.perf_counter() - begun, 0, session_id, None)
    known = response.headers.get("X-Session-Id") or session_id
    return Said(begun, time.perf_counter() - begun, response.status_code, known, response.headers.get("Retry-After"))


def client_at(address: str) -> httpx.AsyncClient:
    """A client that asks from an address."""
    unencrypted = httpx.AsyncHTTPTransport(verify=False, local_address=address)  # reading certificates takes longest
    return httpx.AsyncClient(transport=unencrypted, timeout=DEADLINE)


class Crowd:
    """So many citizens at once; `think` is the mean number of seconds between an answer and the next question."""

    def __init__(self, url: str, citizens: int, think: float, seed: int = 7) -> None:
        self._url, self._citizens, self._think = url, citizens, think
        self._chance = random.Random(seed)
        self.said: list[Said] = []

    async def ask_for(self, seconds: float) -> None:
        """All of them, until the time is over; what is being answered then is waited for."""
        until = time.perf_counter() + seconds
        played, places = talks(self._chance), addresses()
        await asyncio.gather(*(self._citizen(next(places), played, until) for _ in range(self._citizens)))

    async def _citizen(self, address: str, played: Iterator[tuple[str, ...]], until: float) -> None:
        await asyncio.sleep(self._chance.uniform(0, self._think))
        async with client_at(address) as client:
            while time.perf_counter() < until:
                await self._talk(client, next(played), until)

    async def _talk(self, client: httpx.AsyncClient, turns: tuple[str, ...], until: float) -> None:
        session_id: str | None = None
        for text in turns:
            if time.perf_counter() >= until:
                return
            said = await ask(client, self._url, text, session_id)
            self.said.append(said)
            session_id = said.session_id
            await asyncio.sleep(self._chance.uniform(0.5, 1.5) * self._think)


async def arrivals(url: str, per_second: float, seconds: float, seed: int = 7) -> list[Said]:
    """Questions that come whether or not the ones before are answered, at random moments."""
    chance = random.Random(seed)
    played, clients = talks(chance), [client_at(address) for address in itertools.islice(addresses(), 300)]
    asked: list[asyncio.Task[Said]] = []
    until = time.perf_counter() + seconds
    while (now := time.perf_counter()) < until:
        asked.append(asyncio.create_task(ask(clients[len(asked) % len(clients)], url, next(played)[0], None)))
        await asyncio.sleep(max(0.0, now + chance.expovariate(per_second) - time.perf_counter()))
    said = list(await asyncio.gather(*asked))
    for client in clients:
        await client.aclose()
    return said
