"""The one door: what holds leaves untouched, what does not is dropped, whatever the kind of reply."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest

from assistant.answering.compose import Asked, Place, compose
from assistant.answering.gate import Gate, Passed
from assistant.answering.relevance import NO_SENSE
from assistant.answering.wording import LEFT_OUT, NEXT_STEPS
from assistant.assistant import Assistant
from assistant.model import (
    Clarification,
    Contact,
    Cost,
    FlowState,
    Form,
    Option,
    Plan,
    Refusal,
    RefusalReason,
    Reply,
    Session,
)  # fmt: skip
from assistant.onething.flow import completed, next_state, open_flow, step
from knowledge.catalog import Catalog, ResolvedGuide
from knowledge.model import FieldName
from tests.assistant.conftest import DAY
from tests.assistant.toys import CARD, TOYS

F = FieldName
PROVINCE = Place("410000", "河南省", DAY)


@pytest.fixture(scope="module")
def toys() -> Catalog:
    return Catalog(TOYS)


@pytest.fixture(scope="module")
def gate(toys: Catalog) -> Gate:
    return Gate(toys)


def answer(toys: Catalog, *fields: FieldName) -> Reply:
    return compose(Asked(ResolvedGuide(CARD, True), fields, ""), PROVINCE, toys, NO_SENSE)


def tampered(reply: Reply, old: str, new: str) -> Reply:
    statements = tuple(s.model_copy(update={"text": s.text.replace(old, new)}) for s in reply.statements)
    return reply.model_copy(update={"text": reply.text.replace(old, new), "statements": statements})


def test_a_true_answer_leaves_as_the_very_same_object(toys: Catalog, gate: Gate) -> None:
    reply = answer(toys, F.FEES)
    assert gate.check(reply).reply is reply


def test_a_false_statement_is_dropped_the_list_numbered_anew_and_the_loss_is_said(toys: Catalog, gate: Gate) -> None:
    passed = gate.check(tampered(answer(toys), "20个工作日", "20日"))
    assert passed.dropped == ("limits：法定时限20日。", "法定时限20日。")
    assert passed.reply.text == (
        "证件补领：\n1. 证件补领由公安机关办理。\n2. 申请表（现场或线上填写）。\n3. 户口簿（原件2份，可用户籍证明代替）。\n"
        "4. 工本费40元/证。\n证件补领的办结时限有内容没有核对上依据，已经略去，请拨打12345核实。"
    )
    assert [s.field for s in passed.reply.statements] == [F.SUMMARY, F.MATERIALS, F.MATERIALS, F.FEES]


def test_an_answer_of_which_nothing_is_left_becomes_a_refusal(toys: Catalog, gate: Gate) -> None:
    reply = answer(toys, F.FEES)
    assert gate.check(tampered(reply, "40元", "免费")).reply == Refusal(
        text="证件补领的收费有内容没有核对上依据，已经略去，请拨打12345核实。", reason=RefusalReason.NO_KNOWLEDGE,
        items=reply.items, contacts=NEXT_STEPS, jurisdiction="410000", as_of=DAY,
    )  # fmt: skip


@pytest.mark.parametrize("field, value", [("basis", "《收费规定》第4条"), ("clause", "补领每证收工本费45元。"), ("url", "https://evil.cn")])  # fmt: skip
def test_a_citation_that_is_no_clause_of_its_guide_takes_its_statement_along(
    field: str, value: str, toys: Catalog, gate: Gate
) -> None:
    reply = answer(toys, F.FEES)
    forged = reply.model_copy(update={"citations": (reply.citations[0].model_copy(update={field: value}),)})
    passed = gate.check(forged)
    assert passed.dropped == ("fees：工本费40元/证。", "证件补领的收费：工本费40元/证。", "依据1")
    assert (passed.reply.kind, passed.reply.citations) == ("refusal", ())


@pytest.mark.parametrize("contact", [
    Contact(name="12345 政务服务便民热线", phone="12346"), Contact(name="张科长", phone="13812345678"),
    Contact(name="河南政务服务网", url="https://www.hnzwfw.com.cn/"),
], ids=["错号", "私人号", "假网址"])  # fmt: skip
def test_a_contact_that_nobody_published_is_dropped(contact: Contact, gate: Gate) -> None:
    refusal = Refusal(text="请拨打12345。", reason=RefusalReason.NO_KNOWLEDGE, contacts=(contact,), jurisdiction="410000", as_of=DAY)  # fmt: skip
    assert gate.check(refusal).reply.contacts == ()


def test_an_emergency_number_belongs_to_a_crisis_only(gate: Gate) -> None:
    crisis = Refusal(text="请马上拨打120。", reason=RefusalReason.CRISIS, jurisdiction="410000", as_of=DAY)
    assert gate.check(crisis) == Passed(crisis, ())
    assert gate.check(crisis.model_copy(update={"reason": RefusalReason.NO_KNOWLEDGE})).dropped == ("请马上拨打120。",)


def test_a_question_that_carries_a_value_of_its_own_is_not_asked(gate: Gate) -> None:
    asked = Clarification(
        text="是交了40元的那种吗？", options=(Option(label="交了50元", value="x"), Option(label="补领", value="y")), jurisdiction="410000", as_of=DAY,
    )  # fmt: skip
    passed = gate.check(asked)
    assert passed.dropped == ("是交了40元的那种吗？", "交了50元")
    assert [o.label for o in passed.reply.options] == ["补领"]


def plan(shipped: Catalog) -> Reply:
    answers = {"birth-certificate-done": "true", "child-hukou-henan": "true", "birth-date": "2026-11-10"}
    flow = open_flow(shipped.themes["newborn"], shipped, "410000", DAY)
    return step(flow, FlowState(theme_id="newborn", answers=answers))


def test_a_true_plan_leaves_whole(shipped: Catalog) -> None:
    reply = plan(shipped)
    assert Gate(shipped).check(reply) == Passed(reply, ())


@pytest.mark.parametrize("changed", [{"within": "9日"}, {"authority": "民政局"}, {"reason": "先交500元。"}])
def test_a_false_step_of_a_plan_is_left_out(changed: dict[str, str], shipped: Catalog) -> None:
    reply = plan(shipped)
    assert reply.plan is not None
    (first, *others), *rest = reply.plan.stages
    stages = ((first.model_copy(update=changed), *others), *rest)
    forged = reply.model_copy(update={"plan": reply.plan.model_copy(update={"stages": stages})})
    passed = Gate(shipped).check(forged)
    assert first.name in passed.dropped and passed.reply.plan is not None
    assert first.item_id not in {item.item_id for stage in passed.reply.plan.stages for item in stage}


@pytest.mark.parametrize("field, shown, changed", [
    ("schedule", "日子", lambda plan: plan.schedule.model_copy(update={"starts_on": date(2026, 11, 21)})),
    ("deadlines", "期限", lambda plan: (plan.deadlines[0].model_copy(update={"day": date(2026, 12, 11)}), *plan.deadlines[1:])),
    ("trips", "跑动", lambda plan: plan.trips[1:]),
    ("cost", "费用", lambda plan: plan.cost.model_copy(update={"total": Decimal(5)})),
    ("left_out", "不用办的", lambda plan: ()),
    ("form", "一张表", lambda plan: plan.form.model_copy(update={"parts": plan.form.parts[1:]})),
])  # fmt: skip
def test_what_a_plan_works_out_must_be_what_the_library_gives(
    field: str, shown: str, changed: Callable[[Plan], object], shipped: Catalog
) -> None:
    reply = plan(shipped)
    assert reply.plan is not None and getattr(reply.plan, field)
    forged = reply.model_copy(update={"plan": reply.plan.model_copy(update={field: changed(reply.plan)})})
    passed = Gate(shipped).check(forged)
    assert passed.dropped == (shown,) and passed.reply.plan is not None
    empty = {"schedule": None, "cost": Cost(total=Decimal(0)), "form": Form()}.get(field, ())
    assert passed.reply.plan == reply.plan.model_copy(update={field: empty})


@pytest.mark.parametrize("old, new", [
    ("2026年12月10日（周四）", "2026年12月11日（周五）"), ("2026年11月22日", "2026年11月2日"), ("3个月的固定待遇", "6个月的固定待遇"),
    ("各项合计18份", "各项合计17份"), ("一个月以内", "三个月以内"), ("2027年1月4日", "2027年1月4个工作日"),
])  # fmt: skip
def test_a_falsified_line_of_a_plan_is_dropped(old: str, new: str, shipped: Catalog) -> None:
    reply = plan(shipped)
    (true,) = [line for line in reply.text.splitlines() if old in line]
    false = true.replace(old, new)
    passed = Gate(shipped).check(reply.model_copy(update={"text": reply.text.replace(true, false)}))
    assert passed.dropped == (false,)


def test_a_falsified_amount_in_a_plan_is_dropped(shipped: Catalog) -> None:
    flow = open_flow(shipped.themes["used-car-trade"], shipped, "410000", DAY)
    reply = step(flow, completed(flow, next_state(flow, {})))
    assert Gate(shipped).check(reply) == Passed(reply, ())
    (true,) = [line for line in reply.text.splitlines() if line.startswith("费用：看情况交的")]
    false = true.replace("100元", "150元", 1)
    assert false != true
    passed = Gate(shipped).check(reply.model_copy(update={"text": reply.text.replace(true, false)}))
    assert passed.dropped == (false,)


def test_a_plan_whose_text_counts_wrong_says_so(shipped: Catalog) -> None:
    reply = plan(shipped)
    first = reply.text.splitlines()[0]
    wrong = first.replace("分", "分1", 1)
    passed = Gate(shipped).check(reply.model_copy(update={"text": reply.text.replace(first, wrong)}))
    assert passed.dropped == (wrong,)


def test_what_was_dropped_stands_in_the_trace(by_words: Assistant, monkeypatch: pytest.MonkeyPatch) -> None:
    dialogue = by_words._dialogue
    respond = dialogue.respond

    def false(question: str, focus: object, place: Place, before: str) -> object:
        outcome = respond(question, focus, place, before)  # type: ignore[arg-type]
        return outcome._replace(reply=tampered(outcome.reply, "40元", "4元"))

    monkeypatch.setattr(dialogue, "respond", false)
    turn = by_words.ask(Session(session_id="t"), "身份证丢了补办多少钱", None, DAY)
    assert "4元" not in turn.reply.text and any("4元" in line for line in turn.trace.dropped)


def test_nothing_is_said_from_a_clause_that_has_run_out(toys: Catalog) -> None:
    last = date(2026, 12, 31)
    ending = [b.model_copy(update={"effective_to": last}) if b.basis_id == "price-rule" else b for b in TOYS.bases]
    gate = Gate(Catalog(TOYS.model_copy(update={"bases": tuple(ending)})))
    reply = answer(toys, F.FEES, F.MATERIALS)
    assert gate.check(reply.model_copy(update={"as_of": last})).dropped == ()
    after = gate.check(reply.model_copy(update={"as_of": date(2027, 1, 1)})).reply
    assert {s.field for s in reply.statements} - {s.field for s in after.statements} == {F.FEES}
    assert "40元" not in after.text and LEFT_OUT.format(what="证件补领的收费") in after.text
