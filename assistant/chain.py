"""The digests that bind audited actions into one chain: to change, drop or reorder one is to break every later one."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from hashlib import sha256
from typing import NamedTuple

from assistant.audit import Action

START = "0" * 64
CUT = "cut_audit"


class Link(NamedTuple):
    """One action of the chain: its number (1, 2, 3 …) and the digest over it and the link before."""

    number: int
    action: Action
    digest: str


class Anchor(NamedTuple):
    """A link that was seen, noted outside the database: the chain must still hold it."""

    number: int
    digest: str


def digest_of(number: int, action: Action, before: str) -> str:
    """SHA-256 over the link before and all of this one, as 64 hex digits."""
    moment = action.at.astimezone(UTC).isoformat(timespec="microseconds")
    parts = [before, number, moment, action.actor, action.verb, action.subject, action.detail]
    return sha256(json.dumps(parts, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()


def cut_after(link: Link, at: datetime, actor: str) -> Action:
    """The action that says that all links up to this one were dropped because they had been kept long enough."""
    return Action(at=at, actor=actor, verb=CUT, subject=str(link.number), detail=link.digest)


def fault_of(links: Sequence[Link], anchor: Anchor | None = None) -> str | None:
    """What was done to the chain, in Chinese, or None when it is whole.

    A chain says nothing of links dropped from its end: `anchor`, noted elsewhere, does.
    """
    last, before = _beginning(links)
    for link in links:
        if link.number != last + 1:
            return f"第 {last + 1} 条不见了或次序变了，接着的是第 {link.number} 条"
        if digest_of(link.number, link.action, before) != link.digest:
            return f"第 {link.number} 条被改过，或它前面的被换过"
        last, before = link.number, link.digest
    return _ending_fault(links, last, anchor) if anchor else None


def _beginning(links: Sequence[Link]) -> Anchor:
    """Where the chain begins: at the start, or after the latest cut that it tells of itself."""
    cuts = [link.action for link in links if link.action.verb == CUT]
    return Anchor(int(cuts[-1].subject), cuts[-1].detail) if cuts else Anchor(0, START)


def _ending_fault(links: Sequence[Link], last: int, anchor: Anchor) -> str | None:
    if last < anchor.number:
        return f"末尾少了：写下过第 {anchor.number} 条，现在只到第 {last} 条"
    if any(link.number == anchor.number and link.digest != anchor.digest for link in links):
        return f"第 {anchor.number} 条与写下时记的不同，整条链被重写过"
    return None
