"""Pure scorers of single statements: whether what a statement cites holds its values, and which materials are listed."""

from typing import NamedTuple

from assistant.model import Reply, Statement, Turn
from evals.sample import Case
from knowledge.catalog import Catalog, item_of
from knowledge.model import FieldName, Guide
from knowledge.quantities import read_values


class Supported(NamedTuple):
    """None where a question does not apply to the case."""

    cited_right: bool | None = None  # every value stands in a clause or field that its own statement cites
    statement_precision: float | None = None  # share of the statements with a value whose citations hold all of it
    statement_recall: float | None = None  # share of the expected values that stand in such a statement
    materials_right: bool | None = None  # the materials listed are those of the guide, no more and no fewer


def supported(case: Case, turn: Turn, catalog: Catalog) -> Supported:
    """Judge the last turn of a case, statement by statement."""
    said = "".join(case.turns)
    told = {value.key for value in read_values(said)}
    sound: list[bool] = []
    shown: set[tuple[object, str]] = set()
    for statement in turn.reply.statements:
        hers = {value.key for value in read_values(statement.text) if value.text.removesuffix("岁") in said}
        values = {value.key for value in read_values(statement.text)} - told - hers - {("local", statement.field)}
        if values:
            sound.append(values <= _evidence(statement, turn.reply, catalog))
            shown |= values if sound[-1] else set()
    wanted = {value.key for text in case.expect.values for value in read_values(text)}
    return Supported(
        cited_right=all(sound) if sound else None,
        statement_precision=sum(sound) / len(sound) if sound else None,
        statement_recall=len(wanted & (shown | told)) / len(wanted) if wanted and turn.reply.statements else None,
        materials_right=_materials_right(case, turn.reply, catalog),
    )


def _evidence(statement: Statement, reply: Reply, catalog: Catalog) -> set[tuple[object, str]]:
    """The values of the clauses and fields that a statement cites."""
    cited = [citation for citation in reply.citations if citation.n in statement.citations]
    texts = [text for c in cited for text in (c.clause or "", _published(catalog.guide(c.guide_id), c.field))]
    return {value.key for value in read_values(" ".join(texts))}


def _published(guide: Guide, field: FieldName) -> str:
    """One field of a guide as text, its typed values among it."""
    typed: list[object] = []
    if field is FieldName.FEES:
        typed = ["不收费" if f.amount.amount == 0 else f.amount for f in guide.fees if f.amount is not None]
    elif field is FieldName.LIMITS:
        typed = [limit.within for limit in guide.limits]
    elif field is FieldName.MATERIALS:
        typed = [f"{material.count}份" for material in guide.materials]
    return " ".join(map(str, [getattr(guide, field.value, ""), *typed]))


def _materials_right(case: Case, reply: Reply, catalog: Catalog) -> bool | None:
    """Where materials were asked for and an expected guide answered with them."""
    if FieldName.MATERIALS not in case.expect.fields:
        return None
    guides = [catalog.guide(i.guide_id) for i in reply.items if item_of(i.guide_id) in case.expect.items]
    listed = {kind for s in reply.statements if s.field is FieldName.MATERIALS if (kind := _listed(s.text, catalog))}
    if len(guides) != 1 or not listed:
        return None
    return listed == {material.kind for material in guides[0].materials}


def _listed(line: str, catalog: Catalog) -> str | None:
    """The document that a line of a list is about, by the longest name that it begins with, after its condition if any."""
    named = line.rpartition("另带")[2].rpartition("：")[2]
    names = {name: kind.kind_id for kind in catalog.documents.values() for name in (kind.name, *kind.aliases)}
    return next((names[name] for name in sorted(names, key=len, reverse=True) if named.startswith(name)), None)
