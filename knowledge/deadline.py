"""How long one question may still take: said once where it comes in, asked wherever a stage begins or is waited for."""

import math
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from knowledge.errors import TimeIsUp

_until: ContextVar[float] = ContextVar("until", default=math.inf)


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """What this thread does inside has so many seconds."""
    token = _until.set(time.monotonic() + seconds)
    try:
        yield
    finally:
        _until.reset(token)


def left(most: float) -> float:
    """Seconds for a stage that can be done without: its own limit, or what is left; 0 when nothing is."""
    return max(0.0, min(most, _until.get() - time.monotonic()))


def granted(stage: str, most: float = math.inf) -> float:
    """Seconds for a stage that cannot be done without. Raises TimeIsUp when none are left; `stage` is for the operator."""
    seconds = left(most)
    if not seconds:
        raise TimeIsUp(stage)
    return seconds
