"""Twenty-one conversations of four to eight turns, each as another person would have it; every reply of them is judged.

One file a person in `conversations/`: a line a turn, `said ⇥ kind ⇥ item ⇥ words it must hold ⇥ words it must not`, the
words parted by `|`; a first line `# city` where she has chosen one.
"""

import itertools
from pathlib import Path
from typing import NamedTuple

import pytest

from assistant.assistant import Assistant
from knowledge.catalog import item_of
from tests.assistant.conftest import turns

FOLDER = Path(__file__).parent / "conversations"
FILES = sorted(FOLDER.glob("*.tsv"))


class Line(NamedTuple):
    """One turn and what its reply must be."""

    said: str
    kind: str
    item: str
    holds: tuple[str, ...]
    lacks: tuple[str, ...]


def read(path: Path) -> tuple[str | None, list[Line]]:
    """The city chosen, if any, and the turns."""
    rows = path.read_text(encoding="utf-8").splitlines()
    city = rows.pop(0).removeprefix("# ") if rows[0].startswith("# ") else None
    lines = []
    for row in rows:
        said, kind, item, holds, lacks = (*row.split("\t"), "", "", "")[:5]
        lines.append(Line(said, kind, item, _words(holds), _words(lacks)))
    return city, lines


def _words(text: str) -> tuple[str, ...]:
    return tuple(word for word in text.split("|") if word)


def test_there_are_twenty_one_conversations_of_four_to_eight_turns() -> None:
    assert len(FILES) == 21
    assert all(4 <= len(read(path)[1]) <= 8 for path in FILES)


@pytest.mark.integration
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_reply_of_a_conversation_is_what_she_needs(path: Path, assistant: Assistant) -> None:
    city, lines = read(path)
    played = turns(assistant, *(line.said for line in lines), city=city)
    wrong = []
    for line, turn in zip(lines, played, strict=True):
        reply = turn.reply
        items = "+".join(item_of(item.guide_id) for item in reply.items) or (reply.theme or "")
        text = "\n".join((reply.text, *(option.label for option in reply.options), reply.handover or ""))
        missing = [word for word in line.holds if word not in text]
        present = [word for word in line.lacks if word in text]
        if (reply.kind, items) != (line.kind, line.item) or missing or present or turn.trace.dropped:
            wrong.append((line.said, reply.kind, items, missing, present, turn.trace.dropped))
    assert wrong == []
    for before, after in itertools.pairwise(turn.reply for turn in played):
        assert after.kind not in ("clarification", "flow") or after.text != before.text, "the same question twice"
