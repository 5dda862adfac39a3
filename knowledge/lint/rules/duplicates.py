"""Duplicates and look-alikes: one name, one item, one family; one clause, one value."""

from collections import defaultdict
from collections.abc import Hashable, Iterator

from knowledge.lint.finding import DESIGN, ELEMENTS, OFFICE_115, Card, Fault, guide_rule, library_rule
from knowledge.lint.shelf import Shelf
from knowledge.lint.views import GuideView
from knowledge.model import Fee, Guide, Limit

# Words that every item carries and that tell no two apart.
_FILLERS = (
    "办理",
    "申请",
    "服务",
    "事项",
    "业务",
    "公民",
    "本人",
    "的",
    "（",
    "）",
    "(",
    ")",
    "、",
    "，",
    "“",
    "”",
    " ",
    "中华人民共和国",
)


@library_rule(Card(
    "name-collision", "一个名称只指一个事项", "error", DESIGN,
    good="“身份证丢了”只写在补领里", bad="“身份证丢了”补领、换领都写",
))  # fmt: skip
def name_collision(shelf: Shelf) -> Iterator[Fault]:
    """One name, alias or saying points to one item of a place."""
    holders: dict[tuple[str, str], set[str]] = defaultdict(set)
    for guide in shelf.library.guides:
        for name in {guide.name, *guide.aliases, *guide.sayings}:
            holders[guide.jurisdiction, name].add(guide.item_id)
    shared = {key for key, items in holders.items() if len(items) > 1}
    for guide in shelf.library.guides if shared else ():
        for name in sorted({guide.name, *guide.aliases, *guide.sayings}):
            if (guide.jurisdiction, name) in shared:
                file = f"guides/{guide.guide_id}.yaml"
                yield Fault("aliases", f"“{name}”同时指向多个事项", "只留给最贴切的一个事项", file)


def _plain(name: str) -> str:
    for filler in _FILLERS:
        name = name.replace(filler, "")
    return name


def _content(guide: Guide) -> Hashable:
    """What makes two items one: the same conditions, materials and steps, and enough of them to mean something."""
    if len(guide.materials) + len(guide.conditions) + len(guide.steps) < 4 or not guide.materials:
        return None
    return (
        guide.jurisdiction,
        tuple(c.text for c in guide.conditions),
        tuple((m.kind, m.condition) for m in guide.materials),
        tuple(s.text for s in guide.steps),
    )


@library_rule(Card(
    "duplicate-item", "一件事只有一个事项", "error", ELEMENTS + "：事项不重复",
    good="居民身份证补领（别名：身份证补办）", bad="居民身份证补领、补领居民身份证两个事项，内容一样",
))  # fmt: skip
def duplicate_item(shelf: Shelf) -> Iterator[Fault]:
    """No two items of a place say the same under two ids: same conditions, materials and steps."""
    first: dict[Hashable, Guide] = {}
    for guide in shelf.library.guides:
        key = _content(guide)
        if key is None:
            continue
        other = first.setdefault(key, guide)
        if other.item_id != guide.item_id:
            yield Fault(
                "item_id", f"和 {other.item_id}（{other.name}）的条件、材料、流程都一样",
                "合并成一个事项，另一个名称写进别名", f"guides/{guide.guide_id}.yaml",
            )  # fmt: skip


def _holes(name: str) -> Iterator[str]:
    """The name, and the name with each character struck out: names one character apart share one of these."""
    yield name
    for index in range(len(name)):
        yield f"{name[:index]}_{name[index + 1 :]}"
        yield name[:index] + name[index + 1 :]


def _related(one: Guide, other: Guide) -> bool:
    same_family = one.family is not None and one.family == other.family
    return same_family or other.item_id in one.related or one.item_id in other.related


@library_rule(Card(
    "look-alike", "相像的事项归为一族或互相注明", "warning", DESIGN,
    good="补领、换领同属“居民身份证”一族，分不清时问一句", bad="“护照换发”“护照补发”各管各，市民分不清",
))  # fmt: skip
def look_alike(shelf: Shelf) -> Iterator[Fault]:
    """Items whose names are one character apart belong to one family, or name each other as related."""
    buckets: dict[str, list[Guide]] = defaultdict(list)
    for texts in shelf.guides.values():
        if len(name := _plain(texts[0].name)) >= 3:
            for hole in set(_holes(name)):
                buckets[hole].append(texts[0])
    told: set[tuple[str, str]] = set()
    for alike in buckets.values():
        for one, other in zip(alike, alike[1:], strict=False):
            pair = (one.item_id, other.item_id)
            if pair not in told and one.item_id != other.item_id and not _related(one, other):
                told.add(pair)
                yield Fault(
                    "name", f"和 {one.item_id}（{one.name}）名称只差一点，又没有归在一族",
                    "是同一件事的合并；不是的建一个 family，写一句能分清的问题", f"guides/{other.guide_id}.yaml",
                )  # fmt: skip


