"""Reply → HTML: whole values for every kind, and nothing unescaped."""

import re
from datetime import date

import pytest

from assistant.model import AnyReply, Contact, Need, Option, Plan, RefusalReason, Statement
from assistant.onething.changing import told_answers
from assistant.takeaway.stages_svg import stages_svg
from knowledge.model import FieldName
from tests.ui.fakes import (
    AGE_FACT,
    ANSWER,
    CLARIFICATION,
    CRISIS,
    FLOW,
    HUKOU_FACT,
    PLAN,
    PLAN_REPLY,
    REFUSAL,
    REST,
    SUBSIDY,
)
from ui.markup import day, link, phone, text
from ui.plan_view import plan_blocks
from ui.render import REASONS, Beside, card, question, view

PLACES = Beside({"410000": "河南省"})
EVIL = "<img src=x onerror=alert(1)>\n\n# 标题 `x` **b** [a](javascript:alert(1)) \"'&"
FOOT = (
    '<p class="bc-foot"><span class="bc-mark">指南摘录</span><span>适用地区 河南省</span>'
    "<span>资料日期 2026年11月1日</span><span>辅助参考，以窗口为准</span></p>"
)
DO = (
    '<div class="bc-after"><div class="bc-do"><button type="button" name="copy">复制</button>'
    '<button type="button" name="speak">朗读</button></div>'
)


def test_an_answer_is_its_lead_its_fields_with_clauses_its_contacts_and_its_label() -> None:
    assert view(ANSWER, PLACES) == [
        '<div class="bc-lead"><p>居民身份证补领的收费</p></div>',
        '<section class="bc-field"><h2><span class="bc-formal">收费</span><span class="bc-plain">要花多少钱</span></h2><p>丢失补领工本费40元/证。<sup>[1]</sup></p><div class="bc-cites">'
        '<details class="bc-cite"><summary>依据 1：《居民身份证法》第21条</summary><div><p>居民身份证补领·收费</p>'
        "<blockquote>公民申请补领居民身份证，应当缴纳工本费。</blockquote>"
        '<p class="bc-note">已核对原文，2026年11月1日更新</p>'
        '<a href="https://www.gov.cn/a?b=1&amp;c=2" target="_blank" rel="noopener noreferrer">查看原文</a>'
        "</div></details></div></section>",
        '<section class="bc-contacts"><h2>还可以问</h2><ul><li><span>12345 政务服务便民热线</span>'
        '<a class="bc-tel" href="tel:12345">12345</a></li></ul></section>',
        FOOT + DO + "</div>",
    ]


def test_the_rest_of_the_guide_is_one_tap_away_and_papers_can_be_ticked() -> None:
    rest = view(ANSWER, PLACES._replace(rest=REST))[2]
    assert rest == (
        '<section class="bc-rest"><h2>居民身份证补领：指南里还有</h2><details class="bc-more"><summary>'
        '<span class="bc-formal">申请材料</span><span class="bc-plain">要带什么</span><small>1 样</small></summary><div>'
        '<ul class="bc-checklist"><li><label><input type="checkbox" autocomplete="off"><span>申请表（现场填写）。'
        '<sup>[2]</sup></span></label></li></ul><div class="bc-cites"><details class="bc-cite"><summary>依据 2：'
        "《居民身份证法》第12条</summary><div><p>居民身份证补领·收费</p><blockquote>六十日内发放。</blockquote>"
        '<p class="bc-note">已核对原文，2026年11月1日更新</p>'
        '<a href="https://www.gov.cn/a?b=1&amp;c=2" target="_blank" rel="noopener noreferrer">查看原文</a></div></details>'
        '</div></div></details><details class="bc-more"><summary><span class="bc-formal">办结时限</span>'
        '<span class="bc-plain">多久办好</span></summary><div><p>法定时限60日。<sup>[2]</sup></p></div></details></section>'
    )


def test_what_she_answered_can_be_changed_by_one_tap_or_by_finishing_a_sentence() -> None:
    told = told_answers({"child-hukou-henan": "true", "age": "30"}, {f.fact_id: f for f in (HUKOU_FACT, AGE_FACT)})
    _, block = view(FLOW, PLACES._replace(told=told))
    assert block == (
        '<details class="bc-told"><summary>您说过的 2 项，点开可以改</summary><ul><li><span>孩子落户河南：是</span><div>'
        '<button type="button" class="bc-asks" value="孩子落户河南改成不是">改成：不是</button>'
        '<button type="button" class="bc-asks" value="孩子落户河南改成不清楚">改成：不清楚</button></div></li>'
        '<li><span>年龄：30岁</span><div><button type="button" class="bc-write" value="年龄改成">改成别的</button>'
        '<button type="button" class="bc-asks" value="年龄改成不清楚">改成：不清楚</button></div></li></ul>'
        '<p><button type="button" class="bc-asks" value="上一步">回到上一个问题</button></p></details>'
    )


