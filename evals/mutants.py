"""Replies that are false in exactly one place, made from true ones; what they borrow comes from the rest of the library."""

import random
import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

from assistant.model import AnyReply, Plan
from evals.mutators import MUTATORS, Lender
from knowledge.catalog import Catalog
from knowledge.model import FieldName, Guide
from knowledge.sentences import sentences

PER_REPLY = 2  # mutants of one kind from one reply
_PARTS = re.compile(r"[^。！？\n]*[。！？\n]*")
_INVENTED = Lender((), {}, (), (), ("虚构条例", "收费暂行办法"))


class Mutant(NamedTuple):
    """A reply that is false in one place: of which kind, the false words as they stand in its JSON, the reply."""

    kind: str
    false: str
    reply: AnyReply


def lender(guide: Guide | None, catalog: Catalog) -> Lender:
    """What may be borrowed to falsify a reply about a guide: its siblings' fees, and every name of the library."""
    kin = [g for g in catalog.guides if guide and g.item_id != guide.item_id and g.category == guide.category]
    fees = [f"{fee.amount.amount:f}元" for g in kin for fee in g.fees if fee.amount and fee.amount.amount]
    return Lender(
        fees=tuple(sorted({*fees, "20元", "75元"})),
        papers=dict(sorted(_papers(catalog), key=lambda pair: (-len(pair[0]), pair[0]))),
        places=tuple(p.name for p in catalog.library.jurisdictions if p.level != "county") + catalog.library.lexicon.elsewhere[:20],
        offices=tuple(sorted({g.authority for g in catalog.guides if re.fullmatch("[一-鿿]{4,8}", g.authority)}, key=lambda n: (-len(n), n))),
        titles=tuple(sorted({b.title for b in catalog.library.bases})),
    )  # fmt: skip


def _papers(catalog: Catalog) -> Iterator[tuple[str, str]]:
    for paper in catalog.documents.values():
        yield from ((name, paper.kind_id) for name in (paper.name, *paper.aliases) if len(name) > 2)


def said_of(guide: Guide | None, papers: dict[str, str], catalog: Catalog) -> frozenset[str]:
    """The sentences that the library says of a guide, papers by kind: a mutant that is one of them is not false."""
    if guide is None:
        return frozenset()
    said = [s.text for field in FieldName for s in sentences(guide, field, catalog)]
    return frozenset(_by_kind(part.strip(), papers) for text in said for part in _PARTS.findall(text))


def _by_kind(text: str, papers: dict[str, str]) -> str:
    """A sentence with each paper under the name of its kind: 户口本 and 户口簿 are one."""
    for name, kind in papers.items():
        text = text.replace(name, kind)
    return text


def reworded(reply: AnyReply, old: str, new: str) -> AnyReply:
    """The reply with one sentence changed wherever it stands."""
    statements = tuple(s.model_copy(update={"text": s.text.replace(old, new)}) for s in reply.statements)
    return reply.model_copy(update={"text": reply.text.replace(old, new), "statements": statements})


def stated(reply: AnyReply) -> list[str]:
    """The sentences of a reply, each once: of its statements, then what else its text says."""
    own = tuple(part.strip() for s in reply.statements for part in _PARTS.findall(s.text) if part.strip())
    rest = (part.strip() for part in _PARTS.findall(reply.text))
    return list(dict.fromkeys([*own, *(part for part in rest if part and not (own and part.endswith(own)))]))


def mutants(reply: AnyReply, borrowed: Lender, true: frozenset[str], rng: random.Random) -> Iterator[Mutant]:
    """A few mutants of each kind from one reply."""
    for kind, mutate in MUTATORS.items():
        made = [(old, new) for old in stated(reply) for new in mutate(old, borrowed, rng)]
        false = [(old, new) for old, new in made if new != old and _by_kind(new, borrowed.papers) not in true]
        for old, new in rng.sample(false, min(PER_REPLY, len(false))):
            yield Mutant(kind, new, reworded(reply, old, new))
    yield from (*_cited(reply, rng), *_referred(reply, rng), *_planned(reply))


def _cited(reply: AnyReply, rng: random.Random) -> Iterator[Mutant]:
    """Citations with another title or link."""
    for at, citation in enumerate(reply.citations[:PER_REPLY]):
        for kind, field, mutate in (("引用·题名", "basis", "法律·题名"), ("引用·链接", "url", "链接")):
            for new in list(MUTATORS[mutate](getattr(citation, field) or "", _INVENTED, rng))[:1]:
                forged = citation.model_copy(update={field: new})
                citations = (*reply.citations[:at], forged, *reply.citations[at + 1 :])
                yield Mutant(kind, new, reply.model_copy(update={"citations": citations}))


def _referred(reply: AnyReply, rng: random.Random) -> Iterator[Mutant]:
    """Contacts with another phone number or link."""
    for at, contact in enumerate(reply.contacts):
        for field, mutate in (("phone", "电话"), ("url", "链接")):
            for new in list(MUTATORS[mutate](getattr(contact, field) or "", _INVENTED, rng))[:1]:
                forged = contact.model_copy(update={field: new})
                contacts = (*reply.contacts[:at], forged, *reply.contacts[at + 1 :])
                yield Mutant(f"联系方式·{mutate}", f'"{new}"', reply.model_copy(update={"contacts": contacts}))


def _planned(reply: AnyReply) -> Iterator[Mutant]:
    """Plans in which the first item of a stage takes longer, a day or an amount is another, a visit is forgotten."""
    plan = reply.plan
    if plan is None:
        return
    for at, (first, *others) in enumerate(plan.stages):
        if (first.within or "")[:1].isdigit():
            late = f"9{first.within}"
            stage = (first.model_copy(update={"within": late}), *others)
            forged = plan.model_copy(update={"stages": (*plan.stages[:at], stage, *plan.stages[at + 1 :])})
            yield Mutant("计划·时限", f'"{late}"', reply.model_copy(update={"plan": forged}))
    for kind, false, field, value in _computed(plan):
        forged = plan.model_copy(update={field: value})
        yield Mutant(f"计划·{kind}", false, reply.model_copy(update={"plan": forged}))


def _computed(plan: Plan) -> Iterator[tuple[str, str, str, object]]:
    """What a plan works out, made false once each: the kind, the false words in its JSON, the field, its value."""
    if plan.schedule:
        day = _later(plan.schedule.latest.known_until)
        latest = plan.schedule.latest.model_copy(update={"known_until": day})
        yield "日子", f'"{day}"', "schedule", plan.schedule.model_copy(update={"latest": latest})
    for at, due in enumerate(plan.deadlines):
        if due.day:
            forged = due.model_copy(update={"day": _later(due.day)})
            yield "期限", f'"{forged.day}"', "deadlines", (*plan.deadlines[:at], forged, *plan.deadlines[at + 1 :])
    total = plan.cost.total + 7
    yield "费用", f'"total":"{total}"', "cost", plan.cost.model_copy(update={"total": total})
    if plan.trips:
        trip = plan.trips[0].model_copy(update={"stage": 99})
        yield "跑动", '"stage":99', "trips", (trip, *plan.trips[1:])
    if plan.left_out:
        item = plan.left_out[0].model_copy(update={"because": ("年龄：199岁",)})
        yield "不用办的", "199岁", "left_out", (item, *plan.left_out[1:])


def _later(day: date) -> date:
    return day + timedelta(days=4001)
