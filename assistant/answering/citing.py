"""Numbers the citations of an answer: sentence → statement, one citation a clause, or the guide itself."""

from assistant.model import Citation, ItemRef, Statement
from knowledge.catalog import Catalog
from knowledge.model import Guide
from knowledge.sentences import Sentence


def item_ref(guide: Guide) -> ItemRef:
    """A guide as a reply names it."""
    return ItemRef(guide_id=guide.guide_id, name=guide.name, jurisdiction=guide.jurisdiction)


class Citations:
    """Collects the citations of one reply; the same clause under the same field gets the same number."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._numbers: dict[tuple[str, str, str], int] = {}
        self._citations: list[Citation] = []

    def cite(self, guide: Guide, sentence: Sentence) -> Statement:
        """The sentence as a statement that carries the numbers of its clauses."""
        refs = sentence.basis or ("",)
        numbers = tuple(dict.fromkeys(self._number(guide, sentence, ref) for ref in refs))
        return Statement(field=sentence.field, text=sentence.text, citations=numbers)

    def _number(self, guide: Guide, sentence: Sentence, ref: str) -> int:
        key = (guide.guide_id, sentence.field if ref else "", ref)
        if key not in self._numbers:
            self._numbers[key] = len(self._citations) + 1
            self._citations.append(self._citation(guide, sentence, ref, self._numbers[key]))
        return self._numbers[key]

    def _citation(self, guide: Guide, sentence: Sentence, ref: str, number: int) -> Citation:
        title = f"{guide.name}·{sentence.field.label}"
        if not ref:
            return Citation(
                n=number, guide_id=guide.guide_id, field=sentence.field, title=title,
                updated_on=guide.checked_on, certainty=sentence.certainty.label,
            )  # fmt: skip
        clause = self._catalog.clause(ref)
        return Citation(
            n=number, guide_id=guide.guide_id, field=sentence.field, title=title, basis=clause.label,
            clause=clause.text, url=clause.basis.url, updated_on=guide.checked_on, certainty=sentence.certainty.label,
        )  # fmt: skip

    @property
    def all(self) -> tuple[Citation, ...]:
        """The citations in order of number."""
        return tuple(self._citations)
