"""What a citizen takes away of a plan: one sheet of rows, each with its clauses, from which every file is written."""

from datetime import date

from assistant.model import Plan
from knowledge.model import Frozen

LABEL = "指南摘录：内容由程序按已公布的办事指南编排，未使用大模型"
PASSED = "这一天已经过了，尽快问窗口还能不能办。"
CAUTION = "辅助参考，以窗口和现行规定为准；拿不准的请拨打12345。"


class Row(Frozen):
    """One line, what more there is to say of it, the clauses it rests on, and whether it has a box to tick."""

    text: str
    note: str = ""
    clauses: tuple[str, ...] = ()
    box: bool = False
    ticked: bool = False


class Part(Frozen):
    """Rows under one heading."""

    title: str
    rows: tuple[Row, ...]


class Sheet(Frozen):
    """A plan to take away, with what it was made from and when."""

    label: str = LABEL
    caution: str = CAUTION
    title: str
    place: str
    as_of: date
    checked_on: date | None  # the oldest check of the guides in it; None when it holds none
    generation: str
    address: str | None  # where the life event starts; nothing personal stands in it
    parts: tuple[Part, ...]
    letter: Part | None  # the blank letter of authority, where a guide takes one
    plan: Plan

    @property
    def dated(self) -> str:
        """Which rules of which day this follows, and from which published edition."""
        checked = f"，指南最早核对于{day_words(self.checked_on)}" if self.checked_on else ""
        return f"资料日期：按{day_words(self.as_of)}的规定{checked}；适用地区：{self.place}；版本{self.generation}"


def day_words(day: date) -> str:
    """2026年11月22日."""
    return f"{day.year}年{day.month}月{day.day}日"
