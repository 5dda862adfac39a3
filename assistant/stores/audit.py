"""Audited actions in the database, chained by their digests; the last one is noted in a file beside the data as well."""

import logging
import os
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Select, delete, insert, select
from sqlalchemy.exc import IntegrityError

from assistant.audit import Action
from assistant.chain import START, Anchor, Link, cut_after, digest_of, fault_of
from assistant.errors import StoreUnavailable
from assistant.stores.database import Database
from assistant.stores.tables import audit

TRIES = 20  # how many writers may come first
log = logging.getLogger(__name__)


class KeptAudit:
    """Append-only: nothing here changes or deletes a row."""

    def __init__(self, database: Database, anchor: Path) -> None:
        self._database, self._anchor = database, anchor

    def append(self, action: Action) -> None:
        """Add an action, safe from a power cut. Raises StoreUnavailable: what must be audited is then not done."""
        self._noting(lambda connection: _appended(connection, action))

    def cut(self, before: datetime, actor: str, now: datetime) -> None:
        """Drop what was done until a moment, and tell so in the chain. Raises StoreUnavailable."""
        old = select(audit).where(audit.c.at <= before).order_by(audit.c.number.desc()).limit(1)

        def work(connection: Connection) -> Link | None:
            if not (last := next(_links(connection, old), None)):
                return None
            told = _appended(connection, cut_after(last, now, actor))
            connection.execute(delete(audit).where(audit.c.number <= last.number))
            return told

        self._noting(work)

    def all(self) -> list[Action]:
        """The actions, earliest first. Raises StoreUnavailable."""
        return [link.action for link in self.links()]

    def links(self) -> list[Link]:
        """The whole chain. Raises StoreUnavailable."""
        return self._database.read(links_in)

    def fault(self) -> str | None:
        """What was done to the chain since it was written, or None. Raises StoreUnavailable."""
        return fault_of(self.links(), self._noted())

    def _noting(self, work: Callable[[Connection], Link | None]) -> None:
        for _ in range(TRIES):
            try:
                link = self._database.write(work, durable=True)
            except IntegrityError:
                continue  # another process took the number
            if link:
                self._note(link)
            return
        raise StoreUnavailable("同时记操作的太多，没能记下，请再试一次")

    def _note(self, link: Link) -> None:
        """The noted link may lag behind the database, and lead it never: it is written after."""
        log.info("审计记录第 %d 条 %s", link.number, link.digest)
        partial = self._anchor.with_suffix(".partial")
        try:
            partial.write_text(f"{link.number} {link.digest}\n", encoding="ascii")
            os.replace(partial, self._anchor)
        except OSError as error:
            log.warning("审计记录的末条没能另记一份：%s", type(error).__name__)

    def _noted(self) -> Anchor | None:
        try:
            number, digest = self._anchor.read_text(encoding="ascii").split()
            return Anchor(int(number), digest)
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            raise StoreUnavailable(f"读不了 {self._anchor}（{type(error).__name__}）") from error


def _appended(connection: Connection, action: Action) -> Link:
    columns = (audit.c.number, audit.c.digest)
    last = connection.execute(select(*columns).order_by(audit.c.number.desc()).limit(1)).one_or_none()
    number, before = (last.number + 1, last.digest) if last else (1, START)
    link = Link(number, action, digest_of(number, action, before))
    connection.execute(insert(audit).values(number=number, digest=link.digest, **action.model_dump()))
    return link


def links_in(connection: Connection) -> list[Link]:
    """The whole chain, first to last."""
    return list(_links(connection, select(audit).order_by(audit.c.number)))


def _links(connection: Connection, statement: Select[Any]) -> Iterator[Link]:
    for row in connection.execute(statement).mappings():
        kept = dict(row)
        number, digest = kept.pop("number"), kept.pop("digest")
        yield Link(number, Action.model_validate(kept), digest)
