"""One request to the language model: the primary, one more try, the fallback, all before one deadline."""

import asyncio
import threading
import time
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from functools import lru_cache
from typing import NamedTuple, Protocol

from assistant.answering.breaker import Breaker
from assistant.errors import ModelUnavailable
from knowledge.deadline import left

MOST = 6000  # characters; no answer of ours is that long
GRACE = 0.5  # seconds for closing connections after the deadline
LATE, SLOW, RESTING, ENDLESS = "时限内没有说完", "迟迟不开口", "刚才连着出错，歇一会儿再试", "说个没完"


class Deadlines(NamedTuple):
    """How long the model is waited for, in seconds."""

    first: float  # for the first character, each time it is asked
    total: float  # in all, whatever happens


class Endpoint(Protocol):
    """One place where a language model answers."""

    def stream(self, prompt: str) -> AsyncGenerator[str]:
        """The answer piece by piece. Raises ModelUnavailable."""
        ...


class LanguageModel:
    """Endpoints in order of preference, each behind a breaker; every caller is answered within the deadline."""

    def __init__(
        self, endpoints: Sequence[Endpoint], deadlines: Deadlines, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._guarded = [(endpoint, Breaker(clock)) for endpoint in endpoints]
        self._deadlines = deadlines

    def say(self, prompt: str) -> str:
        """What the model says to a prompt, whole. Raises ModelUnavailable, which says why."""
        seconds = left(self._deadlines.total)
        if not seconds:
            raise ModelUnavailable(LATE)
        asked = asyncio.run_coroutine_threadsafe(self._before_deadline(prompt, seconds), _loop())
        try:
            return asked.result(seconds + GRACE)
        except TimeoutError as error:
            asked.cancel()
            raise ModelUnavailable(LATE) from error

    async def _before_deadline(self, prompt: str, seconds: float) -> str:
        try:
            async with asyncio.timeout(seconds):
                return await self._tried(prompt)
        except TimeoutError as error:
            raise ModelUnavailable(LATE) from error

    async def _tried(self, prompt: str) -> str:
        """Ask each endpoint that is not resting; one of them, once, a second time."""
        fault, again = ModelUnavailable(RESTING), True
        for endpoint, breaker in self._guarded:
            while breaker.admits():
                try:
                    said = await self._heard(endpoint, prompt)
                except ModelUnavailable as error:
                    breaker.failed(error.rest)
                    fault = error
                    if not (error.transient and again):
                        break
                    again = False
                except asyncio.CancelledError:
                    breaker.failed()
                    raise
                else:
                    breaker.succeeded()
                    return said
        raise fault

    async def _heard(self, endpoint: Endpoint, prompt: str) -> str:
        """All that one endpoint says; the deadline of the first piece ends with the first piece."""
        said, length = [], 0
        try:
            async with aclosing(endpoint.stream(prompt)) as pieces, asyncio.timeout(self._deadlines.first) as patience:
                async for piece in pieces:
                    patience.reschedule(None)
                    said.append(piece)
                    length += len(piece)
                    if length > MOST:
                        raise ModelUnavailable(ENDLESS)
        except TimeoutError as error:
            raise ModelUnavailable(SLOW) from error
        return "".join(said)


@lru_cache
def _loop() -> asyncio.AbstractEventLoop:
    """The event loop that all requests share, on a thread of its own: what is not waited for is closed, not left hanging."""
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, name="language-model", daemon=True).start()
    return loop
