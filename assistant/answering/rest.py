"""The rest of a guide: what an answer about it did not say, field by field, to be opened below it."""

from assistant.answering.citing import Citations
from assistant.model import Answer
from knowledge.catalog import Catalog
from knowledge.model import FieldName
from knowledge.sentences import sentences

SHOWN = (
    FieldName.CONDITIONS, FieldName.MATERIALS, FieldName.STEPS, FieldName.LIMITS, FieldName.FEES, FieldName.CHANNELS,
    FieldName.DEADLINES, FieldName.VISITS, FieldName.CROSS_REGION, FieldName.PITFALLS, FieldName.BASES,
)  # fmt: skip


def rest_of(answer: Answer, catalog: Catalog) -> Answer | None:
    """The fields of the answer's one guide that it did not speak of, numbered on; None when there is no such guide."""
    if len(answer.items) != 1:
        return None
    guide = catalog.guide(answer.items[0].guide_id)
    told = {statement.field for statement in answer.statements}
    citations = Citations(catalog)
    statements = tuple(
        citations.cite(catalog.origin(guide, sentence.field), sentence)
        for field in SHOWN if field not in told
        for sentence in sentences(guide, field, catalog)
    )  # fmt: skip
    if not statements:
        return None
    before = max((citation.n for citation in answer.citations), default=0)
    return Answer(
        text="\n".join(statement.text for statement in statements),
        items=answer.items,
        statements=tuple(
            s.model_copy(update={"citations": tuple(n + before for n in s.citations)}) for s in statements
        ),
        citations=tuple(c.model_copy(update={"n": c.n + before}) for c in citations.all),
        jurisdiction=answer.jurisdiction,
        as_of=answer.as_of,
    )
