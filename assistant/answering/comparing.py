"""Two guides in one answer: what each says where they differ, or both answered side by side; every sentence cited."""

from collections.abc import Sequence
from typing import NamedTuple

from assistant.answering.citing import Citations, item_ref
from assistant.answering.compose import Place
from assistant.answering.wording import HOTLINE
from assistant.model import Answer, Citation, Option, Refusal, Statement
from knowledge.catalog import Catalog, item_of
from knowledge.model import FieldName, Guide
from knowledge.sentences import Sentence, sentences

COMPARED = (FieldName.CONDITIONS, FieldName.MATERIALS, FieldName.FEES, FieldName.LIMITS, FieldName.VALIDITY)
OF_EACH = 3  # sentences of one guide: two short answers, not two whole guides


class Side(NamedTuple):
    """One of the two guides and what it is called in the comparison: its name, or the place whose text it is."""

    name: str
    guide: Guide


def compare(sides: tuple[Side, Side], fields: tuple[FieldName, ...], place: Place, catalog: Catalog) -> Answer:
    """Where two guides differ, field by field; what is the same is only named."""
    citations = Citations(catalog)
    statements: list[Statement] = []
    same: list[str] = []
    for field in fields or COMPARED:
        texts = [sentences(side.guide, field, catalog) for side in sides]
        if {s.text for s in texts[0]} == {s.text for s in texts[1]}:
            same += [field.label] if texts[0] else []
            continue
        for side, own, other in ((sides[0], texts[0], texts[1]), (sides[1], texts[1], texts[0])):
            if said := _joined(side, _only_in(own, other)):
                statements.append(citations.cite(catalog.origin(side.guide, field), said))
    names = "和".join(side.name for side in sides)
    lead = f"{names}的区别：" if statements else f"{names}，指南里写的没有区别。"
    tail = f"\n相同的：{'、'.join(same)}。" if same and statements else ""
    return Answer(
        text=lead + "".join(f"\n{i}. {s.text}" for i, s in enumerate(statements, 1)) + tail,
        items=tuple({side.guide.guide_id: item_ref(side.guide) for side in sides}.values()),
        statements=tuple(statements),
        citations=citations.all,
        options=tuple(Option(label=side.guide.name, value=f"item:{side.guide.item_id}") for side in sides),
        contacts=(HOTLINE,),
        jurisdiction=place.adcode,
        as_of=place.as_of,
    )


def _only_in(own: tuple[Sentence, ...], other: tuple[Sentence, ...]) -> list[Sentence]:
    """What one guide says and the other does not, shortened; all of it where nothing is its own."""
    there = {sentence.text for sentence in other}
    return ([s for s in own if s.text not in there] or list(own))[:OF_EACH]


def _joined(side: Side, said: list[Sentence]) -> Sentence | None:
    """The sentences of one side as one, under its name, resting on all their clauses."""
    if not said:
        return None
    text = f"{side.name}：{'；'.join(s.text.rstrip('。') for s in said)}。"
    return said[0]._replace(text=text, basis=tuple(dict.fromkeys(ref for s in said for ref in s.basis)))


def side_by_side(replies: Sequence[Answer | Refusal]) -> Answer:
    """Two answers as one: each sentence under the name of its item, citations numbered through, OF_EACH of either at most."""
    statements: list[Statement] = []
    lines: list[str] = []
    citations: list[Citation] = []
    for reply in replies:
        name, shift = reply.items[0].name, len(citations)
        refused = [f"{name}：{reply.text.splitlines()[0]}"] if isinstance(reply, Refusal) else []
        own = [_under(name, s, shift) for s in reply.statements[: OF_EACH - len(refused)]]
        lines += [*refused, *(s.text for s in own)]
        statements += own
        citations += [c.model_copy(update={"n": c.n + shift}) for c in reply.citations]
    numbers = {n for statement in statements for n in statement.citations}
    return Answer(
        text="分开说：" + "".join(f"\n{i}. {line}" for i, line in enumerate(lines, 1)),
        items=tuple(item for reply in replies for item in reply.items),
        statements=tuple(statements),
        citations=tuple(c for c in citations if c.n in numbers),
        options=tuple(Option(label=i.name, value=f"item:{item_of(i.guide_id)}") for r in replies for i in r.items),
        contacts=(HOTLINE,),
        jurisdiction=replies[0].jurisdiction,
        as_of=replies[0].as_of,
    )


def _under(name: str, statement: Statement, shift: int) -> Statement:
    numbers = tuple(n + shift for n in statement.citations)
    return statement.model_copy(update={"text": f"{name}：{statement.text}", "citations": numbers})
