"""What the first screen offers, and what may be opened below an answer, over the shipped library."""

from datetime import date, timedelta

import pytest

from assistant.answering.gate import Gate
from assistant.answering.rest import SHOWN, rest_of
from assistant.front import _BUSINESS, _PERSON, LATELY, SOON, Change, Start, changes, front
from assistant.model import Answer, ItemRef, Statement
from assistant.onething.answers import named_change, read_answer
from assistant.onething.changing import told_answers
from assistant.onething.flow import open_flow
from assistant.onething.questions import options_for
from assistant.safety.privacy import fold
from assistant.understanding.understand import chosen_option
from knowledge.catalog import Catalog
from knowledge.model import ROOT_ADCODE, FieldName, Library
from knowledge.sentences import sentences

DAY = date(2026, 11, 23)


@pytest.fixture(scope="module")
def catalog(library: Library) -> Catalog:
    return Catalog(library)


def test_every_stage_names_what_the_library_has(catalog: Catalog) -> None:
    named = [name for stages in (_PERSON, _BUSINESS) for ids in stages.values() for name in ids]
    assert [name for name in named if name not in catalog.themes and name not in catalog.items] == []
    first = front(catalog, DAY)
    assert [s.name for s in first.person] == ["出生", "入学", "就业", "买房", "看病", "退休", "身后", "证件出行"]
    assert [s.name for s in first.business] == ["开办", "变更", "注销"]
    assert sum(len(s.starts) for s in first.person + first.business) == len(named)
    assert first.person[0].starts[0] == Start("新生儿出生", "新生儿出生一件事")


def test_changes_are_the_documents_with_a_day_near_today(catalog: Catalog) -> None:
    found = changes(catalog, DAY)
    assert found[0] == Change(
        date(2026, 9, 20), "国务院关于修改《住房公积金管理条例》的决定",
        tuple(Start(name, name) for name in (
            "住房公积金提取", "住房公积金贷款", "住房公积金销户提取", "已故职工住房公积金提取", "单位住房公积金缴存登记",
        )),
    )  # fmt: skip
    days = [change.since for change in found]
    assert days == sorted(days, reverse=True) and all(DAY - LATELY <= day <= DAY + SOON for day in days)
    titles = {
        b.title for b in catalog.library.bases if b.effective_from and DAY - LATELY <= b.effective_from <= DAY + SOON
    }
    assert {change.title for change in found} <= titles
    assert changes(catalog, date(2026, 6, 1))[0].title == "中华人民共和国社会救助法"  # it is told before it comes
    assert changes(catalog, DAY + timedelta(days=800)) == ()


def test_the_rest_of_every_guide_is_all_that_was_not_said_and_holds_at_the_gate(catalog: Catalog) -> None:
    gate = Gate(catalog)
    for item_id in catalog.items:
        guide = catalog.general(item_id)
        said = Statement(field=FieldName.FEES, text="x", citations=(4,))
        item = ItemRef(guide_id=guide.guide_id, name=guide.name, jurisdiction=ROOT_ADCODE)
        answer = Answer(text="x", items=(item,), statements=(said,), jurisdiction=ROOT_ADCODE, as_of=DAY)
        rest = rest_of(answer, catalog)
        assert rest is not None
        expected = [(f, s.text) for f in SHOWN if f is not FieldName.FEES for s in sentences(guide, f, catalog)]
        assert [(s.field, s.text) for s in rest.statements] == expected
        assert {n for s in rest.statements for n in s.citations} == {c.n for c in rest.citations}
        assert gate.check(rest).dropped == (), guide.name
    assert rest_of(answer.model_copy(update={"items": (item, item)}), catalog) is None


def test_what_the_page_offers_to_change_an_answer_is_understood_as_that(catalog: Catalog) -> None:
    tried = 0
    for theme in catalog.themes.values():
        facts = open_flow(theme, catalog, ROOT_ADCODE, DAY).facts
        usual = {"bool": "true", "number": "3", "date": "2026-11-01"}
        answers = {name: usual.get(fact.kind, "") for name, fact in facts.items()}
        for fact, told in zip(facts.values(), told_answers(answers, facts), strict=True):
            finished = [f"{told.write}{'5月3日' if fact.kind == 'date' else '5'}"] if told.write else []
            for words in (*(option.value for option in told.changes), *finished):
                change = named_change(fold(words), facts)
                assert change is not None and change[0] is fact, words
                assert read_answer(fact, change[1], chosen_option(change[1], options_for(fact)), DAY) is not None, words
                tried += 1
    assert tried > 500
