"""How much one address and one conversation may ask: a token bucket each, in memory; the oldest are dropped first."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable

PER_SECOND, BURST = 5.0, 40.0  # of an address: a service hall may share one
TURNS_PER_SECOND, TURNS_AT_ONCE = 1.0, 15.0  # of a conversation: a person types or taps
MOST = 20_000
MAX_BODY = 64 * 1024


class _Buckets:
    def __init__(self, per_second: float, burst: float, clock: Callable[[], float]) -> None:
        self._rate, self._burst, self._clock = per_second, burst, clock
        self._lock = threading.Lock()
        self._levels: OrderedDict[str, tuple[float, float]] = OrderedDict()  # key → tokens left, when

    def take(self, key: str) -> bool:
        now = self._clock()
        with self._lock:
            level, since = self._levels.pop(key, (self._burst, now))
            level = min(self._burst, level + (now - since) * self._rate)
            self._levels[key] = (level - 1 if level >= 1 else level, now)
            while len(self._levels) > MOST:
                self._levels.popitem(last=False)
        return level >= 1


class Buckets:
    """Says whether one more request is let through now."""

    def __init__(
        self, per_second: float = PER_SECOND, burst: float = BURST, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._addresses = _Buckets(per_second, burst, clock)
        self._conversations = _Buckets(TURNS_PER_SECOND, TURNS_AT_ONCE, clock)
        self.refused = 0

    def take(self, address: str) -> bool:
        """Take a token of an address; False when it has none left."""
        return self._counted(self._addresses.take(address))

    def take_turn(self, session_id: str) -> bool:
        """Take a token of a conversation; False when it has none left."""
        return self._counted(self._conversations.take(session_id))

    def _counted(self, let_through: bool) -> bool:
        self.refused += not let_through
        return let_through
