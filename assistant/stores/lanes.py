"""Work for a database within a deadline, on threads of its own: whoever asks never waits for a slow disk or server."""

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from queue import SimpleQueue
from typing import Any, TypeVar

from assistant.errors import StoreUnavailable

REST_SECONDS = 2.0
log = logging.getLogger(__name__)
T = TypeVar("T")


class Lane:
    """First in, first out on a few daemon threads; after a fault it rests, and whoever asks is told at once.

    `doing` is what it does, in Chinese; `patience` in seconds. What was begun when the deadline passed goes on and may
    still be done; what was waiting is dropped.
    """

    def __init__(self, doing: str, threads: int, patience: float) -> None:
        self._doing, self._idle, self._patience = doing, threads, patience
        self._work: SimpleQueue[tuple[Future[Any], Callable[[], Any]]] = SimpleQueue()
        self._lock = threading.Lock()
        self._rests_until = 0.0
        self.trouble: str | None = None

    def run(self, work: Callable[[], T], patience: float | None = None) -> T:
        """The work's result, waited for as long as the lane's patience or the one given. Raises StoreUnavailable when it fails so, takes too long, or the lane rests."""
        self._not_resting()
        self._start()
        future: Future[T] = Future()
        patience = patience or self._patience
        self._work.put((future, work))
        try:
            result = future.result(patience)
        except TimeoutError:
            future.cancel()
            self._tell(f"{self._doing}数据库太慢，{patience:g} 秒没有做完，请检查磁盘和数据库服务器")
            raise StoreUnavailable(self.trouble) from None
        except StoreUnavailable as error:
            self._tell(str(error))
            raise
        self._tell(None)
        return result

    def close(self) -> None:
        """Let the threads end."""
        with self._lock:
            self._idle = 0
        self._work.put((Future(), _stop))

    def _start(self) -> None:
        with self._lock:
            if self._idle:
                self._idle -= 1
                threading.Thread(target=self._serve, name=f"database-{self._doing}", daemon=True).start()

    def _serve(self) -> None:
        while True:
            future, work = self._work.get()
            if work is _stop:
                self._work.put((future, work))  # for the next thread
                return
            if not future.set_running_or_notify_cancel():
                continue
            try:
                self._not_resting()  # what waited behind a fault need not find it out again
                future.set_result(work())
            except BaseException as error:
                future.set_exception(error)

    def _not_resting(self) -> None:
        if self.trouble and time.monotonic() < self._rests_until:
            raise StoreUnavailable(self.trouble)

    def _tell(self, trouble: str | None) -> None:
        """One line in the log when it begins, changes or ends."""
        before, self.trouble = self.trouble, trouble
        if trouble:
            self._rests_until = time.monotonic() + REST_SECONDS
        if trouble and trouble != before:
            log.warning("%s数据库出了问题，问答照常，恢复后自动接上：%s", self._doing, trouble)
        elif before and not trouble:
            log.warning("%s数据库恢复正常", self._doing)


def _stop() -> None:
    """The last piece of work."""
