"""Which matter a message is about: one that the conversation holds, one near those, or one of its own.

A conditional logit (McFadden 1974): every matter within reach and the message's own search are scored by the evidence for
each, and the best is taken.
"""

import math
import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

from assistant.answering.relevance import WordsOf
from assistant.confidence import REFUSE_BELOW, Weighed, content, unheard
from assistant.decide import NEAREST, Decision, names
from assistant.model import Focus, Option
from assistant.safety.guard import is_off_topic, is_service
from assistant.understanding.objects import foreign_object
from assistant.understanding.understand import Understanding
from knowledge.catalog import Catalog, item_of
from knowledge.model import Family, FieldName
from knowledge.retrieval import Hit, RetrievalResult

RECENT = 4  # matters a conversation can return to
FIRST = 8  # hits of which a message that opens a conversation needs to know
REACH = 50  # hits among which matters within reach are looked for
LONG = 12  # a message with this many characters of its own says all it can say
SHORT = 8  # so many characters may be part of a name
WHOLE = 3  # a name of so many stands in a message on purpose
FAR = 0.08  # a cosine this far below the first is as far as any

# 那…, 要是…, 这个…, …呢: words that lean on what was said before.
_POINTER = re.compile(
    r"^(?:[哦噢嗯行中好]+[，,。 ]*)?(?:那(?!你)|对了|要是|如果|万一)|[这那](?:个|边|俩|块|张|种)(?=[\u4e00-\u9fff])|[他她它](?:的|那|也)|呢[？?。]*$"
)
_PERSON = re.compile(r"[我俺他她它咱]")
_REQUIRES = re.compile(
    r"^那?(?:还|必须|非得|得)?(?:要|用|需要?)(?:不[要用])?(?:做|办|去|带|交|拿)?(?P<what>[^，,。？?钱费]{2,5}?)[不吗么][？?。]*$"
)
_ASKS = re.compile(r"[?？吗么呢咋啥哪谁]|怎|什么|如何|不能|想|要(?!是)|多少|几")


Test = Callable[[Understanding, tuple[str, ...]], bool]


class Near(NamedTuple):
    """What speaks for a matter that the conversation holds or that lies near one it holds."""

    current: float  # 1 for the matter in focus, as of all that follow of one kind
    recent: float
    sibling: float
    related: float
    offered: float  # by the question that is open
    recalled: float  # only by the message behind her earlier words
    leans: float  # it is in focus, and the message leans on what was said
    corrects: float  # it is in focus, and the message corrects what was said
    long: float  # it is in focus; how much the message says of its own, 0..1
    tells: float  # it is in focus, and the message tells something and asks for nothing
    supposes: float  # it is in focus, and the message supposes something
    bare: float  # it is in focus, and the message has no word of its own
    speaks: float  # its guide says something on the fields asked
    part: float  # the message is part of what it is called, and not of what the matter in focus is called
    named: float  # what it is called stands in the message, and not what the matter in focus is called
    found: float  # fused score of the message alone, 0..1
    sure: float  # it is the message's first hit; the confidence in that, 0..1
    context: float  # fused score of the message behind her earlier words, 0..1
    first: float  # … and whether it is the first hit of that
    akin: float  # it is the first of its family for the message behind the family's name
    unheard: float  # share of the message's words that its guide never says, 0..1
    distance: float  # how far its cosine lies below the first hit's, 0..1
    answers: float  # the highest cosine of a sentence of its guide to the message, in tenths; 0 when nothing embeds


class Own(NamedTuple):
    """What speaks for a matter that the message opens by itself."""

    one: float
    sure: float  # the confidence in its first hit, 0..1
    answered: float  # whether that would be answered, not asked back or refused
    long: float  # as in `Near`
    foreign: float  # it names a paper or a service that the guide in focus never mentions
    idle: float  # it is plainly about something else than services
    answers: float  # as in `Near`, of its first hit


class Heard(NamedTuple):
    """A message, what it finds alone, what it finds behind her earlier words, and what would be decided on it alone."""

    seen: Understanding
    alone: RetrievalResult
    behind: Weighed
    akin: RetrievalResult | None  # … and behind the name of the family in focus, if there is one
    decision: Decision
    closest: Callable[[str], float]  # the highest cosine of a sentence of an item's guide to the message


