"""Who looks after which gap, complaint or stale guide."""

from datetime import datetime
from enum import StrEnum
from typing import Protocol

from knowledge.model import Frozen


class Kind(StrEnum):
    """What there is to look after."""

    GAP = "gap"
    FEEDBACK = "feedback"
    STALE = "stale"


class State(StrEnum):
    """How far it is."""

    TAKEN = "taken"
    DONE = "done"


class Assignment(Frozen):
    """One matter in somebody's hands. `key` is the gap's key, the feedback's trace id or the guide id."""

    kind: Kind
    key: str
    assignee: str
    state: State
    note: str = ""
    at: datetime


class Worklist(Protocol):
    """Where assignments are kept; a matter without one is open."""

    def put(self, assignment: Assignment) -> None:
        """Keep an assignment in place of an earlier one of the same matter. Raises OSError."""
        ...

    def all(self) -> list[Assignment]:
        """The assignments, latest first. Raises OSError when they cannot be read."""
        ...
