"""What is carried to the next question about the same matter: what she told of her own numbers, what she asked for."""

import re

from assistant.answering.reading import asked_how
from assistant.answering.situation import given
from assistant.following import tells
from assistant.model import Focus
from assistant.understanding.fields import units_asked
from assistant.understanding.understand import Understanding
from knowledge.model import FieldName

_LEANS = re.compile("呢[？?。]*$")
_ANOTHER = re.compile(
    "^(?:不对|错了)?[，, ]*不是[我俺他她][一-鿿]{0,3}[，, ]*是[我俺他她][一-鿿]{0,3}[，, ]*[^，,。]*[0-9一二三四五六七八九十]"
)
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


def fields(seen: Understanding, item_id: str, focus: Focus) -> tuple[FieldName, ...]:
    """The fields that a follow-up asks for: its own, else, unless it asks something else of the same matter, the last ones."""
    other = focus.items[:1] != (item_id,)
    if (other and asked_how(seen.text)) or _ANOTHER.search(seen.text):
        return seen.fields
    if seen.fields or not (
        other
        or len(seen.core) <= 1
        or _LEANS.search(seen.text)
        or seen.adds
        or seen.supposes
        or seen.corrects
        or tells(seen)
    ):
        return seen.fields
    return () if units_asked(seen.query) else focus.fields