def test_her_opinion_is_asked_of_what_was_said_and_sends_no_text() -> None:
    *_, end = view(ANSWER.model_copy(update={"trace_id": "abc"}), PLACES)
    assert end.startswith(FOOT + DO + '<form class="bc-opinion"><input type="hidden" name="trace" value="abc">')
    assert re.findall(r'name="(\w+)" value="([^"]+)"', end) == [
        ("trace", "abc"), ("verdict", "helped"), ("verdict", "did_not"), ("complaint", "答非所问"), ("complaint", "内容不对"),
        ("complaint", "规定过时了"), ("complaint", "不是我这里的规定"), ("complaint", "没说全"), ("complaint", "看不懂"),
        ("reasons", "1"),
    ]  # fmt: skip
    assert "bc-opinion" not in "".join(view(FLOW.model_copy(update={"trace_id": "abc"}), PLACES))


def test_a_question_back_is_only_the_question() -> None:
    assert view(CLARIFICATION, PLACES) == ['<div class="bc-lead"><p>您要办的是哪一种？</p></div>']


def test_a_list_of_questions_is_ticked_and_its_numbers_are_shown_once() -> None:
    ticks = (
        Option(label="有存款", value="deceased-deposit"),
        Option(label="有房子<要过户>", value="deceased-property"),
    )
    listed = FLOW.model_copy(update={"text": "哪些符合？\n1. 有存款\n2. 有房子<要过户>", "ticks": ticks})
    assert view(listed, PLACES) == [
        '<p class="bc-progress"><span>第 1 到 2 个问题，最多 7 个</span><progress max="7" value="0" title="进度"></progress></p><div class="bc-lead"><p>哪些符合？</p></div>',
        '<fieldset class="bc-ticks"><legend>勾上符合的，再点“选好了”</legend><label><input type="checkbox" name="tick" value="有存款"><span>1. 有存款</span></label>'
        '<label><input type="checkbox" name="tick" value="有房子&lt;要过户&gt;"><span>2. 有房子&lt;要过户&gt;</span></label>'
        '<button type="button" name="ticked">选好了</button></fieldset>',
    ]


def test_a_flow_step_says_how_far_it_is() -> None:
    assert view(FLOW, PLACES) == [
        '<p class="bc-progress"><span>第 1 个问题，最多 7 个</span><progress max="7" value="0" title="进度"></progress></p><div class="bc-lead"><p>孩子的户口准备落在河南吗？</p></div>'
    ]


def test_a_plan_shows_stages_and_papers_once() -> None:
    lead, stages, open_items, *_, papers, _, form, _, foot = view(PLAN_REPLY, PLACES)
    assert lead == '<div class="bc-lead"><p>“新生儿出生一件事”：要办2项，分2步。</p><p>这里有内容已经略去。</p></div>'
    assert stages == (
        f'<section class="bc-plan"><h2>按这个顺序办</h2>{stages_svg(PLAN)}<p class="bc-tally"></p><ol class="bc-stages"><li>'
        "<h3>第 1 步<small>这一步办 1 件</small></h3>"
        '<ul><li><label class="bc-step"><input type="checkbox" autocomplete="off"><strong>出生医学证明签发</strong></label>'
        '<span class="bc-note">助产机构，到窗口，3日内办结</span>'
        '<span class="bc-note">最快2026年11月23日（周一）去办，2026年11月26日（周四）办好</span>'
        '<span class="bc-why">后面都要用。</span></li></ul></li><li>'
        "<h3>第 2 步<small>这一步办 1 件</small></h3><ul><li>"
        '<label class="bc-step"><input type="checkbox" autocomplete="off"><strong>出生登记</strong></label>'
        '<span class="bc-note">公安机关，网上或窗口</span>'
        '<span class="bc-note">最早2026年11月26日（周四）去办</span><span class="bc-note">先办好：出生医学证明签发</span>'
        '<span class="bc-why">上了户口才能参保。</span></li></ul></li></ol></section>'
    )
    assert open_items == (
        '<section class="bc-plan"><h2>还要看您的情况才能确定的</h2><ul class="bc-open"><li><strong>育儿补贴申领</strong>'
        '<span class="bc-note">卫健部门</span><span class="bc-note">要看：孩子落户河南</span>'
        '<span class="bc-why">户口在河南可领。</span></li></ul></section>'
    )
    assert "（原来各事项共要 4 份，合并后 2 样）" in papers
    assert (
        '<li><label><input type="checkbox" autocomplete="off"><strong>居民身份证</strong></label>'
        '<span class="bc-note">原件 2 份</span>' in papers
    )
    assert "用于：出生医学证明签发、出生登记" in papers
    assert "办完“出生医学证明签发”就有，不用另外准备" in papers
    assert form == (
        '<section class="bc-plan"><h2>一张表<small>（各项表格常填的合计 14 栏，合并后 9 栏）</small></h2>'
        "<p>各部门的表合成一张，每栏只填一次：孩子、联系方式。填的内容只留在您的浏览器里，不上传。</p>"
        '<form method="post" action="/form" target="_blank"><input type="hidden" name="theme" value="newborn">'
        '<input type="hidden" name="situation" value="{&quot;answers&quot;: {&quot;child-hukou-henan&quot;: &quot;true&quot;}, '
        '&quot;jurisdiction&quot;: &quot;410000&quot;, &quot;as_of&quot;: &quot;2026-11-22&quot;}">'
        '<button class="bc-openform" type="submit">打开这张表</button></form></section>'
    )
    assert "指南摘录" in foot


