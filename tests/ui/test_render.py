"""Reply → HTML: whole values for every kind, and nothing unescaped."""

import re
from datetime import date

import pytest

from assistant.model import AnyReply, Contact, RefusalReason, Statement
from knowledge.model import FieldName
from tests.ui.fakes import ANSWER, CLARIFICATION, CRISIS, FLOW, PLAN_REPLY, REFUSAL
from ui.markup import day, link, phone, text
from ui.render import REASONS, card, question, view

PLACES = {"410000": "河南省"}
EVIL = "<img src=x onerror=alert(1)>\n\n# 标题 `x` **b** [a](javascript:alert(1)) \"'&"
FOOT = (
    '<p class="bc-foot"><span class="bc-mark">指南摘录</span><span>适用地区 河南省</span>'
    "<span>资料日期 2026年11月1日</span><span>辅助参考，以窗口为准</span></p>"
)


def test_an_answer_is_its_lead_its_fields_with_clauses_its_contacts_and_its_label() -> None:
    assert view(ANSWER, PLACES) == [
        '<div class="bc-lead"><p>居民身份证补领的收费</p></div>',
        '<section class="bc-field"><h2>收费</h2><p>丢失补领工本费40元/证。<sup>[1]</sup></p><div class="bc-cites">'
        '<details class="bc-cite"><summary>依据 1：《居民身份证法》第21条</summary><div><p>居民身份证补领·收费</p>'
        "<blockquote>公民申请补领居民身份证，应当缴纳工本费。</blockquote>"
        '<p class="bc-note">已核对原文，2026年11月1日更新</p>'
        '<a href="https://www.gov.cn/a?b=1&amp;c=2" target="_blank" rel="noopener noreferrer">查看原文</a>'
        "</div></details></div></section>",
        '<section class="bc-contacts"><h2>还可以问</h2><ul><li><span>12345 政务服务便民热线</span>'
        '<a class="bc-tel" href="tel:12345">12345</a></li></ul></section>',
        FOOT,
    ]


def test_a_question_back_is_only_the_question() -> None:
    assert view(CLARIFICATION, PLACES) == ['<div class="bc-lead"><p>您要办的是哪一种？</p></div>']


def test_a_flow_step_says_how_far_it_is() -> None:
    assert view(FLOW, PLACES) == [
        '<p class="bc-progress">第 1 个问题，最多 7 个</p><div class="bc-lead"><p>孩子的户口准备落在河南吗？</p></div>'
    ]


def test_a_plan_shows_stages_papers_and_open_items_once() -> None:
    lead, stages, papers, open_items, foot = view(PLAN_REPLY, PLACES)
    assert lead == '<div class="bc-lead"><p>“新生儿出生一件事”：要办2项，分2步。</p></div>'
    assert stages == (
        '<section class="bc-plan"><h2>按这个顺序办</h2><ol class="bc-stages"><li>'
        "<h3>第 1 步<small>这一步办 1 件</small></h3>"
        '<ul><li><strong>出生医学证明签发</strong><span class="bc-note">助产机构，3日内办结</span>'
        '<span class="bc-why">后面都要用。</span></li></ul></li><li>'
        "<h3>第 2 步<small>这一步办 1 件</small></h3><ul><li>"
        '<strong>出生登记</strong><span class="bc-note">公安机关</span><span class="bc-why">上了户口才能参保。</span>'
        "</li></ul></li></ol></section>"
    )
    assert "（原来各事项共要 4 份，合并后 2 样）" in papers
    assert '<span class="bc-note">原件 2 份</span>' in papers
    assert "用于：出生医学证明签发、出生登记" in papers
    assert "办完“出生医学证明签发”就有，不用另外准备" in papers
    assert "育儿补贴申领" in open_items
    assert "指南摘录" in foot


def test_a_refusal_says_why_and_where_to_turn() -> None:
    blocks = view(REFUSAL, PLACES)
    assert blocks[0].startswith('<p class="bc-reason">这不是政务办事的问题</p>')
    assert "接下来可以这样办" in blocks[1]
    assert "指南摘录" not in "".join(blocks)


def test_every_refusal_reason_has_its_words() -> None:
    assert set(REASONS) == set(RefusalReason)


def test_danger_to_life_looks_different() -> None:
    html = card(view(CRISIS, PLACES), CRISIS)
    assert html.startswith('<div class="bc-reply bc-crisis">')
    assert 'href="tel:120"' in html


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
    html = card(view(evil, {"410000": EVIL}), evil) + question(EVIL)
    assert "\n" not in html
    assert "<img" not in html and 'href="javascript' not in html
    assert set(re.findall(r"<(\w+)", html)) <= {
        "div", "p", "section", "h2", "h3", "small", "sup", "details", "summary", "blockquote", "a", "ul", "ol", "li",
        "span", "strong", "br",
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
