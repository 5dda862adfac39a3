"""A circuit breaker: three failures on end and nobody is sent there for a while; then one goes ahead to see."""

from collections.abc import Callable
from enum import StrEnum

FAILURES = 3
REST = 30.0  # seconds


class State(StrEnum):
    """Whether an endpoint is asked."""

    CLOSED = "closed"  # everybody may ask
    OPEN = "open"  # nobody
    HALF_OPEN = "half_open"  # one, to see whether it answers again


class Breaker:
    """The breaker of one endpoint. Not thread-safe: all calls come from one event loop. `clock` gives seconds."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._failures = 0
        self._rests_until: float | None = None
        self._probing = False

    @property
    def state(self) -> State:
        """Where it stands now."""
        if self._rests_until is None:
            return State.CLOSED
        return State.HALF_OPEN if self._clock() >= self._rests_until else State.OPEN

    def admits(self) -> bool:
        """Whether this caller may ask; whoever may must report how it went."""
        state = self.state
        if state is State.HALF_OPEN and not self._probing:
            self._probing = True
            return True
        return state is State.CLOSED

    def succeeded(self) -> None:
        """It answered."""
        self._failures, self._rests_until, self._probing = 0, None, False

    def failed(self, rest: float | None = None) -> None:
        """It did not answer; `rest` in seconds when it said itself for how long it wants to be left alone."""
        self._failures += 1
        if rest is not None or self._probing or self._failures >= FAILURES:
            self._rests_until = self._clock() + max(rest or 0.0, REST)
        self._probing = False
