"""A system under test: it plays a case and says how much of a reply it tells."""

from typing import Any, NamedTuple, Protocol

from assistant.model import Turn
from evals.sample import Case


class TargetError(Exception):
    """A target that cannot be asked, or that gave no reply; the message is for people."""


class Played(NamedTuple):
    """The last turn of a case and how long its answer took (seconds)."""

    turn: Turn
    seconds: float


class Target(Protocol):
    """Anything that answers questions."""

    name: str
    untold: frozenset[str]  # scores that what it tells does not allow

    def play(self, case: Case) -> Played:
        """Play all turns of a case. Raises TargetError or AssistantError."""
        ...

    def describe(self) -> dict[str, Any]:
        """What a reader must know to run it again; no secrets."""
        ...
