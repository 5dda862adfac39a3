"""一件事: an order without circles, and questions whose every answer leads somewhere."""

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal

from knowledge.lint.finding import DESIGN, Card, Fault, library_rule
from knowledge.lint.shelf import Shelf
from knowledge.model import All, Comparison, Fact, Guide, Predicate, Theme
from knowledge.predicates import comparisons_of, facts_of

ONE_THING = "国办发〔2024〕3号（高效办成一件事）"


def _file(theme: Theme) -> str:
    return f"themes/{theme.theme_id}.yaml"


def _circle(needs: dict[str, set[str]]) -> list[str]:
    """One circle among the items, or nothing: strike out what needs nothing that is left, until nothing moves."""
    left = {item: set(others) & needs.keys() for item, others in needs.items()}
    while free := [item for item, others in left.items() if not others]:
        for item in free:
            del left[item]
        left = {item: others - set(free) for item, others in left.items()}
    if not left:
        return []
    path = [next(iter(left))]
    while path[-1] not in path[:-1]:
        path.append(min(left[path[-1]]))
    return path[path.index(path[-1]) :]


@library_rule(Card(
    "theme-cycle", "一件事里的事项不互相等", "error", ONE_THING + "；" + DESIGN,
    good="先领出生医学证明，再上户口", bad="甲要乙的结果，乙要甲的结果，谁也办不了",
))  # fmt: skip
def theme_cycle(shelf: Shelf) -> Iterator[Fault]:
    """Following the papers that items need and give, and what they require and bring about, never leads back."""
    for theme in shelf.library.themes:
        guides = [found for entry in theme.items if (found := _text_for(theme, entry.item_id, shelf))]
        if circle := _circle(_needs(guides, shelf)):
            yield Fault("items", f"互相等对方的结果：{' → '.join(circle)}", "核对这几个事项的材料和结果", _file(theme))


def _needs(guides: list[Guide], shelf: Shelf) -> dict[str, set[str]]:
    """Item → every item of the theme that gives a paper it asks for or brings about what it requires."""
    makers: dict[str, set[str]] = defaultdict(set)
    for guide in guides:
        for kind in guide.results:
            makers[kind].add(guide.item_id)
    needs = {g.item_id: set().union(*(makers[m.kind] for m in g.materials)) for g in guides}
    for guide in guides:
        for condition in guide.conditions:
            facts = facts_of(condition.when) if condition.role != "case" else frozenset()
            needs[guide.item_id] |= {shelf.facts[f].obtained_by or "" for f in facts & shelf.facts.keys()}
    return {item: others & needs.keys() - {item} for item, others in needs.items()}


def _text_for(theme: Theme, item_id: str, shelf: Shelf) -> Guide | None:
    texts = shelf.guides.get(item_id, [])
    return next((g for g in texts if g.jurisdiction == theme.jurisdiction), texts[0] if texts else None)


@library_rule(Card(
    "theme-item-twice", "一件事里每个事项列一次", "error", ONE_THING,
    good="办理营业执照（列一次，条件写在一起）", bad="办理营业执照列了两次",
))  # fmt: skip
def theme_item_twice(shelf: Shelf) -> Iterator[Fault]:
    """An item stands once in a theme; its cases belong in one condition."""
    for theme in shelf.library.themes:
        names = [entry.item_id for entry in theme.items]
        for name in sorted({name for name in names if names.count(name) > 1}):
            yield Fault(
                "items", f"事项 {name} 列了 {names.count(name)} 次", "合并成一项，条件用 any 写在一起", _file(theme)
            )


def _impossible(comparison: Comparison, fact: Fact) -> bool:
    given = [v for v in (comparison.eq, comparison.ne) if v is not None] + list(comparison.one_of or ())
    ordered = [v for v in (comparison.lt, comparison.le, comparison.gt, comparison.ge) if v is not None]
    match fact.kind:
        case "bool":
            return bool(ordered) or any(not isinstance(v, bool) for v in given)
        case "number":
            return any(not isinstance(v, Decimal) or isinstance(v, bool) for v in given)
        case "date":
            return True
        case "choice":
            allowed = {value for value, _ in fact.options}
            return bool(ordered) or not given or any(v not in allowed for v in given)


