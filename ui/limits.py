"""How much one address may ask: a token bucket each, in memory; the oldest addresses are dropped first."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable

PER_SECOND, BURST, ADDRESSES = 5.0, 40.0, 20_000
MAX_BODY = 64 * 1024


class Buckets:
    """`take` says whether one more request of an address is let through now."""

    def __init__(
        self, per_second: float = PER_SECOND, burst: float = BURST, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._rate, self._burst, self._clock = per_second, burst, clock
        self._lock = threading.Lock()
        self._levels: OrderedDict[str, tuple[float, float]] = OrderedDict()  # address → tokens left, when

    def take(self, address: str) -> bool:
        """Take one token; False when the bucket is empty."""
        now = self._clock()
        with self._lock:
            level, since = self._levels.pop(address, (self._burst, now))
            level = min(self._burst, level + (now - since) * self._rate)
            self._levels[address] = (level - 1 if level >= 1 else level, now)
            while len(self._levels) > ADDRESSES:
                self._levels.popitem(last=False)
        return level >= 1
