"""体检: one small function a rule; each yields findings over the loaded library.

A number in a guide must stand in the paraphrase of a clause it cites: that is how every fee, day and age is traced.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Literal, NamedTuple

from pydantic import BaseModel

from knowledge.model import (
    All,
    AnyOf,
    Certainty,
    Comparison,
    Deadline,
    Fee,
    Guide,
    Library,
    Limit,
    Not,
    Predicate,
    Theme,
)
from knowledge.quantities import Value, read_values

# Counting words that describe the paper, not the entitlement, need no clause of their own.
UNTRACED_UNITS = {"份", "张", "本", "页", "次", "寸", "人", "名", "孩", "第次"}
FREE_TEXT = {
    "summary",
    "conditions",
    "steps",
    "deadlines",
    "validity",
    "benefits",
    "visits",
    "cross_region",
    "pitfalls",
}


class LintFinding(NamedTuple):
    """What is wrong where, how bad, and what to do about it."""

    rule: str
    severity: Literal["error", "warning"]
    file: str
    field: str
    problem: str
    remedy: str

    def __str__(self) -> str:
        mark = "错误" if self.severity == "error" else "提醒"
        return f"[{mark}] {self.rule} · {self.file} · {self.field}：{self.problem} → {self.remedy}"


Rule = Callable[[Library], Iterator[LintFinding]]


def _file(guide: Guide) -> str:
    return f"guides/{guide.guide_id}.yaml"


def walk(model: BaseModel, path: str = "") -> Iterator[tuple[str, BaseModel]]:
    """Every model nested in a model, with its dotted path."""
    for name in type(model).model_fields:
        value = getattr(model, name)
        where = f"{path}.{name}".strip(".")
        for index, item in enumerate(value if isinstance(value, tuple) else [value]):
            at = f"{where}[{index}]" if isinstance(value, tuple) else where
            if isinstance(item, BaseModel):
                yield at, item
                yield from walk(item, at)


def facts_of(predicate: Predicate | None) -> frozenset[str]:
    """The ids of all facts that a predicate reads."""
    match predicate:
        case None:
            return frozenset()
        case Comparison(fact=fact):
            return frozenset({fact})
        case All(all=parts) | AnyOf(any=parts):
            return frozenset().union(*(facts_of(part) for part in parts))
        case Not(not_=part):
            return facts_of(part)


def _cited(library: Library, refs: tuple[str, ...]) -> str:
    articles = {f"{b.basis_id}#{key}": text for b in library.bases for key, text in b.articles.items()}
    return " ".join(articles.get(ref, "") for ref in refs)


def _values(item: BaseModel) -> tuple[Value, ...]:
    match item:
        case Limit(within=within):
            return read_values(str(within))
        case Fee(amount=amount, applies=applies):
            return read_values(f"{amount or ''} {applies or ''}")
        case Deadline(text=text, within=within):
            return read_values(f"{text} {within or ''}")
        case _:
            return read_values(getattr(item, "text", None) or getattr(item, "note", None) or "")


def value_in_clause(library: Library) -> Iterator[LintFinding]:
    """Each number stands in a cited clause (design §1: values are data with provenance)."""
    for guide in library.guides:
        for where, item in walk(guide):
            refs = getattr(item, "basis", ())
            if not hasattr(item, "basis"):
                continue
            known = {value.key for value in read_values(_cited(library, refs))}
            for value in _values(item):
                if value.unit not in UNTRACED_UNITS and value.key not in known:
                    yield LintFinding(
                        "value-in-clause", "error", _file(guide), where,
                        f"“{value.text}”不在所引条文（{'、'.join(refs) or '没有引用'}）里",
                        "补上写有这个数的条文，或删掉这个数",
                    )  # fmt: skip


def local_has_no_number(library: Library) -> Iterator[LintFinding]:
    """What varies locally, or is unconfirmed, carries no number."""
    for guide in library.guides:
        for where, item in walk(guide):
            if getattr(item, "certainty", None) is not Certainty.UNCONFIRMED or isinstance(item, Guide):
                continue
            if values := [v.text for v in _values(item) if v.unit not in UNTRACED_UNITS]:
                yield LintFinding(
                    "unconfirmed-number", "error", _file(guide), where,
                    f"未核实的内容带了数字：{'、'.join(values)}", "核到原文后改标 confirmed，或去掉数字",
                )  # fmt: skip
        for index, rule in enumerate(guide.local):
            if values := [v.text for v in read_values(rule.what)]:
                yield LintFinding(
                    "unconfirmed-number", "error", _file(guide), f"local[{index}]",
                    f"各地不同的内容带了数字：{'、'.join(values)}", "去掉数字，只说由谁公布",
                )  # fmt: skip


def references_exist(library: Library) -> Iterator[LintFinding]:
    """Clauses, document kinds, items and facts that are named do exist."""
    clauses = {f"{b.basis_id}#{key}" for b in library.bases for key in b.articles} | {b.basis_id for b in library.bases}
    kinds = {d.kind_id for d in library.documents}
    items = {g.item_id for g in library.guides}
    facts = {f.fact_id for f in library.facts}
    families = {f.family_id for f in library.families}

    def broken(file: str, where: str, what: str, name: str) -> LintFinding:
        return LintFinding(
            "reference", "error", file, where, f"{what} {name} 不存在", "改成已有的编号，或先把它加进库里"
        )

    for guide in library.guides:
        nested = [("", guide), *walk(guide)]
        for where, item in nested:
            for ref in getattr(item, "basis", ()):
                if ref not in clauses:
                    yield broken(_file(guide), where, "条文", ref)
            for fact in facts_of(getattr(item, "when", None)) - facts:
                yield broken(_file(guide), where, "事实", fact)
        for index, material in enumerate(guide.materials):
            for kind in {material.kind, *material.substitutes} - kinds:
                yield broken(_file(guide), f"materials[{index}]", "材料种类", kind)
        for kind in set(guide.results) - kinds:
            yield broken(_file(guide), "results", "材料种类", kind)
        for item_id in set(guide.related) - items:
            yield broken(_file(guide), "related", "事项", item_id)
        if guide.family and guide.family not in families:
            yield broken(_file(guide), "family", "事项族", guide.family)
    for family in library.families:
        for option in family.options:
            if option.item_id not in items:
                yield broken("families.yaml", family.family_id, "事项", option.item_id)
    for theme in library.themes:
        yield from _theme_references(theme, items, facts, broken)


def _theme_references(
    theme: Theme, items: set[str], facts: set[str], broken: Callable[[str, str, str, str], LintFinding]
) -> Iterator[LintFinding]:
    for entry in theme.items:
        if entry.item_id not in items:
            yield broken(f"themes/{theme.theme_id}.yaml", "items", "事项", entry.item_id)
        for fact in facts_of(entry.when) - facts:
            yield broken(f"themes/{theme.theme_id}.yaml", "items", "事实", fact)


def names_do_not_collide(library: Library) -> Iterator[LintFinding]:
    """One name or alias points to one item of a jurisdiction."""
    for jurisdiction in {g.jurisdiction for g in library.guides}:
        guides = [g for g in library.guides if g.jurisdiction == jurisdiction]
        owners = {(name, g.item_id) for g in guides for name in (g.name, *g.aliases, *g.sayings)}
        counts = Counter(name for name, _ in owners)
        for guide in guides:
            for name in sorted({guide.name, *guide.aliases, *guide.sayings}):
                if counts[name] > 1:
                    yield LintFinding(
                        "name-collision", "error", _file(guide), "aliases",
                        f"“{name}”同时指向多个事项", "只留给最贴切的一个事项",
                    )  # fmt: skip


def promised_not_longer(library: Library) -> Iterator[LintFinding]:
    """A promised limit is not longer than the statutory one, in the same unit."""
    for guide in library.guides:
        statutory = [x.within for x in guide.limits if x.kind == "statutory" and not isinstance(x.within, str)]
        for limit in guide.limits:
            if limit.kind != "promised" or isinstance(limit.within, str) or not statutory:
                continue
            same = [q.amount for q in statutory if q.unit == limit.within.unit]
            if same and limit.within.amount > max(same):
                yield LintFinding(
                    "promised-longer", "error", _file(guide), "limits",
                    f"承诺时限 {limit.within} 比法定时限长", "核对两个时限",
                )  # fmt: skip


RULES: tuple[Rule, ...] = (
    value_in_clause,
    local_has_no_number,
    references_exist,
    names_do_not_collide,
    promised_not_longer,
)


def lint(library: Library) -> tuple[LintFinding, ...]:
    """Run every rule; errors first, then by file."""
    found = [finding for rule in RULES for finding in rule(library)]
    return tuple(sorted(found, key=lambda f: (f.severity, f.file, f.field)))
