"""The door that questions come in by: so many are answered at once, a few wait, and it can be shut with a notice."""

import logging
import math
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from assistant.controls import LiveControls
from assistant.errors import Busy, Late, Shut
from knowledge.deadline import within
from knowledge.errors import TimeIsUp

BUSY = "现在问的人很多，请过 {seconds} 秒再问；急事请拨打 12345。"
SECONDS_AFTER_LATE = 5
log = logging.getLogger(__name__)


class Door:
    """At most `at_once` are inside, each for about `seconds`, and `waiting` before it, each for at most `patience` seconds.

    Wide open by default. Time is looked at where a stage begins, so one who is late stays for the rest of that stage.
    """

    def __init__(
        self, at_once: int = 10_000, waiting: int = 0, patience: float = 0.0, controls: LiveControls | None = None,
        seconds: float = math.inf,
    ) -> None:  # fmt: skip
        self.controls = controls or LiveControls()
        self._places, self._most_waiting, self._patience = threading.Semaphore(at_once), waiting, patience
        self._seconds = seconds
        self._lock = threading.Lock()
        self.running = self.waiting = self.turned_away = self.late = 0

    @contextmanager
    def entered(self) -> Iterator[None]:
        """Wait to come in. Raises Shut (there is a notice), Busy (too many wait, or for too long), Late (too long inside)."""
        if notice := self.controls.current.notice:
            raise Shut(notice)
        if not self._places.acquire(blocking=False):
            self._wait()
        with self._lock:
            self.running += 1
        try:
            with within(self._seconds):
                yield
        except TimeIsUp as error:
            log.warning("一问超过 %g 秒，停在：%s", self._seconds, error)
            with self._lock:
                self.late += 1
            raise Late(SECONDS_AFTER_LATE) from error
        finally:
            with self._lock:
                self.running -= 1
            self._places.release()

    def _wait(self) -> None:
        with self._lock:
            fits = self.waiting < self._most_waiting
            self.waiting += fits
        came_in = fits and self._places.acquire(timeout=self._patience)
        with self._lock:
            self.waiting -= fits
            self.turned_away += not came_in
        if not came_in:
            seconds = max(1, round(2 * self._patience))
            raise Busy(BUSY.format(seconds=seconds), seconds)
