"""Pure scorers: (case, turn, catalog) → outcome. A scorer looks at one case and never aggregates."""

from typing import NamedTuple

from assistant.model import Reply, Turn
from evals.sample import Case
from knowledge.catalog import Catalog, item_of
from knowledge.model import FieldName
from knowledge.quantities import read_values


class Score(NamedTuple):
    """What one case came to; None where a question does not apply to the case."""

    kind_right: bool
    item_right: bool | None  # the reply speaks of (or offers) an expected item
    item_in_5: bool | None
    found_1: bool | None  # the first guide found is an expected one (an expected theme counts); None without a search
    found_5: bool | None
    values_right: bool | None  # every expected value stands in the reply
    field_right: bool | None
    contradicted: bool  # a value that the cited fields do not support, or a look-alike instead of the right one
    false_answer: bool | None  # answered where only a refusal is right
    over_refused: bool | None  # refused where an answer is right
    reason_right: bool | None
    explanation: str


# Fields that answer the same question in other words.
NEAR: tuple[frozenset[FieldName], ...] = (
    frozenset({FieldName.DEADLINES, FieldName.PITFALLS, FieldName.VALIDITY, FieldName.LIMITS}),
    frozenset({FieldName.VISITS, FieldName.CHANNELS, FieldName.STEPS, FieldName.CROSS_REGION}),
    frozenset({FieldName.CONDITIONS, FieldName.SUMMARY, FieldName.PITFALLS, FieldName.DEADLINES}),
    frozenset({FieldName.BENEFITS, FieldName.FEES, FieldName.LOCAL, FieldName.SUMMARY, FieldName.CONDITIONS}),
    frozenset({FieldName.MATERIALS, FieldName.PITFALLS, FieldName.VISITS}),
    frozenset({FieldName.VISITS, FieldName.CONDITIONS, FieldName.PITFALLS}),
)


def spoken_items(reply: Reply) -> tuple[str, ...]:
    """Items that a reply answers or offers."""
    answered = tuple(item_of(item.guide_id) for item in reply.items)
    offered = tuple(o.value.removeprefix("item:") for o in reply.options if o.value.startswith("item:"))
    planned = tuple(i.item_id for stage in reply.plan.stages for i in stage) if reply.plan else ()
    return answered + offered + planned


def reply_text(reply: Reply) -> str:
    """All that a citizen reads."""
    return " ".join([reply.text, *(statement.text for statement in reply.statements)])


def unsupported_values(reply: Reply, catalog: Catalog, told: str = "") -> list[str]:
    """Values in the statements that she did not tell and that stand in no text or clause of the guides spoken of or cited."""
    clauses = {c.n: c.clause or "" for c in reply.citations}
    named = dict.fromkeys([*(item.guide_id for item in reply.items), *(c.guide_id for c in reply.citations)])
    guides = [catalog.guide(guide_id) for guide_id in named]
    published = [guide.model_dump_json() for guide in guides] + [
        str(x) for g in guides
        for x in [*(f.amount for f in g.fees), *(limit.within for limit in g.limits), *(f"{m.count}份" for m in g.materials)] if x is not None
    ]  # fmt: skip
    if any(f.amount is not None and f.amount.amount == 0 for guide in guides for f in guide.fees):
        published.append("不收费")
    found = []
    for statement in reply.statements:
        evidence = " ".join([*published, *(clauses.get(n, "") for n in statement.citations)])
        known = {value.key for value in read_values(evidence)} | {("local", statement.field)}
        found += [
            v.text for v in read_values(statement.text) if v.key not in known and v.text.removesuffix("岁") not in told
        ]
    return found


def score(case: Case, turn: Turn, catalog: Catalog) -> Score:
    """Judge the last turn of a case."""
    expect, reply = case.expect, turn.reply
    spoken = spoken_items(reply)
    values = {value.key for value in read_values(reply_text(reply))}
    wanted = {value.key for text in expect.values for value in read_values(text)}
    confused = {value.key for text in expect.absent for value in read_values(text)} & values and not wanted <= values
    unsupported = unsupported_values(reply, catalog, turn.question + "".join(case.turns))
    only_refusal = expect.kinds == ("refusal",)
    must_answer = "refusal" not in expect.kinds
    themed = expect.theme is not None and reply.theme == expect.theme
    candidates = [item_of(c.key) for c in turn.trace.candidates[:5]]
    ranks = _ranks(case, turn)
    item_right = (bool(set(expect.items) & set(spoken)) or themed) if expect.items else None
    return Score(
        kind_right=reply.kind in expect.kinds or (themed and reply.kind == "flow"),
        item_right=item_right if not only_refusal else None,
        item_in_5=(bool(item_right) or bool(set(expect.items) & set(candidates)))
        if expect.items and not only_refusal
        else None,
        found_1=ranks[:1] == [True] if ranks else None,
        found_5=any(ranks[:5]) if ranks else None,
        values_right=wanted <= values if wanted else None,
        field_right=_field_right(expect.fields, reply) if expect.fields and reply.statements else None,
        contradicted=bool(confused) or bool(unsupported),
        false_answer=reply.kind in {"answer", "plan", "flow"} if only_refusal else None,
        over_refused=reply.kind == "refusal" if must_answer else None,
        reason_right=reply.reason == expect.reason if only_refusal and reply.kind == "refusal" else None,
        explanation=_explain(case, reply, spoken, unsupported),
    )


def _ranks(case: Case, turn: Turn) -> list[bool]:
    """Whether each hit in order is an expected one; themes count only where one is expected. Single questions only."""
    if not case.expect.items or len(case.turns) > 1:
        return []
    wanted = {*case.expect.items, f"theme:{case.expect.theme}"}
    found = [c.key for c in turn.trace.candidates if case.expect.theme or not c.key.startswith("theme:")]
    return [key in wanted or item_of(key) in wanted for key in found]


def _field_right(fields: tuple[FieldName, ...], reply: Reply) -> bool:
    spoken = {statement.field for statement in reply.statements}
    near = set(fields).union(*(group for group in NEAR if group & set(fields)))
    return bool(spoken & near)


def _explain(case: Case, reply: Reply, spoken: tuple[str, ...], unsupported: list[str]) -> str:
    said = f"{reply.kind}{'/' + reply.reason if reply.reason else ''} {','.join(spoken[:4])}"
    return f"{said}{' 无依据的值：' + '、'.join(unsupported) if unsupported else ''}"
