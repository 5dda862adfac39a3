"""Question and answer pairs made from the fields of guides: every answer carries its field, clauses and certainty.

The questions are templates, not what citizens really said; the card says so.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from knowledge.catalog import Catalog
from knowledge.model import ROOT_ADCODE, Certainty, FieldName, Guide
from knowledge.quantities import read_values
from knowledge.sentences import local_sentence, sentences

# How one asks for a field: after the item's name, and after a saying that tells what happened.
TEMPLATES: dict[FieldName, tuple[str, str]] = {
    FieldName.SUMMARY: ("是怎么回事", "该怎么办"),
    FieldName.CONDITIONS: ("需要符合什么条件", "什么人能办"),
    FieldName.MATERIALS: ("要准备哪些材料", "要带什么"),
    FieldName.STEPS: ("的办理流程是什么", "怎么办"),
    FieldName.LIMITS: ("多长时间能办好", "多久能办好"),
    FieldName.FEES: ("怎么收费", "要多少钱"),
    FieldName.DEADLINES: ("要在什么期限内申请", "最晚什么时候去办"),
    FieldName.VALIDITY: ("办好以后有效期多久", "办下来能用多久"),
    FieldName.BENEFITS: ("的待遇标准是什么", "能领多少"),
    FieldName.CHANNELS: ("在哪里办", "去哪儿办"),
    FieldName.RESULTS: ("办完会拿到什么", "最后能拿到什么"),
    FieldName.VISITS: ("要跑几次", "本人要去几趟"),
    FieldName.CROSS_REGION: ("能不能异地办理", "在外地能办吗"),
    FieldName.PITFALLS: ("有哪些容易弄错的地方", "要注意什么"),
    FieldName.BASES: ("的办理依据是什么", "是根据什么规定办的"),
}
_ASKING = re.compile("[咋啥哪吗么谁几？?]|怎|多少|多久|能不|是不|不$")


class Pair(NamedTuple):
    """One question with the answer that the library gives, and where every part of it comes from."""

    pair_id: str
    question: str
    answer: str
    answerable: bool  # False: the value is set locally, and the right answer is to say by whom
    guide: Guide
    field: FieldName
    clause_refs: tuple[str, ...]
    values: tuple[str, ...]
    certainty: Certainty


def pairs(guide: Guide, catalog: Catalog) -> Iterator[Pair]:
    """The pairs of a guide's own fields; what it inherits is asked of the guide that it inherits from."""
    for field in TEMPLATES:
        if catalog.origin(guide, field) is not guide or (field is FieldName.BASES and guide.parent_id):
            continue
        said = sentences(guide, field, catalog)
        if said:
            refs = tuple(dict.fromkeys(ref for sentence in said for ref in sentence.basis))
            certainty = max((sentence.certainty for sentence in said), key=list(Certainty).index)
            answer = f"{guide.name}的{field.label}：" + "".join(sentence.text for sentence in said)
            made = Pair("", "", answer, True, guide, field, refs, _values(answer), certainty)
        elif rules := tuple(rule for rule in guide.local if rule.field is field):
            made = Pair("", "", local_sentence(rules).text, False, guide, field, (), (), guide.certainty)
        else:
            continue
        for number, question in enumerate(_questions(guide, field, catalog), 1):
            yield made._replace(pair_id=f"{guide.guide_id}#{field}-{number}", question=question)


def _questions(guide: Guide, field: FieldName, catalog: Catalog) -> Iterator[str]:
    place = "" if guide.jurisdiction == ROOT_ADCODE else f"在{catalog.place(guide.jurisdiction).name}，"
    formal, spoken = TEMPLATES[field]
    yield f"{place}{guide.name}{formal}？"
    saying = next((s for s in guide.sayings if not _ASKING.search(s)), None)
    if saying:
        yield f"{place}{saying}，{spoken}？"


def _values(answer: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value.text for value in read_values(answer)))
