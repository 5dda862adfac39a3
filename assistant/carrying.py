"""What she told of her own numbers, carried to the next question about the same matter."""

import re

from assistant.answering.situation import given
from assistant.model import Focus
from assistant.understanding.understand import Understanding

_SOMEONE = re.compile(r"[他她]|[俺我][爸妈爹娘爷奶哥姐弟妹婆公对]|老伴|孩子|媳妇|老公|老人|别人|朋友")


def told(seen: Understanding, item_id: str, focus: Focus) -> str:
    """What to remember of her own numbers: this message if it tells one, else the last that did about the same item."""
    if given(seen.text):
        return seen.text
    same = bool(focus.items) and focus.items[0] == item_id
    return focus.told if same and not _SOMEONE.search(seen.text) else ""


def heard(seen: Understanding, item_id: str, focus: Focus) -> tuple[str, ...]:
    """What a reply may judge: this message, then with it the number she told before."""
    before = told(seen, item_id, focus)
    return (seen.text,) if before in ("", seen.text) else (seen.text, f"{before}。{seen.text}")
