"""At the counter: what the visitor brought → what is missing → one notice that says all of it, with the clauses."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Literal, NamedTuple

from assistant.casework.reading import Cited, cited
from assistant.model import Option
from assistant.onething.answers import fault_of
from assistant.onething.eligibility import evaluate
from assistant.onething.questions import options_for
from knowledge.catalog import Catalog
from knowledge.model import Fact, FieldName, Frozen, Guide, Material
from knowledge.predicates import facts_of
from knowledge.sentences import FORM_LABELS, Sentence, sentences

Paper = Literal["tell", "mend"]
PAPERS: dict[Paper, str] = {"tell": "一次性告知书", "mend": "补正材料通知书"}
LICENCE, LICENCE_CLAUSE = "行政许可", "administrative-licensing-law#32"
_TELLS = re.compile("一次性?(?:书面)?告知")
_WAIVED = {"shared": "能通过数据共享核验的免交", "commitment": "可以用告知承诺书代替"}


class Brought(Frozen):
    """What a caseworker ticked: rows brought, rows that do not apply, and answers to the guide's questions."""

    has: frozenset[str] = frozenset()
    skips: frozenset[str] = frozenset()
    answers: dict[str, str] = {}


class Question(NamedTuple):
    """One question of the guide whose answer decides which papers are asked for."""

    fact: Fact
    options: tuple[Option, ...]
    given: str


class Wanted(NamedTuple):
    """One row of the list at the counter; `row` names it in the form."""

    row: str
    name: str
    form: str
    when: str
    notes: tuple[str, ...]
    clauses: tuple[Cited, ...]
    certainty: str
    may_not_apply: bool
    brought: bool
    skipped: bool

    @property
    def told(self) -> str:
        """What the notice adds to the name: when it is needed, and the rest."""
        when = f"{self.when}要交" if self.when.endswith("时") else f"{self.when.removesuffix('的')}的，要交"
        return "；".join((*((when,) if self.when else ()), *self.notes))


class Doubt(NamedTuple):
    """A condition of acceptance: met, not met, or for the caseworker to see."""

    text: str
    met: bool | None
    clauses: tuple[Cited, ...]


class Checklist(NamedTuple):
    """The counter's view of one guide."""

    guide: Guide
    place: str
    questions: tuple[Question, ...]
    rows: tuple[Wanted, ...]
    conditions: tuple[Doubt, ...]

    @property
    def missing(self) -> tuple[Wanted, ...]:
        """What was not brought and by a clause has to be."""
        return tuple(row for row in self.rows if row.clauses and not row.brought and not row.skipped)

    @property
    def doubtful(self) -> tuple[Wanted, ...]:
        """What was not brought and for which the guide names no clause: no office may ask for it without one."""
        return tuple(row for row in self.rows if not row.clauses and not row.brought and not row.skipped)

    @property
    def handed_in(self) -> tuple[Wanted, ...]:
        """What was brought."""
        return tuple(row for row in self.rows if row.brought)


class Notice(NamedTuple):
    """The draft that is printed: what was taken, what is missing, by which clause, what comes after."""

    title: str
    opening: str
    checklist: Checklist
    rule: Cited | None  # the clause that tells an office to say everything at once
    unmet: tuple[Doubt, ...]
    later: tuple[str, ...]  # limits and fees, as the guide says them
    channels: tuple[str, ...]
    day: date


def checklist(guide: Guide, catalog: Catalog, adcode: str, brought: Brought) -> Checklist:
    """The rows that the answers leave open or ask for, with the ticks on them."""
    answers = {name: value for name, value in brought.answers.items() if _fits(catalog.facts.get(name), value)}
    said = sentences(guide, FieldName.MATERIALS, catalog)
    rows = (
        _wanted(n, material, sentence, catalog, brought, evaluate(material.when, answers) is True)
        for n, (material, sentence) in enumerate(zip(guide.materials, said, strict=True))
        if evaluate(material.when, answers) is not False
    )
    conditions = (
        Doubt(
            condition.text,
            evaluate(condition.when, answers) if condition.when else None,
            tuple(cited(ref, catalog) for ref in condition.basis),
        )
        for condition in guide.conditions
        if condition.role == "required"
    )
    questions = tuple(
        Question(catalog.facts[name], options_for(catalog.facts[name]), answers.get(name, ""))
        for name in _asked(guide)
        if name in catalog.facts
    )
    return Checklist(guide, catalog.place(adcode).name, questions, tuple(rows), tuple(conditions))


