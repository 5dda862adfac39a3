"""Does a message go on about a matter the conversation already holds, and about which one? Otherwise it opens its own."""

import re
from typing import NamedTuple

from assistant.answering.relevance import WordsOf
from assistant.answering.situation import told_in
from assistant.answering.whether import asks_other
from assistant.confidence import REFUSE_BELOW, content, logistic, unheard
from assistant.decide import NEAREST, Decision
from assistant.model import Focus, Option
from assistant.safety.guard import is_off_topic, is_service
from assistant.understanding.cleaning import core
from assistant.understanding.fields import without_field_words
from assistant.understanding.objects import foreign_object
from assistant.understanding.understand import Understanding
from knowledge.catalog import Catalog, item_of
from knowledge.model import FieldName
from knowledge.retrieval import Hit, RetrievalResult

NAME_MARGIN = 0.2  # rivals of the first hit are those whose fused scores are this near
RECENT = 4  # matters a conversation can return to
KIN_FROM = 0.07  # a follow-up may turn to a matter near the focus from this confidence
PLAINLY = 0.95  # from this probability of staying no neighbour is turned to on an unsure search
TELLING_FROM = 0.2  # a message that only tells something stays from this probability
# Logistic probability that a message stays with the focus, by bench/fit_following.py on the dev split; see DECISIONS.md.
INTERCEPT = 5.8
WEIGHTS = (-1.9, -2.2, -3.8, -2.3, -1.9, 1.8, -32.0)  # sure, unheard, length, foreign, named, pointer, gap
GAP = 0.04
LONG = 12  # a message with this many characters of its own says all it can say

# 那…, 要是…, 这个…, …呢: words that lean on what was said before.
_POINTER = re.compile(
    r"^(?:[哦噢嗯行中好]+[，,。 ]*)?(?:那(?!你)|对了|要是|如果|万一)|[这那](?:个|边|俩|块|张|种)(?=[\u4e00-\u9fff])|[他她它](?:的|那|也)|呢[？?。]*$"
)
# 个体户呢？ 商铺呢？: another kind of applicant or thing, not another matter.
_APPLICANT = re.compile(
    r"^(?:那|我|俺|是|要是|如果|换成|就)*(?:个体工商户|(?:有限)?公司|企业|单位|商铺|住宅|车位|车库|孩子|小孩|未成年人?|老年?人|外地人?|农村|城市|夫妻|男|女|学生)(?:的|呢|吗|[?？。])*$"
)
# What every matter is called and every question says.
_COMMON = re.compile(r"申请|申报|办理|证明|需要|怎么|什么|多少|多久|可以|能不能|要不要")
_PERSON = re.compile(r"[我俺他她它咱]")
_ASKS = re.compile(r"[?？吗么呢咋啥哪谁]|怎|什么|如何|不能|想|要(?!是)|多少|几")
_REQUIRES = re.compile(
    r"^那?(?:还|必须|非得|得)?(?:要|用|需要?)(?:不[要用])?(?:做|办|去|带|交|拿)?(?P<what>[^，,。？?钱费]{2,5}?)[不吗么][？?。]*$"
)
_BRINGS = re.compile("[要带用拿需]")
_RETURN = re.compile(r"回到|说回|再回|刚才|前面|先说|之前(?:说|问)")


class Evidence(NamedTuple):
    """What tells a message that goes on from one that opens a matter of its own."""

    sure: float  # how surely the whole library answers it with something else, 0..1
    unheard: float  # share of its content words that the guide in focus never says, 0..1
    length: int  # characters of its own, without function words and words that name fields
    foreign: bool  # it names a paper or a service that the guide in focus never mentions
    named: bool  # it calls another item by a word that the item in focus does not bear
    pointer: bool  # it leans on what was said before
    gap: float  # by how much another item's cosine is above the focus's, 0..0.04; the most when the focus was not found


def features(seen: Evidence) -> tuple[float, ...]:
    """The evidence as the logistic model takes it."""
    length = min(seen.length, LONG) / LONG
    return seen.sure, seen.unheard, length, seen.foreign, seen.named, seen.pointer, seen.gap


def stays(seen: Evidence) -> float:
    """Probability that a message goes on about the matter in focus, 0..1."""
    return logistic(INTERCEPT, WEIGHTS, features(seen))


def names(item_id: str, catalog: Catalog) -> str:
    """All that an item is called, by the office and by people."""
    return " ".join((*catalog.items[item_id].names, *catalog.items[item_id].sayings))


def evidence(
    seen: Understanding, decision: Decision, hits: list[Hit], focus: Focus, catalog: Catalog, words_of: WordsOf
) -> Evidence:
    """The evidence in one message against the guide in focus; `hits` is what it found on its own."""
    current = catalog.general(focus.items[0])
    text = catalog.text(current.guide_id)
    held = " ".join(names(item, catalog) for item in focus.items)
    new = unheard(content(seen.query, words_of), text)
    other = catalog.guide(hits[0].key) if hits else current
    called = " ".join((other.name, *other.aliases))
    cosines = [hit.cosine for hit in hits if item_of(hit.key) == current.item_id]
    gap = hits[0].cosine - cosines[0] if cosines else GAP
    return Evidence(
        sure=decision.confidence,
        unheard=new,
        length=len(seen.core),
        foreign=foreign_object(seen.query, text) is not None or (new > 0.5 and is_service(seen.query)),
        named=any(len(word) > 1 and word in called and word not in held for word in words_of(seen.core)),
        pointer=seen.corrects or seen.supposes or bool(_POINTER.search(seen.text)),
        gap=min(max(gap, 0.0), GAP) if gap == gap else GAP,
    )


