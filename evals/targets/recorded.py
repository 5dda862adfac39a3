"""Replies recorded elsewhere, scored without running: JSONL, one case a line, as `python -m assistant ask --batch` writes it.

A line is `{"id", "replies": [reply, …]}`; a reply of another system needs its `text` only, and may name `kind`, `reason`,
`items` (ids) and `place`. A run's own `cases.jsonl` works as well.
"""

import hashlib
import json
from pathlib import Path
from typing import Any

from evals.sample import Case
from evals.targets.foreign import NEEDS, own_reply, reply_of, turn_of, untold
from evals.targets.target import Played, TargetError
from knowledge.catalog import Catalog


class Recorded:
    """Answers each case with what was recorded for it."""

    def __init__(self, path: Path, catalog: Catalog) -> None:
        """Raises TargetError naming the first line that is not one."""
        self.name = f"recorded:{path.name}"
        self._catalog = catalog
        try:
            raw = path.read_bytes()
        except OSError as error:
            raise TargetError(f"读不了 {path}：{type(error).__name__}") from error
        self._digest = hashlib.sha256(raw).hexdigest()[:16]
        self._replies = dict(_line(number, line) for number, line in enumerate(raw.splitlines(), 1) if line.strip())
        told = [name for name in NEEDS if all(_tells(reply, name) for reply in self._replies.values())]
        self.untold = untold(told)

    def play(self, case: Case) -> Played:
        """The recorded reply. Raises TargetError when there is none."""
        if case.case_id not in self._replies:
            raise TargetError("没有这一题的记录")
        data = self._replies[case.case_id]
        reply = own_reply(data) or reply_of(data, case, self._catalog)
        return Played(turn_of(case.turns[-1], reply, self.name), 0.0)

    def describe(self) -> dict[str, Any]:
        """Which file, by its digest."""
        return {"name": self.name, "digest": self._digest, "records": len(self._replies)}


def _tells(reply: dict[str, Any], what: str) -> bool:
    return own_reply(reply) is not None or what in reply


def _line(number: int, line: bytes) -> tuple[str, dict[str, Any]]:
    try:
        data = json.loads(line)
        replies = data["replies"] if "replies" in data else [data["reply"]]
        return str(data.get("id") or data["case_id"]), dict(replies[-1])
    except (ValueError, KeyError, IndexError, TypeError) as error:
        raise TargetError(f"第 {number} 行不是一条记录：{type(error).__name__} {error}") from error