# By bench/fit_following.py on the dev split; see DECISIONS.md.
NEAR = Near(
    current=1.53, recent=1.28, sibling=-0.83, related=-0.90, offered=0.02, recalled=-0.82, leans=-0.21,
    corrects=-0.16, long=-0.95, tells=0.84, supposes=0.34, bare=0.81, speaks=0.32, part=0.87,
    named=0.23, found=2.80, sure=1.00, context=2.19, first=0.81, akin=0.33, unheard=-1.05,
    distance=-0.79, answers=2.06,
)  # fmt: skip
OWN = Own(one=0.0, sure=0.89, answered=0.88, long=2.33, foreign=1.37, idle=1.24, answers=2.13)


def weight(weights: Sequence[float], evidence: Sequence[float]) -> float:
    """The score of one candidate: the higher, the likelier."""
    return math.fsum(w * v for w, v in zip(weights, evidence, strict=True))


def near(focus: Focus, catalog: Catalog) -> list[str]:
    """The matters within reach: the recent ones, those offered, the rest of the focus's family, what its guide calls related."""
    if not focus.items:
        return offered(focus)
    guide = catalog.general(focus.items[0])
    reach = (*focus.items, *offered(focus), *siblings(focus, catalog), *guide.related)
    return [item for item in dict.fromkeys(reach) if item in catalog.items]


def offered(focus: Focus) -> list[str]:
    """The items that the open question offers."""
    return [option.value.removeprefix("item:") for option in focus.options if option.value.startswith("item:")]


def family_of(focus: Focus, catalog: Catalog) -> Family | None:
    """The family in focus."""
    return catalog.families.get(catalog.general(focus.items[0]).family or "") if focus.items else None


def siblings(focus: Focus, catalog: Catalog) -> tuple[str, ...]:
    """The members of the family in focus."""
    family = family_of(focus, catalog)
    return tuple(option.item_id for option in family.options) if family else ()


def tells(seen: Understanding) -> bool:
    """Whether a message tells something and asks for nothing (她是湖北的，户口在武汉)."""
    return not (seen.fields or _ASKS.search(seen.text)) and (
        bool(_PERSON.search(seen.text)) or not is_service(seen.text)
    )


def says(item_id: str, fields: tuple[FieldName, ...], catalog: Catalog) -> bool:
    """Whether a guide has something, or a local rule, on any of the fields."""
    guide = catalog.general(item_id)
    return any(getattr(guide, field.value, ()) or any(r.field is field for r in guide.local) for field in fields)


def evidence(heard: Heard, focus: Focus, catalog: Catalog, words_of: WordsOf) -> dict[str, Near]:
    """The evidence for every matter within reach, by item."""
    seen, current = heard.seen, focus.items[0] if focus.items else ""
    alone, behind = _by_item(heard.alone), _by_item(heard.behind.found)
    top = next((hit for hit in heard.alone.kept if not hit.key.startswith("theme:")), None)
    first = next(iter(behind), "")
    kin, reach = siblings(focus, catalog), near(focus, catalog)
    akin = next((item for item in _by_item(heard.akin) if item in kin), "") if heard.akin else ""
    asks = bool(heard.decision.options) and heard.decision.question != NEAREST
    recalled = (first,) if heard.behind.sure >= REFUSE_BELOW and not asks else ()
    words = content(seen.query, words_of)
    open_items = offered(focus)

    def of(item: str) -> Near:
        here, hit = float(item == current), alone.get(item)
        text = catalog.text(catalog.general(item).guide_id)
        return Near(
            current=here, recent=float(item in focus.items[1:]),
            sibling=float(item in kin and item not in focus.items),
            related=float(item in reach and item not in (*kin, *focus.items) and item not in open_items),
            recalled=float(item not in reach),
            offered=float(item in open_items),
            leans=here * bool(_POINTER.search(seen.text)), corrects=here * seen.corrects, long=here * long(seen), tells=here * tells(seen), supposes=here * seen.supposes, bare=here * (len(seen.core) <= 1),
            speaks=float(says(item, seen.fields, catalog)), part=_only(is_part, seen, item, current, catalog), named=_only(is_named, seen, item, current, catalog),
            found=hit.score if hit else 0.0,
            sure=heard.decision.confidence if hit and hit is top else 0.0,
            context=behind[item].score if item in behind else 0.0, first=float(item == first), akin=float(item == akin),
            unheard=unheard(words, text), distance=_distance(hit, top), answers=10 * heard.closest(item),
        )  # fmt: skip

    return {item: of(item) for item in dict.fromkeys((*reach, *recalled))}


def is_part(seen: Understanding, called: tuple[str, ...]) -> bool:
    """Whether a short message is part of a name."""
    return 2 <= len(seen.words) <= SHORT and any(seen.words in name for name in called)


