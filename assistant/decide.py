"""From what was understood and found to one decision: which guide to answer, what to ask, or why to refuse."""

import math
from collections.abc import Sequence
from typing import NamedTuple

from assistant.answering.relevance import WordsOf
from assistant.model import Candidate, Focus, Option
from assistant.understanding.cleaning import core
from assistant.understanding.fields import without_field_words
from assistant.understanding.understand import Intent, Understanding
from knowledge.catalog import Catalog, item_of
from knowledge.model import Family
from knowledge.retrieval import Hit, RetrievalResult

# Logistic confidence that the top hit is the right item, by bench/fit_confidence.py on the dev split and, at a third
# of the weight, names of real items that the library does not hold; see DECISIONS.md.
COSINE_ORIGIN = 0.89
INTERCEPT = -2.38
WEIGHTS = (62.67, 2.81, -1.79, -5.48)  # cosine, said, unheard, rival
NO_RIVAL = -0.4  # a service without a guide that scores lower than this below a guide is no rival at all
REFUSE_BELOW = 0.5
ASK_FROM = 0.2  # between this and REFUSE_BELOW the nearest items are offered instead of an answer
ABOUT_SERVICES = 0.875  # an unanswered message this near to some guide is taken as a service the library lacks
WITHOUT_DENSE = 0.91  # the cosine taken for granted when only words can be compared
NAME_MARGIN = 0.2  # a bare name decides only between hits whose fused scores are this near
BARE_LENGTH = 12  # a longer question says enough to tell the members of a family apart
CLOSE = 0.06  # two members of a family whose fused scores differ by less are told apart by a question


NEAREST = "我不太确定您问的是哪一件。指南库里最接近的是这几项，是其中一项吗？"
NONE_OF_THESE = Option(label="都不是", value="none")


class Decision(NamedTuple):
    """One of: items to answer; a question with options; a theme to enter; or nothing found."""

    name: str
    items: tuple[str, ...] = ()
    question: str = ""
    options: tuple[Option, ...] = ()
    theme: str | None = None
    confidence: float = 0.0
    cosine: float = 0.0  # of the nearest guide, whether or not it is good enough
    uncovered: str | None = None  # the service without a guide that fits better than any guide


def unheard(query: str, document: str, words_of: WordsOf) -> float:
    """Share (by characters) of a question's content words that a guide never says, 0..1."""
    words = words_of(without_field_words(query))
    total = sum(map(len, words))
    return sum(len(word) for word in words if word not in document) / total if total else 0.0


class Evidence(NamedTuple):
    """What speaks for and against a hit being the item asked for."""

    cosine: float  # best cosine over names and card; NaN when the dense side is down
    said: float  # largest share of one of its names that the question says, 0..1
    unheard: float  # share of the question's words that the guide never says, 0..1
    rival: float  # by how much a service without a guide scores higher, −1..1; −1 when there is none


def evidence(query: str, hit: Hit, uncovered: Hit | None, catalog: Catalog, words_of: WordsOf) -> Evidence:
    """The evidence on one hit for a question, beside the best service that is known by name only."""
    text = catalog.text(hit.key)
    rival = uncovered.score - hit.score if uncovered else -1.0
    return Evidence(hit.cosine, hit.said, unheard(query, text, words_of), rival)


def features(seen: Evidence) -> tuple[float, ...]:
    """The evidence as the logistic model takes it."""
    cosine = WITHOUT_DENSE if math.isnan(seen.cosine) else seen.cosine
    return cosine - COSINE_ORIGIN, seen.said, seen.unheard, max(seen.rival, NO_RIVAL)


def logistic(intercept: float, weights: Sequence[float], values: Sequence[float]) -> float:
    """Probability by a logistic regression, 0..1."""
    return 1 / (1 + math.exp(-intercept - sum(w * v for w, v in zip(weights, values, strict=True))))


def confidence(seen: Evidence) -> float:
    """Probability that a guide is the one asked for, 0..1."""
    return logistic(INTERCEPT, WEIGHTS, features(seen))


def candidates(result: RetrievalResult) -> tuple[Candidate, ...]:
    """The first hits as the trace keeps them."""
    return tuple(
        Candidate(
            key=hit.key, score=round(hit.score, 4), said=round(hit.said, 4),
            cosine=None if math.isnan(hit.cosine) else round(hit.cosine, 4),
        )
        for hit in result.kept[:5]
    )  # fmt: skip


def bare_family(understanding: Understanding, catalog: Catalog) -> Family | None:
    """The family that a question names without saying which of its items (身份证怎么办)."""
    if len(understanding.query) > BARE_LENGTH:
        return None
    bare = understanding.core
    return next((f for f in catalog.families.values() if bare in {core(n) for n in (f.name, *f.aliases)}), None)


def named_hit(understanding: Understanding, hits: list[Hit], catalog: Catalog) -> Hit | None:
    """The hit whose saying, or name among near-equal hits, stands in the question word for word; the longest wins."""
    found: list[tuple[int, Hit]] = []
    for hit in hits[:3]:
        guide = catalog.guide(hit.key)
        names = (*guide.sayings, *((guide.name, *guide.aliases) if hits[0].score - hit.score < NAME_MARGIN else ()))
        found += [(len(n), hit) for n in names if len(n) >= 4 and (n in understanding.text or n in understanding.query)]
    return max(found, key=lambda pair: pair[0])[1] if found else None


