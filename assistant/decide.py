"""From what was understood and found to one decision: which guide to answer, what to ask, or why to refuse."""

import math
from typing import NamedTuple

from assistant.confidence import Weighed
from assistant.model import Candidate, Option
from assistant.understanding.cleaning import core
from assistant.understanding.fields import wants_number
from assistant.understanding.understand import Intent, Understanding
from knowledge.catalog import Catalog, item_of
from knowledge.model import Family
from knowledge.retrieval import Hit, RetrievalResult

ASK_FROM = 0.2  # between this and `refuse_below` the nearest items are offered instead of an answer
ABOUT_SERVICES = 0.875  # an unanswered message this near to some guide is taken as a service the library lacks
FIELD_WORDS = (
    3  # characters that name a field at most beside a bare family (身份证过期换); 不干了能领失业金不 names more
)
BARE_LENGTH = 12  # a longer question says enough to tell the members of a family apart
SHORT = 6  # characters of its own with which a question may leave open which member of a family it means
CLOSE = 0.06  # two members of a family whose fused scores differ by less are told apart by a question
MANY = 5  # words by all of which this many items are called name none of them
BARE = 4  # a question with no more characters of its own may name no matter at all (证丢了怎么补)
LEAD = 0.15  # … if the first guide's fused score is not this far above the next matter's
FAR_BEFORE = 0.2  # a life event whose fused score is this far above every item is meant, if no number is asked
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


def candidates(result: RetrievalResult) -> tuple[Candidate, ...]:
    """The first hits as the trace keeps them."""
    return tuple(
        Candidate(
            key=hit.key, score=round(hit.score, 4),
            cosine=None if math.isnan(hit.cosine) else round(hit.cosine, 4),
        )
        for hit in result.kept[:5]
    )  # fmt: skip


def bare_family(understanding: Understanding, catalog: Catalog) -> Family | None:
    """The family that a question names without saying which of its items (身份证怎么办)."""
    if len(understanding.query) > BARE_LENGTH:
        return None
    bare = understanding.core
    if len(understanding.words) > len(bare) + FIELD_WORDS:
        return None
    return next((f for f in catalog.families.values() if bare in {core(n) for n in (f.name, *f.aliases)}), None)


def family_question(family: Family) -> Decision:
    """The question that tells the members of a family apart."""
    options = tuple(Option(label=o.label, value=f"item:{o.item_id}") for o in family.options)
    return Decision("clarify", question=family.question, options=options)


def names(item_id: str, catalog: Catalog) -> tuple[str, ...]:
    """All that an item is called, by the office and by people; nothing for an item without a guide."""
    return (*catalog.items[item_id].names, *catalog.items[item_id].sayings) if item_id in catalog.items else ()


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
    """The life event that a question asks for: one of its sayings word for word, all formalities of it, or it far before any item."""
    if spoken := spoken_theme(understanding, catalog):
        return spoken
    if not result.kept or not result.kept[0].key.startswith("theme:"):
        return None
    first, other = result.kept[0], result.uncovered
    items = max((hit.score for hit in result.kept if not hit.key.startswith("theme:")), default=0.0)
    far = first.score - items >= FAR_BEFORE and not wants_number(understanding.text)
    asked = understanding.intent is Intent.LIFE_EVENT or far
    fits = asked and (other is None or other.score <= first.score)
    return first.key.removeprefix("theme:") if fits else None


def nearest_question(hits: list[Hit], catalog: Catalog, nothing: Decision) -> Decision:
    """Too unsure to answer, too near to turn away: ask whether one of the nearest items is meant."""
    items = dict.fromkeys(item_of(hit.key) for hit in hits[:3])
    options = [Option(label=catalog.items[item].names[0], value=f"item:{item}") for item in items]
    return nothing._replace(name="clarify", question=NEAREST, options=(*options, NONE_OF_THESE))


def vague(seen: Understanding, words: frozenset[str], hits: list[Hit], catalog: Catalog) -> bool:
    """Whether many items are called by all of its words, and another matter comes near the first (备案要多久)."""
    family = catalog.guide(hits[0].key).family
    others = (hit.score for hit in hits[1:] if family is None or catalog.guide(hit.key).family != family)
    if len(seen.core) > BARE or hits[0].score - max(others, default=0.0) >= LEAD:
        return False
    called = [" ".join(names(item, catalog)) for item in catalog.items]
    known = [word for word in words if any(word in names for names in called)]
    return sum(all(word in names for word in known) for names in called) >= MANY


def decide(seen: Understanding, weighed: Weighed, catalog: Catalog) -> Decision:
    """Decide on one item, one question, one theme, or nothing."""
    found, sure = weighed.found, weighed.sure
    if (family := bare_family(seen, catalog)) is not None:
        return family_question(family)
    if theme := entered_theme(seen, found, catalog):
        return Decision("theme", theme=theme)
    hits = [hit for hit in found.kept if not hit.key.startswith("theme:")]
    if not hits:
        return Decision("nothing_found")
    if sure < weighed.refuse_below:
        missing = found.uncovered.key if found.uncovered and weighed.rival > 0 else None
        nothing = Decision("nothing_found", confidence=sure, cosine=hits[0].cosine, uncovered=missing)
        return nearest_question(hits, catalog, nothing) if sure >= ASK_FROM else nothing
    if vague(seen, weighed.words, hits, catalog):
        return nearest_question(hits, catalog, Decision("clarify", confidence=ASK_FROM, cosine=hits[0].cosine))
    if len(hits) > 1 and abs(hits[0].score - hits[1].score) < CLOSE and len(seen.core) <= SHORT:
        first, second = (catalog.guide(h.key) for h in hits[:2])
        if first.family and first.family == second.family:
            family = catalog.families[first.family]
            if member := only_member_that_says(family, seen, catalog):
                return Decision("answer", items=(member,), confidence=sure)
            return family_question(family)._replace(confidence=sure)
    return Decision("answer", items=(item_of(hits[0].key),), confidence=sure)
