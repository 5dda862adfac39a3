"""Everything that outlives a question, opened once by the composition root and handed to whoever keeps or reads it."""

from pathlib import Path
from typing import NamedTuple, Protocol

from assistant.audit import AuditLog
from assistant.feedback import FeedbackStore
from assistant.gaps import GapStore
from assistant.sessions import SessionStore
from assistant.worklist import Worklist


class Keeper(Protocol):
    """The database behind the stores, as whoever runs the service sees it."""

    @property
    def problems(self) -> tuple[str, ...]:
        """Why it cannot be read or written now, in Chinese with the next step; empty when all is well."""
        ...

    def prepare(self) -> None:
        """Put the tables in place before the first question. Never raises."""
        ...

    def upkeep(self) -> None:
        """Write what waited while it could not be reached, and drop what has been kept long enough. Never raises."""
        ...

    def overdue(self) -> dict[str, int]:
        """Kind → how many have been kept long enough. Raises StoreUnavailable."""
        ...

    def retain(self, actor: str) -> dict[str, int]:
        """Drop them, audited; kind → how many. Raises StoreUnavailable."""
        ...

    def forget(self, session_id: str) -> bool:
        """Delete a conversation now; whether there was one. Raises StoreUnavailable."""
        ...

    def audit_fault(self) -> str | None:
        """What was done to the audit since it was written, or None when it is whole. Raises StoreUnavailable."""
        ...

    def check(self) -> None:
        """Read and write once. Raises StoreUnavailable."""
        ...

    def back_up(self, target: Path) -> dict[str, int]:
        """Write a copy to a new file; kind → how many. Raises StoreUnavailable, BadInput."""
        ...

    def restore(self, target: Path, actor: str) -> dict[str, int]:
        """Read a copy into the empty database, audited; kind → how many. Raises StoreUnavailable, BadInput."""
        ...

    def close(self) -> None:
        """Release it."""
        ...


class Stores(NamedTuple):
    """The opened stores. Answering needs none of them: each port says what happens when it cannot be reached."""

    sessions: SessionStore
    gaps: GapStore
    feedback: FeedbackStore
    worklist: Worklist
    audit: AuditLog
    keeper: Keeper