def near(focus: Focus, catalog: Catalog) -> frozenset[str]:
    """The recent matters, the rest of the focus's family and the items its guide calls related."""
    guide = catalog.general(focus.items[0])
    family = catalog.families.get(guide.family or "")
    members = {o.item_id for o in family.options} if family else set()
    return frozenset({*focus.items, *members, *guide.related})


def tells(seen: Understanding) -> bool:
    """Whether a message tells something and asks for nothing (她是湖北的，户口在武汉)."""
    return not (seen.fields or _ASKS.search(seen.text)) and (
        bool(_PERSON.search(seen.text)) or not is_service(seen.text)
    )


def says(item_id: str, fields: tuple[FieldName, ...], catalog: Catalog) -> bool:
    """Whether a guide has something, or a local rule, on any of the fields."""
    guide = catalog.general(item_id)
    return any(getattr(guide, field.value, ()) or any(r.field is field for r in guide.local) for field in fields)


def meant(seen: Understanding, focus: Focus, catalog: Catalog) -> str:
    """Which recent matter a message goes on about: the one it calls by name, else the last that speaks to what is asked."""
    text = _COMMON.sub(" ", without_field_words(seen.query))
    pairs = {pair for i in range(len(text) - 1) if not (pair := text[i : i + 2]).isspace() and pair.isalnum()}
    called = {item: sum(map(names(item, catalog).count, pairs)) for item in focus.items}
    best = max(focus.items, key=lambda item: called[item])
    if called[best] > called[focus.items[0]]:
        return best
    speaking = [item for item in focus.items if says(item, seen.fields, catalog)]
    return speaking[0] if speaking else focus.items[0]


def goes_on(seen: Understanding, focus: Focus, catalog: Catalog) -> bool:
    """Whether a message tells what the conditions in focus read (要是我自己辞职的呢), or only asks for what it may require (要户口本不, 要公证不)."""
    guide = catalog.general(focus.items[0])
    leans = seen.supposes or seen.corrects or tells(seen) or bool(_POINTER.search(seen.text))
    if leans and told_in(seen.text, guide, catalog):
        return True
    required = _REQUIRES.match(seen.text)
    if required and required["what"] in catalog.text(guide.guide_id):
        return True
    papers = [n for d in catalog.documents.values() for n in (d.name, *d.aliases) if len(n) > 1 and n in seen.query]
    rest = seen.query
    for name in sorted(papers, key=len, reverse=True):
        rest = rest.replace(name, "")
    brought = set(seen.fields) <= {FieldName.MATERIALS} and bool(_BRINGS.search(seen.query))
    return bool(papers) and brought and len(core(without_field_words(rest))) <= 1


def matter(
    seen: Understanding, decision: Decision, found: RetrievalResult, focus: Focus, catalog: Catalog, words_of: WordsOf
) -> str | None:
    """The recent or neighbouring matter that a message goes on about; None if it opens one of its own."""
    if not focus.items or decision.theme or is_off_topic(seen.query):
        return None
    if len(seen.core) <= 1 or _APPLICANT.match(seen.query) or seen.adds or goes_on(seen, focus, catalog):
        return meant(seen, focus, catalog)
    if asks_other(seen.text) and decision.confidence < REFUSE_BELOW and not decision.theme:
        return meant(seen, focus, catalog)  # who may go, whether it costs, whether online: of what is spoken of
    back = meant(seen, focus, catalog) if _RETURN.search(seen.text) else None
    if decision.options and decision.question != NEAREST:
        offered = [option.value.removeprefix("item:") for option in decision.options]
        points = bool(back) or seen.text.rstrip("？?。 ").endswith("呢")
        return next((item for item in focus.items if item in offered), None) if points else None
    if back and back != focus.items[0]:
        return back
    hits = [hit for hit in found.kept if not hit.key.startswith("theme:")]
    rivals = [item_of(hit.key) for hit in hits[:3] if hits[0].score - hit.score < NAME_MARGIN]
    neighbours = near(focus, catalog)
    telling = tells(seen)
    stay = 1.0 if seen.supposes else stays(evidence(seen, decision, hits, focus, catalog, words_of))
    turning = rivals[0] if rivals and rivals[0] in neighbours else None
    sure_of_it = decision.confidence >= (REFUSE_BELOW if telling else KIN_FROM)
    leans = stay >= PLAINLY and decision.confidence < REFUSE_BELOW and not seen.supposes
    if turning and sure_of_it and (turning == focus.items[0] or not leans):
        return turning
    if stay >= (TELLING_FROM if telling else 0.5):
        return meant(seen, focus, catalog)
    return next((item for item in rivals if item in neighbours), None) if decision.items else None


def with_focus(decision: Decision, focus: Focus, catalog: Catalog) -> Decision:
    """The question which of the nearest items is meant, with the matter in focus offered first."""
    if decision.question != NEAREST or not focus.items:
        return decision
    current = catalog.general(focus.items[0])
    first = Option(label=current.name, value=f"item:{current.item_id}")
    return decision._replace(options=(first, *(option for option in decision.options if option != first)))
