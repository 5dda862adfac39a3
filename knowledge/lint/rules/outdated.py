"""Old texts: rules no longer in force that are still copied from guide to guide (data: library/outdated.yaml)."""

import re
from collections.abc import Iterator

from knowledge.lint.finding import OFFICE_115, Card, Fault, text_rule
from knowledge.lint.shelf import Shelf
from knowledge.lint.views import TextView
from knowledge.model import Material, OutdatedText

_SENTENCE = re.compile(r"[^。；！？\n]+")
# A sentence that itself says the rule is old corrects it; that is what a pitfall is for.
_CORRECTS = re.compile(
    r"不再|不用|不要|无需|不需|不必|不应|不能当|旧|以前|过去|原来|取消|废止|失效|改为|改成|已经改|误|多是|别信"
)


def _in_time(trap: OutdatedText, view: TextView, shelf: Shelf) -> bool:
    if trap.since is None:
        return True
    ended = view.effective_to is not None and view.effective_to < trap.since
    return trap.since <= max(shelf.today, view.checked_on or shelf.today) and not ended


def _about(trap: OutdatedText, view: TextView) -> bool:
    return not trap.items or any(word in view.names for word in trap.items)


@text_rule(Card(
    "outdated-text", "不照抄已经改了的旧规定", "error", OFFICE_115 + "（内容未及时更新）",
    good="结婚登记带身份证（2025-05-10 起不要户口簿）", bad="结婚登记带户口簿",
))  # fmt: skip
def outdated_text(view: TextView, shelf: Shelf) -> Iterator[Fault]:
    """No sentence or material repeats a rule of the list of outdated texts, unless it says that the rule is old."""
    for trap in shelf.library.outdated:
        if not _about(trap, view) or not _in_time(trap, view, shelf):
            continue
        if trap.allowed_beside and re.search(trap.allowed_beside, view.whole):
            continue
        remedy = f"按现行规定改：{trap.now}"
        for where, part in view.parts:
            if isinstance(part, Material) and part.kind in trap.kinds:
                yield Fault(where, f"旧规定：{trap.title}", remedy)
        if trap.pattern and re.search(trap.pattern, view.whole):
            yield from _spoken(trap.pattern, trap.title, remedy, view)


def _spoken(pattern: str, title: str, remedy: str, view: TextView) -> Iterator[Fault]:
    for where, text in view.texts:
        if where.startswith(("name", "aliases", "sayings")):
            continue
        for sentence in _SENTENCE.findall(text):
            if re.search(pattern, sentence) and not _CORRECTS.search(sentence):
                yield Fault(where, f"“{sentence.strip()}”是旧规定：{title}", remedy)


RULES = (outdated_text,)
