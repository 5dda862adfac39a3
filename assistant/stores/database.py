"""One database: work in transactions, within a deadline, with its tables in place; told in one word when it fails."""

import threading
from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from assistant.errors import StoreUnavailable
from assistant.stores.engine import open_engine, told
from assistant.stores.lanes import Lane
from assistant.stores.migration import HEAD, migrate, revision_of

READERS = 4
T = TypeVar("T")


class Database:
    """Reads on a few threads, writes on one, in order. Nothing is touched until the first piece of work.

    `patience`: seconds that a piece of work may take. The tables are looked at again after every fault.
    """

    def __init__(self, address: str, patience: float) -> None:
        self._engine = open_engine(address, patience)
        self._reading, self._writing = Lane("读", READERS, patience), Lane("写", 1, patience)
        self._ready = False
        self._preparing = threading.Lock()

    @property
    def problems(self) -> tuple[str, ...]:
        """Why it cannot be read or written now."""
        return tuple(dict.fromkeys(lane.trouble for lane in (self._reading, self._writing) if lane.trouble))

    def read(self, work: Callable[[Connection], T]) -> T:
        """Read in one transaction. Raises StoreUnavailable."""
        return self._reading.run(lambda: self._within(work, writes=False))

    def write(self, work: Callable[[Connection], T], durable: bool = False) -> T:
        """Write in one transaction, `durable` when it must outlive a power cut. Raises StoreUnavailable, IntegrityError."""
        return self._writing.run(lambda: self._within(work, writes=True, durable=durable))

    def close(self) -> None:
        """Release it."""
        self._reading.close()
        self._writing.close()
        self._engine.dispose()

    def _within(self, work: Callable[[Connection], T], **options: bool) -> T:
        try:
            if not self._ready:
                self._prepare()
            return self._transaction(work, **options)
        except IntegrityError:
            raise
        except (SQLAlchemyError, OSError) as error:
            self._ready = False
            raise error if isinstance(error, StoreUnavailable) else StoreUnavailable(told(error)) from error

    def _transaction(self, work: Callable[[Connection], T], **options: bool) -> T:
        with self._engine.connect().execution_options(**options) as connection, connection.begin():
            return work(connection)

    def _prepare(self) -> None:
        with self._preparing:
            if not self._ready and self._transaction(revision_of, writes=False) != HEAD:
                self._transaction(migrate, writes=True, durable=True)
            self._ready = True