def family_question(family: Family) -> Decision:
    """The question that tells the members of a family apart."""
    options = tuple(Option(label=o.label, value=f"item:{o.item_id}") for o in family.options)
    return Decision("clarify", question=family.question, options=options)


def _names(item_id: str, catalog: Catalog) -> tuple[str, ...]:
    return (*catalog.items[item_id].names, *catalog.items[item_id].sayings) if item_id in catalog.items else ()


def sibling(understanding: Understanding, focus: Focus, catalog: Catalog) -> str | None:
    """A short follow-up that names another member of the family in focus (那换领呢, 过期了), by the office's words, else by people's."""
    words = understanding.words
    if not focus.items or not 2 <= len(words) <= 6:
        return None
    current = catalog.general(focus.items[0])
    members = [o.item_id for f in catalog.families.values() if f.family_id == current.family for o in f.options]
    others = [item for item in members if item != current.item_id and item in catalog.items]
    for called in ({item: catalog.items[item].names for item in (current.item_id, *others)},
                   {item: _names(item, catalog) for item in (current.item_id, *others)}):  # fmt: skip
        if not understanding.corrects and (
            len(understanding.core) < 2 or any(words in name for name in called[current.item_id])
        ):
            return None
        fitting = [item for item in others if any(words in name for name in called[item])]
        if len(fitting) == 1:
            return fitting[0]
    return None


def shortest_saying(words: str, items: list[str], catalog: Catalog) -> str | None:
    """The one of the items whose shortest name holding these words is shorter than any other's (过期了 → 身份证过期了)."""
    lengths = sorted((len(name), item_id) for item_id in items for name in _names(item_id, catalog) if words in name)
    if not lengths or any(length == lengths[0][0] and item != lengths[0][1] for length, item in lengths):
        return None
    return lengths[0][1]


def only_member_that_says(family: Family, understanding: Understanding, catalog: Catalog) -> str | None:
    """The one member of a family that has something on an asked field; None when several have."""
    for field in understanding.fields:
        saying = [o.item_id for o in family.options if getattr(catalog.general(o.item_id), field.value, ())]
        if len(saying) == 1:
            return saying[0]
    return None


def spoken_theme(understanding: Understanding, catalog: Catalog) -> str | None:
    """The life event one of whose names or sayings stands in a message word for word."""
    return next(
        (
            t.theme_id
            for t in catalog.themes.values()
            if any(len(n) >= 4 and n in understanding.text for n in (t.name, *t.aliases, *t.sayings))
        ),
        None,
    )


def entered_theme(understanding: Understanding, result: RetrievalResult, catalog: Catalog) -> str | None:
    """The life event that a question asks for: all formalities of it, or one of its sayings word for word."""
    if spoken := spoken_theme(understanding, catalog):
        return spoken
    if understanding.intent is not Intent.LIFE_EVENT or not result.kept:
        return None
    first, other = result.kept[0], result.uncovered
    fits = first.key.startswith("theme:") and (other is None or other.score <= first.score)
    return first.key.removeprefix("theme:") if fits else None


def nearest_question(hits: list[Hit], catalog: Catalog, nothing: Decision) -> Decision:
    """Too unsure to answer, too near to turn away: ask whether one of the nearest items is meant."""
    items = dict.fromkeys(item_of(hit.key) for hit in hits[:3])
    options = [Option(label=catalog.items[item].names[0], value=f"item:{item}") for item in items]
    return nothing._replace(name="clarify", question=NEAREST, options=(*options, NONE_OF_THESE))


def decide(understanding: Understanding, result: RetrievalResult, catalog: Catalog, words_of: WordsOf) -> Decision:
    """Decide on one item, one question, one theme, or nothing."""
    if (family := bare_family(understanding, catalog)) is not None:
        return family_question(family)
    if theme := entered_theme(understanding, result, catalog):
        return Decision("theme", theme=theme)
    hits = [hit for hit in result.kept if not hit.key.startswith("theme:")]
    if not hits:
        return Decision("nothing_found")
    named = named_hit(understanding, hits, catalog)
    top = named or hits[0]
    seen = evidence(understanding.query, top, result.uncovered, catalog, words_of)
    sure = confidence(seen)
    if sure < REFUSE_BELOW:
        missing = result.uncovered.key if result.uncovered and seen.rival > 0 else None
        nothing = Decision("nothing_found", confidence=sure, cosine=top.cosine, uncovered=missing)
        return nearest_question(hits, catalog, nothing) if sure >= ASK_FROM else nothing
    if not named and len(hits) > 1 and top.score - hits[1].score < CLOSE and len(understanding.core) <= 6:
        first, second = (catalog.guide(h.key) for h in hits[:2])
        if first.family and first.family == second.family:
            family = catalog.families[first.family]
            if member := only_member_that_says(family, understanding, catalog):
                return Decision("answer", items=(member,), confidence=sure)
            return family_question(family)._replace(confidence=sure)
    return Decision("answer", items=(item_of(top.key),), confidence=sure)
