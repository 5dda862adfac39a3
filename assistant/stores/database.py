"""One database: work in transactions, within a deadline, with its tables in place; told in one word when it fails."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from assistant.errors import StoreUnavailable
from assistant.stores.engine import open_engine, told
from assistant.stores.lanes import Lane
from assistant.stores.migration import HEAD, migrate, revision_of

READERS = 4
PREPARING = 20.0  # seconds
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

    def prepare(self) -> None:
        """Put the tables in place, for which it may take longer than other work. Raises StoreUnavailable."""
        self._writing.run(lambda: self._within(lambda connection: None, writes=False), PREPARING)

    def read(self, work: Callable[[Connection], T]) -> T:
        """Read in one transaction. Raises StoreUnavailable."""
        return self._reading.run(lambda: self._within(work, writes=False))

    def write(self, work: Callable[[Connection], T], durable: bool = False) -> T:
        """Write in one transaction, `durable` when it must outlive a power cut. Raises StoreUnavailable, IntegrityError."""
        return self._writing.run(lambda: self._within(work, writes=True, durable=durable))

    @contextmanager
    def transaction(self, writes: bool, durable: bool = False) -> Iterator[Connection]:
        """A transaction in the caller's own thread, for as long as it takes. Raises StoreUnavailable, IntegrityError."""
        try:
            if not self._ready:
                self._prepare()
            with self._begun(writes, durable) as connection:
                yield connection
        except IntegrityError:
            raise
        except SQLAlchemyError as error:
            self._ready = False
            raise StoreUnavailable(told(error)) from error

    def close(self) -> None:
        """Release it."""
        self._reading.close()
        self._writing.close()
        self._engine.dispose()

    def _within(self, work: Callable[[Connection], T], writes: bool, durable: bool = False) -> T:
        with self.transaction(writes, durable) as connection:
            return work(connection)

    @contextmanager
    def _begun(self, writes: bool, durable: bool = False) -> Iterator[Connection]:
        with self._engine.connect() as connection:
            begun = connection.execution_options(writes=writes, durable=durable)
            with begun.begin():
                yield begun

    def _prepare(self) -> None:
        with self._preparing:
            if self._ready:
                return
            with self._begun(writes=False) as connection:
                current = revision_of(connection)
            if current != HEAD:
                with self._begun(writes=True, durable=True) as connection:
                    migrate(connection)
            self._ready = True