def test_a_plan_tells_days_deadlines_visits_money_and_what_is_left_out() -> None:
    *_, days, deadlines, visits, money, _, left_out, _, _, _ = view(PLAN_REPLY, PLACES)
    assert [days, deadlines, visits, money] == [
        section("什么时候能办完", "从2026年11月22日（周日）开始，按公布的时限不早于2026年11月26日（周四）。",
                "最花时间的一条线是出生医学证明签发 → 出生登记，这几项别耽搁。", "出生登记没有公布办结时限，从这里往后的日子算不出来，没有替您估。"),
        section("别过了期限", "出生登记——出生后一个月以内申报，就是2026年12月12日（周六），那天不上班，要在2026年12月11日（周五）以前。"),
        section("要跑几趟", "按一个机关一步去一次算，要到现场的有1趟。", "指南写了网上渠道的：出生登记；当地开没开通以网站为准。"),
        section("要花多少钱", "一定要交的合计10元（工本费10元/本）。", "出生医学证明签发没有查到公布的金额，没有算进去，以窗口为准。"),
    ]  # fmt: skip
    assert left_out == section(
        "没有排进来的",
        '<strong>结婚登记</strong><span class="bc-note">不符合：男方年满22周岁（《民法典》第1047条）；您的情况是年龄：19岁；如果年龄：22岁，就可以办。</span>',
        '<strong>生育登记</strong><span class="bc-note">不用办：生育登记已办：是</span>',
    )


def test_a_plan_is_taken_away_by_a_form_that_sends_what_it_was_made_from() -> None:
    form = view(PLAN_REPLY, PLACES)[-2]
    assert form == (
        '<section class="bc-plan"><h2>带走这份计划</h2><form class="bc-take" method="post" target="_blank">'
        '<input type="hidden" name="request" value="{&quot;answers&quot;: {&quot;child-hukou-henan&quot;: &quot;true&quot;}, '
        '&quot;have&quot;: [], &quot;jurisdiction&quot;: &quot;410000&quot;, &quot;as_of&quot;: &quot;2026-11-22&quot;}">'
        '<button type="submit" formaction="api/v1/themes/newborn/take.html">打印</button>'
        '<button type="submit" formaction="api/v1/themes/newborn/take.pdf">存成 PDF</button>'
        '<button type="submit" formaction="api/v1/themes/newborn/take.ics">加到日历</button>'
        '<button type="submit" formaction="api/v1/themes/newborn/take.json">数据文件</button></form>'
        '<p class="bc-note">打印单字大、能打勾；日历里有期限和提醒。文件当场生成，服务器上不留。</p></section>'
    )


def section(title: str, *rows: str) -> str:
    items = "".join(f"<li>{row}</li>" for row in rows)
    return f'<section class="bc-plan"><h2>{title}</h2><ul class="bc-open">{items}</ul></section>'


def test_papers_at_hand_stand_apart_with_what_may_replace_them() -> None:
    waived = Need(item_id="birth-registration", item="出生登记", form="原件", count=1, waived_by="shared")
    held, other = PLAN.materials
    plan = PLAN.model_copy(update={"materials": (
        held.model_copy(update={"held": True}), other.model_copy(update={"needs": (waived,), "substitutes": ("亲子鉴定",)}),
    )})  # fmt: skip
    papers = "".join(plan_blocks(plan))
    assert "<h3>您说手里有的</h3>" in papers and '<li class="bc-later"><strong>居民身份证</strong>' in papers
    assert (
        '<span class="bc-note">也可以用亲子鉴定</span><span class="bc-note">出生登记能共享核验的免交</span>' in papers
    )