def notice(paper: Paper, listed: Checklist, catalog: Catalog, day: date) -> Notice:
    """The draft for a checklist. It names nobody: names, dates and signatures are written by hand."""
    guide = listed.guide
    applied = {"tell": f"您申请办理“{guide.name}”", "mend": f"您提交的“{guide.name}”申请"}[paper]
    opening = f"{applied}，经核对，{_verdict(paper, listed)}"
    later = [s.text for field in (FieldName.LIMITS, FieldName.FEES) for s in sentences(guide, field, catalog)]
    channels = [s.text for s in sentences(guide, FieldName.CHANNELS, catalog)]
    unmet = tuple(doubt for doubt in listed.conditions if doubt.met is False)
    return Notice(PAPERS[paper], opening, listed, _rule(guide, catalog), unmet, tuple(later), tuple(channels), day)


def _verdict(paper: Paper, listed: Checklist) -> str:
    if listed.missing:
        return {
            "tell": "还缺下面的材料。请一次备齐再来。",
            "mend": "材料不齐全或者不符合规定的形式。请补正下面的全部内容。",
        }[paper]
    return "下面打了勾的还要交。" if listed.doubtful else "指南列的材料已经齐全，不用出这张单子。"


def _wanted(
    n: int, material: Material, sentence: Sentence, catalog: Catalog, brought: Brought, asked_for: bool
) -> Wanted:
    row = f"{n}-{material.kind}"
    kind = catalog.documents[material.kind]
    instead = "或".join(catalog.documents[name].name for name in material.substitutes)
    notes = (
        material.note or "", f"也可以用{instead}" if instead else "", _WAIVED[material.waived_by] if material.waived_by else "",
        "电子证照一般认" if kind.electronic else "",
    )  # fmt: skip
    count = f" {material.count} 份" if material.count > 1 else ""
    return Wanted(
        row=row, name=kind.name, form=FORM_LABELS[material.form] + count, when=material.condition or "",
        notes=tuple(filter(None, notes)), clauses=tuple(cited(ref, catalog) for ref in sentence.basis),
        certainty="" if sentence.certainty == "confirmed" else sentence.certainty.label,
        may_not_apply=bool(material.condition or material.when or material.waived_by) and not asked_for,
        brought=row in brought.has, skipped=row in brought.skips and row not in brought.has,
    )  # fmt: skip


def _asked(guide: Guide) -> list[str]:
    """The facts that decide the papers, then those that decide the conditions."""
    whens = [*(m.when for m in guide.materials), *(c.when for c in guide.conditions if c.role == "required")]
    return list(dict.fromkeys(name for when in whens for name in sorted(facts_of(when))))


def _fits(fact: Fact | None, value: str) -> bool:
    return fact is not None and bool(value) and fault_of(fact, value) is None


def _rule(guide: Guide, catalog: Catalog) -> Cited | None:
    """A clause of the documents that the guide cites; for a licence the general one stands in."""
    refs = (ref for field in FieldName for s in sentences(guide, field, catalog) for ref in s.basis)
    for basis_id in dict.fromkeys(ref.partition("#")[0] for ref in refs):
        basis = catalog.clause(basis_id).basis
        for article, text in basis.articles.items():
            if _TELLS.search(text):
                return cited(f"{basis_id}#{article}", catalog)
    known = {basis.basis_id for basis in catalog.library.bases}
    licence = guide.item_type == LICENCE and LICENCE_CLAUSE.partition("#")[0] in known
    return cited(LICENCE_CLAUSE, catalog) if licence else None


def answers_of(given: Mapping[str, str]) -> dict[str, str]:
    """The answers among the fields of a form: `fact.<id>` → value."""
    return {name.removeprefix("fact."): value for name, value in given.items() if name.startswith("fact.") and value}
