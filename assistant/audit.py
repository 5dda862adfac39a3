"""Who did what, kept so that nobody can rewrite it unseen."""

from datetime import datetime
from typing import Protocol

from knowledge.model import Frozen


class Action(Frozen):
    """One thing that a caseworker or an operator did. No citizen's words."""

    at: datetime
    actor: str
    verb: str  # e.g. "search", "view_guide", "assign", "switch_generation"
    subject: str  # what it was done to: a guide id, a gap's key, a generation
    detail: str = ""


class AuditLog(Protocol):
    """An append-only list of actions."""

    def append(self, action: Action) -> None:
        """Add an action. Raises OSError when it cannot be kept: what must be audited is then not done."""
        ...

    def all(self) -> list[Action]:
        """The actions, earliest first. Raises OSError when they cannot be read."""
        ...
