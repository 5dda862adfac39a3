"""Everything that outlives a question, opened once by the composition root and handed to whoever keeps or reads it."""

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

    def upkeep(self) -> None:
        """Write what waited while it could not be reached, and drop what has been kept long enough. Never raises."""
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
