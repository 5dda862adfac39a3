"""One guide field → sentences with the clauses they rest on. Values are inserted from the guide, never retold."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from knowledge.catalog import Catalog
from knowledge.model import Certainty, Channel, Fee, FieldName, Guide, Limit, LocalRule, Material, Point

FORM_LABELS = {
    "original": "原件",
    "copy": "复印件",
    "original_and_copy": "原件和复印件",
    "electronic": "电子件",
    "fill_in": "现场或线上填写",
}


class Sentence(NamedTuple):
    """One sentence of a field before citations are numbered."""

    field: FieldName
    text: str
    basis: tuple[str, ...]
    certainty: Certainty


HEDGE = {
    Certainty.CONFIRMED: "",
    Certainty.SECONDHAND: "（据公开转述）",
    Certainty.UNCONFIRMED: "（以窗口为准）",
}


def _sentence(field: FieldName, text: str, item: Point | Material | Limit | Fee | Channel) -> Sentence:
    body = text.rstrip("。；;") + HEDGE[item.certainty] + "。"
    return Sentence(field, body, item.basis, item.certainty)


def _points(field: FieldName, points: tuple[Point, ...]) -> Iterator[Sentence]:
    return (_sentence(field, point.text, point) for point in points)


def _fee(fee: Fee) -> str:
    scope = f"（{fee.applies}）" if fee.applies and fee.applies not in fee.name else ""
    if fee.amount is None:
        unsaid = "所引规定没有写明金额" if fee.basis else "没有核到金额"
        return f"{fee.name}{scope}：{unsaid}，以当地窗口公布为准"
    if fee.amount.amount == 0:
        return f"{fee.name}{scope}不收费"
    return f"{fee.name}{scope}{fee.amount}"


def _limit(limit: Limit) -> str:
    kind = "法定" if limit.kind == "statutory" else "承诺"
    within = str(limit.within)
    return f"{kind}时限{within}" + (f"（{limit.applies}）" if limit.applies else "")


def _material(material: Material, catalog: Catalog) -> str:
    kind = catalog.documents[material.kind]
    count = f"{material.count}份" if material.count > 1 else ""
    parts = [f"{FORM_LABELS[material.form]}{count}"]
    if material.substitutes:
        parts.append("可用" + "或".join(catalog.documents[s].name for s in material.substitutes) + "代替")
    if material.note:
        parts.append(material.note)
    condition = f"{material.condition}，另带" if material.condition else ""
    return f"{condition}{kind.name}（{'，'.join(parts)}）"


def _channel(channel: Channel) -> str:
    kind = {"online": "线上", "window": "窗口", "phone": "电话", "kiosk": "自助机"}[channel.kind]
    phone = f"，电话 {channel.phone}" if channel.phone and channel.phone not in channel.name else ""
    return f"{kind}：{channel.name}{phone}" + (f"（{channel.note}）" if channel.note else "")


def local_sentence(rules: tuple[LocalRule, ...]) -> Sentence:
    """One sentence for all that differs from place to place: what, and who publishes it."""
    parts = "；".join(f"{rule.what.rstrip('。')}（{rule.publisher}公布）" for rule in rules)
    text = f"各地不同、指南不写数字的：{parts}。可在豫事办查询或拨打12345核实。"
    return Sentence(FieldName.LOCAL, text, (), Certainty.CONFIRMED)


def _bases(guide: Guide, catalog: Catalog) -> Iterator[Sentence]:
    cited = [ref for sentence in said(guide, catalog) for ref in sentence.basis]
    for ref in dict.fromkeys(cited):
        clause = catalog.clause(ref)
        if clause.text:
            yield Sentence(FieldName.BASES, f"{clause.label}：{clause.text}", (ref,), clause.basis.certainty)


def said(guide: Guide, catalog: Catalog) -> Iterator[Sentence]:
    """All that a guide says itself, field by field: not the clauses it rests on, nor what places set."""
    for field in FieldName:
        if field not in (FieldName.BASES, FieldName.LOCAL):
            yield from sentences(guide, field, catalog)


def sentences(guide: Guide, field: FieldName, catalog: Catalog) -> tuple[Sentence, ...]:
    """What a guide says on a field; empty when it says nothing."""
    makers: dict[FieldName, Callable[[], Iterator[Sentence]]] = {
        FieldName.SUMMARY: lambda: _points(field, (guide.summary,)),
        FieldName.CONDITIONS: lambda: _points(field, guide.conditions),
        FieldName.MATERIALS: lambda: (_sentence(field, _material(m, catalog), m) for m in guide.materials),
        FieldName.STEPS: lambda: _points(field, guide.steps),
        FieldName.LIMITS: lambda: (_sentence(field, _limit(x), x) for x in guide.limits),
        FieldName.FEES: lambda: (_sentence(field, _fee(x), x) for x in guide.fees),
        FieldName.DEADLINES: lambda: _points(field, guide.deadlines),
        FieldName.VALIDITY: lambda: _points(field, guide.validity),
        FieldName.BENEFITS: lambda: _points(field, guide.benefits),
        FieldName.CHANNELS: lambda: (_sentence(field, _channel(c), c) for c in guide.channels),
        FieldName.RESULTS: lambda: _results(guide, catalog),
        FieldName.VISITS: lambda: _points(field, guide.visits),
        FieldName.CROSS_REGION: lambda: _points(field, guide.cross_region),
        FieldName.PITFALLS: lambda: _points(field, guide.pitfalls),
        FieldName.BASES: lambda: _bases(guide, catalog),
        FieldName.LOCAL: lambda: iter((local_sentence(guide.local),) if guide.local else ()),
    }
    return tuple(makers[field]())


def _results(guide: Guide, catalog: Catalog) -> Iterator[Sentence]:
    names = "、".join(catalog.documents[kind].name for kind in guide.results)
    if names:
        yield Sentence(FieldName.RESULTS, f"办完拿到：{names}。", (), guide.certainty)
