"""Her own case against a guide's conditions of acceptance: met, not met, or what it depends on, with the clause.

Said only of a condition declared for the computer, and of the only number she told in its unit.
"""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from assistant.answering.situation import Told, decided, open_fact, told_in
from assistant.answering.tiers import Opener, tiers
from knowledge.catalog import Catalog
from knowledge.model import Comparison, Condition, FieldName, Guide
from knowledge.predicates import facts_of
from knowledge.sentences import Sentence, sentences

_ABLE = re.compile(
    r"(?:能|可以|够|符合|算|中|行|要|用).{0,12}(?:吗|不|么|没)[？?。]*$|能不能|可不可以|够不够|够格|符不符合|还能"
)

# How a comparison is said of a number on its other side: when hers is inside, when hers is outside.
_SIDES = (
    ("ge", "不满{}的不符合", "满{}就符合这一条"), ("gt", "{}及以下的不符合", "超过{}的才符合"),
    ("le", "超过{}的不符合", "{}及以下的才符合"), ("lt", "满{}的不符合", "不满{}的才符合"),
)  # fmt: skip


def asks_whether(text: str) -> bool:
    """Whether a message asks for a yes or a no (能领吗, 够不够)."""
    return bool(_ABLE.search(text))


def verdicts(text: str, guide: Guide, catalog: Catalog) -> Iterator[Opener]:
    """What can be said for certain on her own case, the conditions of acceptance first."""
    told = told_in(text, guide, catalog)
    cases = [_Case(c, told, guide, catalog) for c in guide.conditions if c.when and facts_of(c.when) & told.keys()]
    said = _for_cases(text, cases) or next(filter(None, map(_judged, _required_first(cases))), None)
    others = tiers(text, guide, catalog)
    yield from ((said, *(tier for tier in others if tier != said)) if said else others)


def _required_first(cases: list["_Case"]) -> list["_Case"]:
    """What is not met before what depends before what is met; one of several alternatives decides only if it is met."""
    ranks = {False: 0, None: 1, True: 2}
    counted = [c for c in cases if c.condition.role == "required" or (c.condition.role == "alternative" and c.holds)]
    return sorted(counted, key=lambda case: ranks[case.holds])


def _for_cases(text: str, cases: list["_Case"]) -> Opener | None:
    """A condition for some applicants only: the one that is about her, or the one she asks about and does not meet."""
    special = [case for case in cases if case.condition.role == "case"]
    if any(case.condition.role == "required" and case.holds is False for case in cases):
        return None
    applying = [case for case in special if case.holds and case.told_number]
    if len(applying) == 1:
        sentence = applying[0].sentence
        said = sentence._replace(text=f"按您说的{applying[0].hers[0].words}：{sentence.text}") if sentence else None
        return Opener(said, sentence) if said else None
    asked = [c for c in special if c.holds is False and "要" in c.condition.text and shared(text, c) and not applying]
    return _judged(asked[0]) if len(asked) == 1 else None


def shared(text: str, case: "_Case") -> int:
    """How many pairs of characters a question and a condition share beyond the guide's own names."""
    own = "".join((case.guide.name, *case.guide.aliases))
    pairs = {text[i : i + 2] for i in range(len(text) - 1)}
    return sum(pair in case.condition.text and pair not in own for pair in pairs)


def _judged(case: "_Case") -> Opener | None:
    words = {False: _not_met, None: _depends, True: _met}[case.holds](case)
    condition = case.condition
    return (
        Opener(Sentence(FieldName.CONDITIONS, words, condition.basis, condition.certainty), case.sentence)
        if words
        else None
    )


class _Case(NamedTuple):
    condition: Condition
    told: dict[str, Told]
    guide: Guide
    catalog: Catalog

    @property
    def holds(self) -> bool | None:
        """Whether it is met, as far as she told."""
        return decided(self.condition.when, self.told) if self.condition.when else True

    @property
    def told_number(self) -> bool:
        """Whether a number of hers is what it reads."""
        return any(one.fact.kind == "number" for one in self.hers)

    @property
    def sentence(self) -> Sentence | None:
        """The condition as the guide says it."""
        said = sentences(self.guide, FieldName.CONDITIONS, self.catalog)
        return next((s for s in said if s.text.startswith(self.condition.text.rstrip("。"))), None)

    @property
    def clause(self) -> str:
        """（《社会保险法》第45条）: the first clause of the condition, without its number."""
        if not self.condition.basis:
            return ""
        clause = self.catalog.clause(self.condition.basis[0])
        article = f"第{clause.article}条" if clause.article and clause.article[0].isdigit() else ""
        return f"（《{clause.basis.title.removeprefix('中华人民共和国')}》{article}）"

    @property
    def hers(self) -> list[Told]:
        """What she told that this condition reads."""
        return [self.told[name] for name in sorted(facts_of(self.condition.when) & self.told.keys())]

    @property
    def words(self) -> str:
        """您说的是59岁."""
        return "您说的是" + "、".join(one.words for one in self.hers)

    @property
    def text(self) -> str:
        """The condition in quotes."""
        return f"“{self.condition.text.rstrip('。')}”"


def _not_met(case: _Case) -> str:
    loosely = "一般" if any(one.fact.kind == "bool" for one in case.hers) else ""
    return f"{loosely}不符合{case.text}这一条，{case.words}{_other_side(case, met=False)}{case.clause}。"


def _met(case: _Case) -> str | None:
    if not case.told_number:  # 您说的是门头: what she only names decides nothing in her favour
        return None
    rest = "；其余条件也都要符合" if sum(c.role == "required" for c in case.guide.conditions) > 1 else ""
    return f"符合{case.text}这一条，{case.words}{_other_side(case, met=True)}{rest}{case.clause}。"


def _depends(case: _Case) -> str | None:
    fact = open_fact(case.condition.when, case.told, case.catalog) if case.condition.when else None
    return f"要看{fact.label}：{case.condition.text.rstrip('。')}，{case.words}{case.clause}。" if fact else None


def _other_side(case: _Case, met: bool) -> str:
    """What holds beyond a threshold that her number nearly reaches: within a tenth, or one step."""
    when = case.condition.when
    if not isinstance(when, Comparison) or len(case.hers[0].values) > 1:
        return ""
    bound, words = next(
        ((b, pair[not met]) for name, *pair in _SIDES if (b := getattr(when, name)) is not None), (None, "")
    )
    if bound is None or abs(Decimal(case.hers[0].values[0]) - bound) > max(bound / 10, Decimal(1)):
        return ""
    unit = case.hers[0].fact.unit or ""
    said = f"{bound:f}{ {'月': '个月'}.get(unit, unit) }"
    return "；" + words.format(said)