def is_named(seen: Understanding, called: tuple[str, ...]) -> bool:
    """Whether a name stands in a message."""
    return any(len(name) >= WHOLE and name in seen.query for name in called)


def _only(test: Test, seen: Understanding, item: str, current: str, catalog: Catalog) -> float:
    """Whether a test holds of an item and not of the one in focus, by the office's words or by all."""
    theirs = (catalog.items[item].names, names(item, catalog))
    here = (catalog.items[current].names, names(current, catalog)) if current else ((), ())
    return float(
        item != current and any(test(seen, a) and not test(seen, b) for a, b in zip(theirs, here, strict=True))
    )


def own(heard: Heard, focus: Focus, catalog: Catalog, words_of: WordsOf) -> Own:
    """The evidence for a matter of the message's own."""
    seen = heard.seen
    text = catalog.text(catalog.general(focus.items[0]).guide_id) if focus.items else ""
    new = unheard(content(seen.query, words_of), text)
    first = tuple(_by_item(heard.alone))[:1]
    foreign = foreign_object(seen.query, text) is not None or (new > 0.5 and is_service(seen.query))
    return Own(
        1.0,
        heard.decision.confidence,
        float(bool(heard.decision.items)),
        long(seen),
        float(foreign),
        float(is_off_topic(seen.query)),
        10 * max(map(heard.closest, first or focus.items[:1]), default=0.0),
    )


def long(seen: Understanding) -> float:
    """How much a message says of its own, 0..1."""
    return min(len(seen.core), LONG) / LONG


def _by_item(found: RetrievalResult) -> dict[str, Hit]:
    """The first hit of every item, best first."""
    hits: dict[str, Hit] = {}
    for hit in sorted((*found.kept, *found.rejected), key=lambda hit: -hit.score):
        if not hit.key.startswith("theme:"):
            hits.setdefault(item_of(hit.key), hit)
    return hits


def _distance(hit: Hit | None, top: Hit | None) -> float:
    if hit is None or top is None or math.isnan(hit.cosine) or math.isnan(top.cosine):
        return 1.0
    return min(max(top.cosine - hit.cosine, 0.0), FAR) / FAR


def turned_to(seen: Understanding, focus: Focus, catalog: Catalog) -> str | None:
    """The one member of the family in focus, or the one item offered, that a few words name (那换领呢, 过期了)."""
    if not focus.items and not focus.options:
        return None
    current = focus.items[0] if focus.items else ""
    others = [item for item in near(focus, catalog) if item in (*siblings(focus, catalog), *offered(focus))]
    spoken = (False,) if focus.options or seen.corrects or seen.supposes else ()
    for official in (True, *spoken):
        called = {
            item: catalog.items[item].names if official else names(item, catalog) for item in (*others, *focus.items)
        }
        if current and is_part(seen, called[current]):
            return None
        fitting = [item for item in others if item != current and is_part(seen, called[item])]
        if len(fitting) == 1:
            return fitting[0]
    return None


def requires(seen: Understanding, focus: Focus, catalog: Catalog) -> bool:
    """Whether a message only asks for a paper that the guide in focus speaks of (要户口本不, 要公证不)."""
    asked = _REQUIRES.match(seen.query)
    if not asked or not focus.items:
        return False
    guide = catalog.general(focus.items[0])
    papers = {kind for material in guide.materials for kind in (material.kind, *material.substitutes)}
    return asked["what"] in catalog.text(guide.guide_id) or not papers.isdisjoint(
        catalog.vocabulary.kinds_in(seen.query)
    )


def matter(heard: Heard, focus: Focus, catalog: Catalog, words_of: WordsOf) -> str | None:
    """The matter within reach that a message is about; None if it opens one of its own."""
    seen = heard.seen
    if heard.decision.theme:
        return None
    if turned := turned_to(seen, focus, catalog):
        return turned
    if requires(seen, focus, catalog):
        return focus.items[0]
    found = {item: weight(NEAR, one) for item, one in evidence(heard, focus, catalog, words_of).items()}
    if len(seen.core) <= 1 and focus.items:
        return focus.items[0]
    if not found:
        return None
    best = max(found, key=lambda item: found[item])
    return best if found[best] >= weight(OWN, own(heard, focus, catalog, words_of)) else None


def with_focus(decision: Decision, focus: Focus, catalog: Catalog) -> Decision:
    """The question which of the nearest items is meant, with the matter in focus offered first."""
    if decision.question != NEAREST or not focus.items:
        return decision
    current = catalog.general(focus.items[0])
    first = Option(label=current.name, value=f"item:{current.item_id}")
    return decision._replace(options=(first, *(option for option in decision.options if option != first)))
