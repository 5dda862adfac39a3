"""Dates: checked lately, in force, in order, one text at a time."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise

from knowledge.lint.finding import DESIGN, OFFICE_115, Card, Fault, guide_rule, library_rule
from knowledge.lint.shelf import Shelf
from knowledge.lint.views import GuideView
from knowledge.model import Guide

STALE = timedelta(days=365)


@guide_rule(Card(
    "stale-check", "一年内核对过", "warning", OFFICE_115 + "（内容未及时更新）",
    good="2026-11-22 核对", bad="两年前核对，至今没有再看",
))  # fmt: skip
def stale_check(view: GuideView, shelf: Shelf) -> Iterator[Fault]:
    """A guide was compared with its sources within a year."""
    days = (shelf.today - view.guide.checked_on).days
    if days > STALE.days:
        yield Fault("checked_on", f"{view.guide.checked_on}核对，已过{days}天", "对照来源再核对一遍，改核对日期")


@guide_rule(Card(
    "checked-in-future", "核对日期不在将来", "warning", DESIGN,
    good="核对日期是今天或以前", bad="核对日期是明年",
))  # fmt: skip
def checked_in_future(view: GuideView, shelf: Shelf) -> Iterator[Fault]:
    """Nobody checks a guide tomorrow."""
    if view.guide.checked_on > shelf.today:
        yield Fault("checked_on", f"核对日期{view.guide.checked_on}还没有到", "改成真正核对的那一天")


@guide_rule(Card(
    "expired-guide", "过期的指南有接替的文本", "warning", OFFICE_115,
    good="旧文本到期，新文本接着施行", bad="旧文本去年到期，没有新文本",
))  # fmt: skip
def expired_guide(view: GuideView, shelf: Shelf) -> Iterator[Fault]:
    """When a text ends, another text of the item goes on, here or in a larger place."""
    end = view.guide.effective_to
    if end is None or end >= shelf.today:
        return
    others = [g for g in shelf.guides[view.guide.item_id] if g is not view.guide]
    if not any(g.effective_to is None or g.effective_to >= shelf.today for g in others):
        yield Fault("effective_to", f"{end}已到期，没有接替的文本", "补上新文本，或把事项移出指南库")


@library_rule(Card(
    "basis-period", "依据的公布、施行、失效依次在后", "error", "立法法；" + DESIGN,
    good="2026-04-30 通过，2026-07-01 施行", bad="2026-07-01 通过，2026-04-30 施行",
))  # fmt: skip
def basis_period(shelf: Shelf) -> Iterator[Fault]:
    """A law is adopted, then in force, then ended."""
    for basis in shelf.library.bases:
        days = [day for day in (basis.adopted_on, basis.effective_from, basis.effective_to) if day is not None]
        if days != sorted(days):
            told = " → ".join(map(str, days))
            yield Fault(
                "effective_from", f"《{basis.title}》日期先后不对：{told}", "核对日期", f"bases/{basis.basis_id}.yaml"
            )


@library_rule(Card(
    "version-overlap", "同一地区同一事项同一天只有一个文本", "error", DESIGN,
    good="旧文本到 2026-06-30，新文本从 2026-07-01", bad="两个文本都写着现行",
))  # fmt: skip
def version_overlap(shelf: Shelf) -> Iterator[Fault]:
    """Texts of one item in one place follow each other; on no day do two apply."""
    texts: dict[tuple[str, str], list[Guide]] = defaultdict(list)
    for guide in shelf.library.guides:
        texts[guide.jurisdiction, guide.item_id].append(guide)
    for versions in texts.values():
        ordered = sorted(versions, key=lambda g: g.effective_from or date.min)
        for earlier, later in pairwise(ordered):
            if (earlier.effective_to or date.max) >= (later.effective_from or date.min):
                yield Fault(
                    "effective_from", f"两个文本的施行期重叠（后一个从{later.effective_from or '最初'}起）",
                    "给前一个写上 effective_to，给后一个写上 effective_from", f"guides/{later.guide_id}.yaml",
                )  # fmt: skip


RULES = (stale_check, checked_in_future, expired_guide, basis_period, version_overlap)
