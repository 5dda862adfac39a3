"""The digests that bind audited actions into one chain: to change, drop or reorder one is to break every later one."""

import json
from collections.abc import Iterable
from datetime import UTC
from hashlib import sha256
from typing import NamedTuple

from assistant.audit import Action

START = "0" * 64


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


def fault_of(links: Iterable[Link], anchor: Anchor | None = None) -> str | None:
    """What was done to the chain, in Chinese, or None when it is whole.

    A chain says nothing of links dropped from its end: `anchor`, noted elsewhere, does.
    """
    before, last, anchored = START, 0, ""
    for link in links:
        if link.number != last + 1:
            return f"第 {last + 1} 条不见了或次序变了，接着的是第 {link.number} 条"
        if digest_of(link.number, link.action, before) != link.digest:
            return f"第 {link.number} 条被改过，或它前面的被换过"
        before, last = link.digest, link.number
        if anchor and link.number == anchor.number:
            anchored = link.digest
    if anchor and anchored != anchor.digest:
        return f"第 {anchor.number} 条与写下时记的不同，或末尾被删去了"
    return None