@library_rule(Card(
    "family-collision", "一族的叫法不被别的族或别的事项占用", "error", DESIGN,
    good="“身份证”只是居民身份证一族的叫法", bad="“社保”既是养老一族的叫法，又是医保一族的叫法",
))  # fmt: skip
def family_collision(shelf: Shelf) -> Iterator[Fault]:
    """A family's bare word names no other family and no item outside the family."""
    words: dict[str, set[str]] = defaultdict(set)
    for family in shelf.library.families:
        for word in {family.name, *family.aliases}:
            words[word].add(family.family_id)
    for word, families in words.items():
        if len(families) > 1:
            told = f"“{word}”同时是 {'、'.join(sorted(families))} 几族的叫法"
            yield Fault(sorted(families)[-1], told, "只留给一族", "families.yaml")
    members = {f.family_id: {option.item_id for option in f.options} for f in shelf.library.families}
    for guide in shelf.library.guides:
        for word in sorted({guide.name, *guide.aliases} & words.keys()):
            if any(guide.family != name and guide.item_id not in members[name] for name in words[word]):
                told = f"“{word}”是 {'、'.join(sorted(words[word]))} 一族的叫法，这份指南不在那一族"
                yield Fault("aliases", told, "换一个名称，或把事项归进那一族", f"guides/{guide.guide_id}.yaml")


@guide_rule(Card(
    "family-option", "一族的问题能选到每个事项", "error", DESIGN,
    good="指南写 family: id-card，id-card 的选项里有它", bad="指南写 family: id-card，选项里没有它，永远选不到",
))  # fmt: skip
def family_option(view: GuideView, shelf: Shelf) -> Iterator[Fault]:
    """An item that belongs to a family can be reached by the family's question."""
    family = shelf.families.get(view.guide.family or "")
    if family is not None and view.guide.item_id not in {option.item_id for option in family.options}:
        yield Fault(
            "family", f"“{family.name}”一族的选项里没有这个事项", "在 families.yaml 里加一个选项，或去掉 family"
        )


def _readings(guide: Guide) -> Iterator[tuple[Hashable, str, str]]:
    """Each value that a clause gives for a named case: key, value, where."""
    rows: tuple[Limit | Fee, ...] = (*guide.limits, *guide.fees)
    for row in rows:
        value = row.within if isinstance(row, Limit) else row.amount
        if value is None or (isinstance(row, Limit) and row.kind != "statutory"):
            continue
        name = "limits" if isinstance(row, Limit) else f"fees·{row.name}"
        for ref in row.basis:
            yield (guide.item_id, name, row.applies, ref), str(value), name.partition("·")[0]


@library_rule(Card(
    "clause-conflict", "同一条文在各地、各版本读出同一个数", "error", OFFICE_115 + "（线上线下、各地不一致）",
    good="省、市指南都写法定60日（居民身份证法第12条）", bad="省里写法定60日，市里引同一条写法定30日",
))  # fmt: skip
def clause_conflict(shelf: Shelf) -> Iterator[Fault]:
    """The same case of an item, cited to the same clause, has the same value in every place and version."""
    for texts in shelf.guides.values():
        if len(texts) < 2:
            continue
        first: dict[Hashable, tuple[str, str]] = {}
        for guide in texts:
            own: dict[Hashable, set[str]] = defaultdict(set)
            for key, value, _ in _readings(guide):
                own[key].add(value)
            for key, value, where in _readings(guide):
                known, holder = first.setdefault(key, (value, guide.guide_id))
                if holder != guide.guide_id and len(own[key]) == 1 and known != value:
                    yield Fault(
                        where, f"写的是{value}，{holder} 引同一条文写的是{known}", "对照条文改正错的一份",
                        f"guides/{guide.guide_id}.yaml",
                    )  # fmt: skip


RULES = (
    name_collision, duplicate_item, look_alike, family_collision, family_option, clause_conflict,
)  # fmt: skip