def _contradicts(predicate: Predicate | None) -> str | None:
    """A fact that an `all` wants to equal two values, or to lie in an empty range."""
    if not isinstance(predicate, All):
        return None
    wanted: dict[str, set[object]] = {}
    low: dict[str, Decimal] = {}
    high: dict[str, Decimal] = {}
    for part in predicate.all:
        if not isinstance(part, Comparison):
            continue
        if part.eq is not None:
            wanted.setdefault(part.fact, set()).add(part.eq)
        for bound in (b for b in (part.gt, part.ge) if b is not None):
            low[part.fact] = max(bound, low.get(part.fact, bound))
        for bound in (b for b in (part.lt, part.le) if b is not None):
            high[part.fact] = min(bound, high.get(part.fact, bound))
    twice = [fact for fact, values in wanted.items() if len(values) > 1]
    empty = [fact for fact in low.keys() & high.keys() if low[fact] > high[fact]]
    return next(iter(twice + empty), None)


def _conditions(shelf: Shelf) -> Iterator[tuple[str, str, Predicate]]:
    for guide in shelf.library.guides:
        whens = [(f"conditions[{index}]", row.when) for index, row in enumerate(guide.conditions)]
        whens += [(f"materials[{index}]", row.when) for index, row in enumerate(guide.materials)]
        whens += [(f"limits[{index}]", row.when) for index, row in enumerate(guide.limits)]
        for where, when in whens:
            if when is not None:
                yield f"guides/{guide.guide_id}.yaml", where, when
    for theme in shelf.library.themes:
        for index, entry in enumerate(theme.items):
            if entry.when is not None:
                yield _file(theme), f"items[{index}]", entry.when


@library_rule(Card(
    "unreachable-condition", "条件要有答案能满足", "error", DESIGN,
    good="经营形式 = 公司（选项里有“公司”）", bad="经营形式 = 合伙（选项里没有，永远不成立）",
))  # fmt: skip
def unreachable_condition(shelf: Shelf) -> Iterator[Fault]:
    """A condition compares a fact with an answer that can be given."""
    for file, where, when in _conditions(shelf):
        for comparison in comparisons_of(when):
            fact = shelf.facts.get(comparison.fact)
            if fact is not None and _impossible(comparison, fact):
                yield Fault(
                    where, f"“{fact.label}”没有这样的答案，条件永远不成立", "对照 facts.yaml 的选项改条件", file
                )
        if name := _contradicts(when):
            yield Fault(where, f"事实 {name} 的几个要求互相矛盾，条件永远不成立", "改成 any，或删去一个", file)


@library_rule(Card(
    "unused-fact", "问题都有条件用到", "warning", DESIGN,
    good="问“有没有门头招牌”，招牌设置的条件用到它", bad="问了年龄，没有一个条件用到",
))  # fmt: skip
def unused_fact(shelf: Shelf) -> Iterator[Fault]:
    """A fact that no condition and no deadline reads is never asked, or asked for nothing."""
    used = frozenset().union(*(facts_of(when) for _, _, when in _conditions(shelf)))
    used |= {d.event for guide in shelf.library.guides for d in guide.deadlines if d.event}
    for fact in shelf.library.facts:
        if fact.fact_id not in used:
            yield Fault(fact.fact_id, f"“{fact.label}”没有一个条件用到", "用到条件里，或者删去", "facts.yaml")


@library_rule(Card(
    "idle-question", "一个问题的每个答案都不能是同一个结果", "warning", DESIGN,
    good="选项：公司、个体工商户", bad="只有一个选项的选择题",
))  # fmt: skip
def idle_question(shelf: Shelf) -> Iterator[Fault]:
    """A choice offers at least two different answers; a yes-or-no or a number offers none of its own."""
    for fact in shelf.library.facts:
        values = [value for value, _ in fact.options]
        if fact.kind == "choice" and (len(values) < 2 or len(set(values)) < len(values)):
            yield Fault(fact.fact_id, f"“{fact.label}”的选项少于两个，或者有重复", "补全选项", "facts.yaml")
        if fact.kind != "choice" and values:
            yield Fault(
                fact.fact_id, f"“{fact.label}”不是选择题，却写了选项", "删去选项，或把 kind 改成 choice", "facts.yaml"
            )


RULES = (theme_cycle, theme_item_twice, unreachable_condition, unused_fact, idle_question)
