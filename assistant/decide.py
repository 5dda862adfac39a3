"""From what was understood and found to one decision: which guide to answer, what to ask, or why to refuse."""

import math
from typing import NamedTuple

from assistant.model import Candidate, Focus, Option
from assistant.understanding.cleaning import core
from assistant.understanding.understand import Understanding
from knowledge.catalog import Catalog
from knowledge.model import Family
from knowledge.retrieval import Hit, RetrievalResult

# Logistic confidence that the top hit is the right item; weights fitted on the dev split (see DECISIONS.md).
INTERCEPT, PER_COSINE, PER_COVERAGE = -50.0, 57.0, 3.0
REFUSE_BELOW = 0.5
CLOSE = 0.06  # two members of a family whose fused scores differ by less are told apart by a question


class Decision(NamedTuple):
    """One of: items to answer; a question with options; a theme to enter; or nothing found."""

    name: str
    items: tuple[str, ...] = ()
    question: str = ""
    options: tuple[Option, ...] = ()
    theme: str | None = None
    confidence: float = 0.0


def item_of(key: str) -> str:
    """`410000/id-card-renew` → `id-card-renew`."""
    return key.partition("/")[2]


def confidence(hit: Hit) -> float:
    """Probability-like confidence in a hit, 0..1, from its cosine and how much of the question it covers."""
    cosine = hit.cosine if not math.isnan(hit.cosine) else 0.80 + 0.12 * hit.coverage
    return 1 / (1 + math.exp(-(INTERCEPT + PER_COSINE * cosine + PER_COVERAGE * hit.coverage)))


def candidates(result: RetrievalResult) -> tuple[Candidate, ...]:
    """The first hits as the trace keeps them."""
    return tuple(
        Candidate(
            key=hit.key, score=round(hit.score, 4), coverage=round(hit.coverage, 4),
            cosine=None if math.isnan(hit.cosine) else round(hit.cosine, 4),
        )
        for hit in result.kept[:5]
    )  # fmt: skip


def bare_family(understanding: Understanding, catalog: Catalog) -> Family | None:
    """The family that a question names without saying which of its items (身份证怎么办)."""
    return next((f for f in catalog.families.values() if understanding.core in {core(n) for n in (f.name, *f.aliases)}), None)


def named_item(understanding: Understanding, catalog: Catalog, keys: set[str]) -> str | None:
    """The item whose name, alias or saying stands in the question word for word; the longest wins."""
    found = [
        (len(name), guide.item_id)
        for guide in catalog.library.guides
        if guide.guide_id in keys
        for name in (guide.name, *guide.aliases, *guide.sayings)
        if len(name) >= 4 and name in understanding.text
    ]
    return max(found)[1] if found else None


def family_question(family: Family) -> Decision:
    """The question that tells the members of a family apart."""
    options = tuple(Option(label=o.label, value=f"item:{o.item_id}") for o in family.options)
    return Decision("clarify", question=family.question, options=options)


def sibling(understanding: Understanding, focus: Focus, catalog: Catalog) -> str | None:
    """A short follow-up that names another member of the family in focus (那换领呢)."""
    words = understanding.core
    if not focus.items or not 2 <= len(words) <= 6 or focus.items[0] not in catalog.items:
        return None
    current = catalog.items[focus.items[0]][0]
    near = {*current.related, *(o.item_id for f in catalog.families.values() if f.family_id == current.family for o in f.options)}
    matching = [
        item_id
        for item_id in sorted(near - {current.item_id})
        if item_id in catalog.items and any(words in name for g in catalog.items[item_id] for name in (g.name, *g.aliases, *g.sayings))
    ]
    return matching[0] if len(matching) == 1 else None


def decide(understanding: Understanding, result: RetrievalResult, focus: Focus, catalog: Catalog) -> Decision:
    """Decide on one item, one question, one theme, or nothing."""
    if (family := bare_family(understanding, catalog)) is not None:
        return family_question(family)
    if not result.kept:
        return Decision("nothing_found")
    top = result.kept[0]
    sure = confidence(top)
    if top.key.startswith("theme:"):
        top = next((h for h in result.kept if not h.key.startswith("theme:")), top)
    named = named_item(understanding, catalog, {h.key for h in result.kept[:3]})
    if named:
        return Decision("answer", items=(named,), confidence=max(sure, 0.9))
    if sure < REFUSE_BELOW or top.key.startswith("theme:"):
        return Decision("nothing_found", confidence=sure)
    rival = next((h for h in result.kept if h is not top and not h.key.startswith("theme:")), None)
    if rival and top.score - rival.score < CLOSE:
        first, second = (catalog.guide(h.key) for h in (top, rival))
        if first.family and first.family == second.family and len(understanding.core) <= 6:
            return family_question(catalog.families[first.family])._replace(confidence=sure)
    return Decision("answer", items=(item_of(top.key),), confidence=sure)
