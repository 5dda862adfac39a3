"""Questions that got no answer, for whoever writes the guides. Masked text only; a failing store blocks no answer."""

import re
from datetime import UTC, datetime
from hashlib import sha256
from typing import Protocol

from assistant.model import RefusalReason, Turn
from knowledge.catalog import Catalog, item_of
from knowledge.model import Frozen

RECORDED = frozenset({RefusalReason.NO_KNOWLEDGE, RefusalReason.NOT_PUBLISHED_HERE})
NEAREST = 3


class Gap(Frozen):
    """One question without an answer: what was asked, why none was given, what came nearest, where, how often."""

    question: str
    reason: RefusalReason
    nearest: tuple[str, ...]  # names of the guides found, or of the one that leaves it to the place
    place: str  # adcode
    generation: str
    times: int = 1
    first_seen: datetime
    last_seen: datetime

    @property
    def key(self) -> str:
        """What makes two questions the same gap, as 24 hex digits: the words without marks, the reason and the place."""
        same = "|".join((re.sub(r"\W", "", self.question).casefold(), self.reason, self.place))
        return sha256(same.encode()).hexdigest()[:24]


class GapStore(Protocol):
    """Where gaps are counted."""

    def record(self, gap: Gap) -> None:
        """Count a gap once more. Never raises: an answer does not depend on it."""
        ...

    def all(self) -> list[Gap]:
        """The gaps, most frequent first. Raises OSError when they cannot be read."""
        ...


def gap_of(turn: Turn, catalog: Catalog, now: datetime) -> Gap | None:
    """The gap that a turn shows, or None when it was answered or refused for another reason."""
    reply = turn.reply
    if reply.reason not in RECORDED:
        return None
    found = [candidate.key for candidate in turn.trace.candidates[:NEAREST]]
    names = [item.name for item in reply.items] or [_name(key, catalog) for key in found]
    return Gap(
        question=turn.question, reason=reply.reason, nearest=tuple(dict.fromkeys(names)), place=reply.jurisdiction,
        generation=reply.generation, first_seen=now, last_seen=now,
    )  # fmt: skip


def _name(key: str, catalog: Catalog) -> str:
    if key.startswith("theme:"):
        return catalog.themes[key.removeprefix("theme:")].name
    return catalog.general(item_of(key)).name


def now() -> datetime:
    """The time a gap is seen, UTC."""
    return datetime.now(UTC)