def test_an_empty_plan_shows_nothing() -> None:
    assert (
        plan_blocks(Plan(theme_id="t", name="t", stages=(), open_items=(), materials=(), raw_materials=0, answers={}))
        == []
    )


def test_a_plan_is_escaped() -> None:
    item = SUBSIDY.model_copy(
        update={"name": EVIL, "reason": EVIL, "authority": EVIL, "waits_for": (EVIL,), "asks": (EVIL,)}
    )
    left = tuple(i.model_copy(update={"name": EVIL, "because": (EVIL,), "clauses": (EVIL,)}) for i in PLAN.left_out)
    plan = PLAN.model_copy(update={
        "stages": (), "open_items": (item,), "left_out": left,
        "deadlines": tuple(d.model_copy(update={"item": EVIL, "text": EVIL}) for d in PLAN.deadlines),
        "cost": PLAN.cost.model_copy(update={"sure": (PLAN.cost.sure[0].model_copy(update={"name": EVIL}),)}),
        "materials": tuple(m.model_copy(update={"name": EVIL, "substitutes": (EVIL,)}) for m in PLAN.materials),
    })  # fmt: skip
    html = "".join(plan_blocks(plan))
    assert "<img" not in html and "\n" not in html


def test_a_refusal_says_why_and_where_to_turn() -> None:
    blocks = view(REFUSAL, PLACES)
    assert blocks[0].startswith('<p class="bc-reason">这不是政务办事的问题</p>')
    assert "接下来可以这样办" in blocks[1]
    assert "指南摘录" not in "".join(blocks)


def test_a_refusal_offers_a_paragraph_to_read_out_escaped_and_selected_whole() -> None:
    refusal = REFUSAL.model_copy(update={"handover": f"您好，想问：{EVIL}"})
    blocks = view(refusal, PLACES)
    shown = next(block for block in blocks if "bc-handover" in block)
    assert shown.startswith('<section class="bc-handover"><h2>可以照着念给 12345，或者复制</h2><p>您好，想问：')
    assert "<img" not in shown
    assert not any("bc-handover" in block for block in view(REFUSAL, PLACES))


def test_every_refusal_reason_has_its_words() -> None:
    assert set(REASONS) == set(RefusalReason)


def test_danger_to_life_looks_different() -> None:
    html = card(view(CRISIS, PLACES), CRISIS)
    assert html.startswith('<div class="bc-reply bc-crisis">')
    assert 'href="tel:120"' in html
    assert "bc-after" not in html, "nobody in danger is asked to rate"


def test_a_model_worded_answer_says_so() -> None:
    html = "".join(view(ANSWER.model_copy(update={"ai_generated": True}), PLACES))
    assert "人工智能（AI）生成措辞" in html
    assert "指南摘录" not in html


@pytest.mark.parametrize("reply", [ANSWER, CLARIFICATION, FLOW, PLAN_REPLY, REFUSAL], ids=lambda r: r.kind)
def test_nothing_is_unescaped_and_no_line_break_is_left(reply: AnyReply) -> None:
    evil = reply.model_copy(
        update={
            "text": EVIL,
            "statements": (Statement(field=FieldName.FEES, text=EVIL, citations=(1,)),),
            "citations": tuple(c.model_copy(update={"title": EVIL, "clause": EVIL}) for c in ANSWER.citations),
            "contacts": (Contact(name=EVIL, phone=EVIL, url="javascript:alert(1)"),),
        }
    )
    html = card(
        view(evil, Beside({"410000": EVIL}, told_answers({"age": EVIL}, {"age": AGE_FACT}), REST)), evil
    ) + question(EVIL)
    assert "\n" not in html
    assert "<img" not in html and 'href="javascript' not in html
    assert set(re.findall(r"<(\w+)", html)) <= {
        "div", "p", "section", "h2", "h3", "small", "sup", "details", "summary", "blockquote", "a", "ul", "ol", "li",
        "span", "strong", "br", "form", "input", "button", "label", "svg", "title", "desc", "g", "rect", "path", "text",
        "progress", "fieldset", "legend",
    }  # fmt: skip


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "//x", "http://", "ftp://a.b", "", None])
def test_only_web_addresses_are_linked(url: str | None) -> None:
    assert link(url, "查看") == ""


def test_only_phone_numbers_are_linked() -> None:
    assert phone("0371-12345678") == '<a class="bc-tel" href="tel:0371-12345678">0371-12345678</a>'
    assert phone("见窗口") == "见窗口"


def test_text_and_days() -> None:
    assert text("a<b\n\n c ") == "a&lt;b<br>c"
    assert day(date(2026, 3, 1)) == "2026年3月1日"
