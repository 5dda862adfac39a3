"""The one door out: every reply is checked against its sources; what does not hold is dropped and said to be missing."""

import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from assistant.answering.evidence import Sources
from assistant.answering.segments import Reader
from assistant.answering.verify import Evidence, verify
from assistant.answering.wording import LEFT_OUT, NEXT_STEPS
from assistant.model import (
    AnyReply,
    Contact,
    Cost,
    Form,
    MergedMaterial,
    Plan,
    Refusal,
    RefusalReason,
    Reply,
    StageItem,
    Statement,
)  # fmt: skip
from knowledge.catalog import Catalog
from knowledge.model import Guide
from knowledge.sentences import FORM_LABELS

_SENTENCE = re.compile(r"[^。！？\n]*[。！？]*\n?")
_NUMBER = re.compile(r"^\d+\. ")
_COMPUTED: dict[str, tuple[str, object]] = {  # field of a plan → its name, and what stands there when it does not hold
    "schedule": ("日子", None), "deadlines": ("期限", ()), "trips": ("跑动", ()),
    "cost": ("费用", Cost(total=Decimal(0))), "left_out": ("不用办的", ()), "form": ("一张表", Form()),
}  # fmt: skip


class Passed(NamedTuple):
    """A reply that may leave, and a line for each part of it that was dropped."""

    reply: AnyReply
    dropped: tuple[str, ...]


class Gate:
    """Checks replies against one library."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._sources = Sources(catalog)

    @property
    def reader(self) -> Reader:
        """The reader of claims that replies are checked with."""
        return self._sources.reader

    def check(self, reply: AnyReply, heard: tuple[str, ...] = ()) -> Passed:
        """The reply with only what its sources, and what she was heard to say, support; the same object when all of it holds."""
        evidence = self._sources.of(reply, heard)
        cited = {c.n for c in reply.citations if not self._sources.cites(c)}
        lost = [s for s in reply.statements if cited & set(s.citations) or _unsupported(s.text, evidence)]
        false = {_body(sentence) for s in lost for sentence in _sentences(s.text)}
        out = [p for p in _sentences(reply.text) if _body(p).endswith(tuple(false)) or _unsupported(_body(p), evidence)]
        options = [o for o in reply.options if _unsupported(o.label, evidence)]
        contacts = [c for c in reply.contacts if _unsupported(_said(c), evidence)]
        plan, steps = self._planned(reply.plan, reply.jurisdiction, reply.as_of) if reply.plan else (None, ())
        dropped = (
            *(f"{s.field}：{s.text}" for s in lost), *map(_body, out), *(o.label for o in options), *map(_said, contacts),
            *(f"依据{n}" for n in sorted(cited)), *steps,
        )  # fmt: skip
        if not dropped:
            return Passed(reply, ())
        kept = tuple(s for s in reply.statements if s not in lost)
        numbers = {n for s in kept for n in s.citations}
        mended = reply.model_copy(update={
            "text": _without(reply.text, out, LEFT_OUT.format(what=_what(reply, lost))), "statements": kept, "plan": plan,
            "citations": tuple(c for c in reply.citations if c.n in numbers - cited),
            "options": tuple(o for o in reply.options if o not in options),
            "contacts": tuple(c for c in reply.contacts if c not in contacts),
        })  # fmt: skip
        return Passed(_refused(mended) if reply.statements and not kept else mended, dropped)

    def check_plan(self, plan: Plan, adcode: str, as_of: date) -> Plan:
        """The plan with only what its guides and its life event give: steps, papers, days, money, visits, deadlines."""
        return self._planned(plan, adcode, as_of)[0]

    def _planned(self, plan: Plan, adcode: str, as_of: date) -> tuple[Plan, tuple[str, ...]]:
        guides = {guide.item_id: guide for guide in self._sources.planned(plan, adcode, as_of)}
        anew = self._sources.planned_anew(plan, adcode, as_of)
        steps, papers = {*_items(anew)}, {*anew.materials}

        def holds(item: StageItem) -> bool:
            return item in steps and _is_of(item, guides.get(item.item_id))

        def listed(material: MergedMaterial) -> bool:
            return material in papers and _asked_for(material, guides)

        wrong = [name for name in _COMPUTED if getattr(plan, name) != getattr(anew, name)]
        false = (
            *(i.name for i in _items(plan) if not holds(i)), *(m.name for m in plan.materials if not listed(m)),
            *(_COMPUTED[name][0] for name in wrong),
        )  # fmt: skip
        if not false:
            return plan, ()
        stages = (tuple(filter(holds, stage)) for stage in plan.stages)
        kept = plan.model_copy(update={
            "stages": tuple(stage for stage in stages if stage), "open_items": tuple(filter(holds, plan.open_items)),
            "materials": tuple(filter(listed, plan.materials)), **{name: _COMPUTED[name][1] for name in wrong},
        })  # fmt: skip
        return kept, false


def _unsupported(text: str, evidence: Evidence) -> bool:
    return not (evidence.says(text) or verify(text, evidence).supported)


def _items(plan: Plan) -> tuple[StageItem, ...]:
    return tuple(item for stage in (*plan.stages, plan.open_items) for item in stage)


def _is_of(item: StageItem, guide: Guide | None) -> bool:
    """Whether name, authority and limit of a step are those of its guide."""
    if guide is None or (item.name, item.authority) != (guide.name, guide.authority):
        return False
    return item.within is None or item.within in {str(limit.within) for limit in guide.limits}


def _asked_for(material: MergedMaterial, guides: dict[str, Guide]) -> bool:
    """Whether the plan's guides ask for a paper in this form, so many times, on these conditions."""
    rows = [m for g in guides.values() if g.name in material.items for m in g.materials if m.kind == material.kind]
    forms = {FORM_LABELS[m.form] for m in rows} | ({FORM_LABELS["original_and_copy"]} if len(rows) > 1 else set())
    conditions = sorted({m.condition for m in rows if m.condition}, key=len, reverse=True)
    rest = material.condition or ""
    for condition in conditions:
        rest = rest.replace(condition, "")
    return material.form in forms and material.count in {m.count for m in rows} and not rest.strip("；")


def _sentences(text: str) -> list[str]:
    return [part for part in _SENTENCE.findall(text) if part.strip()]


def _body(sentence: str) -> str:
    return _NUMBER.sub("", sentence.strip())


def _said(contact: Contact) -> str:
    return " ".join(filter(None, (contact.name, contact.phone, contact.url)))


def _what(reply: Reply, lost: Sequence[Statement]) -> str:
    """What is missing: of which item, or life event, which fields."""
    names = "、".join(item.name for item in reply.items) or (reply.plan.name if reply.plan else "这里")
    fields = "、".join(dict.fromkeys(statement.field.label for statement in lost))
    return f"{names}的{fields}" if fields else names


def _without(text: str, out: list[str], note: str) -> str:
    """A text less some of its sentences, its list numbered anew, with the note that something was left out."""
    kept, number = [], 0
    for part in _sentences(text):
        if part in out:
            continue
        if _NUMBER.match(part):
            number += 1
            part = _NUMBER.sub(f"{number}. ", part)
        kept.append(part)
    return "".join(kept).rstrip() + ("\n" if kept else "") + note


def _refused(reply: AnyReply) -> Refusal:
    """What is left of an answer none of whose statements holds: that something is missing, and where to ask."""
    return Refusal(
        text=reply.text, reason=RefusalReason.NO_KNOWLEDGE, items=reply.items, contacts=NEXT_STEPS,
        jurisdiction=reply.jurisdiction, as_of=reply.as_of,
    )  # fmt: skip
