"""A message that speaks of two matters, or of two places: find both, and answer both in one reply."""

from typing import NamedTuple

from assistant import decide as deciding
from assistant.answering.comparing import Side, compare, side_by_side
from assistant.answering.compose import Asked, Place, compose
from assistant.answering.relevance import Sense
from assistant.confidence import weigh
from assistant.model import Answer, Focus, Refusal
from assistant.understanding.joined import Joined, joined, places_compared
from assistant.understanding.understand import Understanding, understand
from knowledge.catalog import Catalog, ResolvedGuide, item_of
from knowledge.model import Family, FieldName
from knowledge.retrieval import Retriever

SAYS_NOTHING = 2  # characters: 郑州和洛阳一样吗 names no matter
SHORT = (FieldName.SUMMARY, FieldName.STEPS)  # two matters of which no field was asked


class Several(NamedTuple):
    """A reply on two matters or places, and the items it leaves in focus."""

    reply: Answer | Refusal
    items: tuple[str, ...]
    heard: tuple[str, ...]  # the message, and its parts where each is judged by itself


class Finder(NamedTuple):
    """What it takes to find the matter of a part of a message, in one place on one day."""

    retriever: Retriever
    catalog: Catalog
    place: Place

    @property
    def sense(self) -> Sense:
        """How texts are compared."""
        return Sense(self.retriever.tokenize.words, self.retriever.closeness)

    def certain(self, part: Understanding) -> str | None:
        """The item that a part asks for, when that is certain."""
        found = self.retriever.search(part.matter, self.place.adcode, self.place.as_of, k=8)
        decision = deciding.decide(part, weigh(part, found, self.catalog, self.sense.words_of), self.catalog)
        return decision.items[0] if decision.items else None

    def kin(self, text: str, item_id: str | None, but: str | None) -> str | None:
        """The member of an item's family, `but` one, that a bare word names (换领)."""
        family: Family | None = (
            self.catalog.families.get(self.catalog.general(item_id).family or "") if item_id else None
        )
        if family is None:
            return None
        members = {option.item_id for option in family.options} - {but}
        found = self.retriever.search(f"{family.name}{text}", self.place.adcode, self.place.as_of, k=6)
        return next((item for hit in found.kept if (item := item_of(hit.key)) in members), None)


def several(seen: Understanding, focus: Focus, finder: Finder) -> Several | None:
    """The reply to two matters or two places in one message; None when it holds one."""
    if both := places_compared(seen.text, finder.catalog):
        return _places(seen, focus, both, finder)
    parts = joined(seen.text)
    if parts is None:
        return None
    first, second = (understand(part, Focus(), finder.catalog) for part in (parts.first, parts.second))
    items = finder.certain(first), finder.certain(second)
    if parts.compared:
        return _compared(seen, parts, items, focus, finder)
    if not items[0] or not items[1] or items[0] == items[1]:
        return None
    pairs = ((items[0], first), (items[1], second))
    replies = [_answered(item, part, part.fields or seen.fields or SHORT, finder) for item, part in pairs]
    return Several(side_by_side(replies), (items[0], items[1]), (seen.text, first.text, second.text))


def _answered(item: str, part: Understanding, fields: tuple[FieldName, ...], finder: Finder) -> Answer | Refusal:
    resolved = finder.catalog.resolve(item, finder.place.adcode, finder.place.as_of)
    asked = Asked(resolved, fields, part.query, (part.text,))
    return compose(asked, finder.place, finder.catalog, finder.sense)


def _compared(
    seen: Understanding, parts: Joined, items: tuple[str | None, str | None], focus: Focus, finder: Finder
) -> Several | None:
    """Two matters compared; one that is only named by its kind (换领和补领) belongs to the family of the other or of the focus."""
    first, second = items
    known = focus.items[0] if focus.items else None
    first = first or finder.kin(parts.first, second or known, second)
    second = second or finder.kin(parts.second, first or known, first)
    if not first or not second or first == second:
        return None
    guides = [finder.catalog.resolve(item, finder.place.adcode, finder.place.as_of).guide for item in (first, second)]
    sides = (Side(guides[0].name, guides[0]), Side(guides[1].name, guides[1]))
    return Several(compare(sides, seen.fields, finder.place, finder.catalog), (first, second), (seen.text,))


def _places(seen: Understanding, focus: Focus, both: tuple[str, ...], finder: Finder) -> Several | None:
    """One matter in two places: whether both go by the same text, and what each of them says."""
    known = focus.items[0] if focus.items else None
    item = known if len(seen.core) <= SAYS_NOTHING else finder.certain(seen) or known
    if item is None:
        return None
    catalog, day = finder.catalog, finder.place.as_of
    guides = [catalog.resolve(item, adcode, day).guide for adcode in both]
    names = [catalog.place(adcode).name for adcode in both]
    if guides[0].guide_id != guides[1].guide_id:
        sides = (Side(names[0], guides[0]), Side(names[1], guides[1]))
        return Several(compare(sides, seen.fields, finder.place, catalog), (item,), (seen.text,))
    home = catalog.place(guides[0].jurisdiction)
    asked = Asked(ResolvedGuide(guides[0], True), seen.fields or SHORT[:1], seen.query, (seen.text,))
    reply = compose(asked, Place(home.adcode, home.name, day), catalog, finder.sense)
    whole = "全省" if home.level == "province" else home.name
    text = f"{names[0]}和{names[1]}都按{whole}指南，写的内容一样。\n{reply.text}"
    return Several(reply.model_copy(update={"text": text}), (item,), (seen.text,))
