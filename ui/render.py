"""Reply → view: a list of HTML blocks that a page shows one after another. Pure functions, everything escaped."""

import re
from collections.abc import Mapping
from typing import NamedTuple

from assistant.model import (
    Answer,
    AnyReply,
    Clarification,
    Contact,
    FlowStep,
    PlanReply,
    Progress,
    Refusal,
    RefusalReason,
    Reply,
)
from assistant.onething.changing import Told
from ui.after import after, ticks_block, told_block
from ui.fields import field_blocks, rest_block
from ui.form_page import form_block
from ui.markup import day, link, paragraphs, phone, text
from ui.plan_view import plan_blocks
from ui.takeaway import buttons

Places = Mapping[str, str]  # adcode → name


class Beside(NamedTuple):
    """What is shown with a reply and is not in it: names of places, what she answered so far, the rest of the guide."""

    places: Places
    told: tuple[Told, ...] = ()
    rest: Reply | None = None


REASONS: dict[RefusalReason, str] = {
    RefusalReason.OUT_OF_SCOPE: "这不是政务办事的问题",
    RefusalReason.NO_KNOWLEDGE: "指南库里没有找到依据",
    RefusalReason.NOT_PUBLISHED_HERE: "这个数由当地公布，指南里没有",
    RefusalReason.OTHER_JURISDICTION: "不在河南办",
    RefusalReason.ACCOUNT_DATA: "看不到您个人的办理数据",
    RefusalReason.UNSAFE: "这件事不能帮",
    RefusalReason.CRISIS: "请马上打电话",
}
_NUMBER_ONLY = re.compile(r"^\d+\.\s*$")
_RETOLD = re.compile(
    r"^(?:(?:第\d+步|您的情况|看情况|不符合|按您的情况不用办|时间|期限|跑动|费用|材料|一张表)：|[□○☑✎])"
)


def view(reply: AnyReply, beside: Beside) -> list[str]:
    """The blocks of a reply in reading order; the last ones say what kind of text this was and take what she thinks of it."""
    match reply:
        case Answer():
            rest = rest_block(beside.rest) if beside.rest else ""
            blocks = [_lead(reply), *field_blocks(reply), rest, _contacts(reply.contacts, "还可以问")]
        case Clarification():
            blocks = [_lead(reply), *field_blocks(reply), _contacts(reply.contacts, "还可以问")]
        case FlowStep():
            told = told_block(beside.told, asking=True)
            heading = _progress(reply.progress, len(reply.ticks) or 1) + _lead(reply)
            blocks = [heading, ticks_block(reply.ticks), told, _contacts(reply.contacts, "还可以问")]
        case PlanReply():
            blocks = [_opening(reply), told_block(beside.told, asking=False), *plan_blocks(reply.plan)]
            blocks += [form_block(reply), buttons(reply), *field_blocks(reply), _contacts(reply.contacts, "还可以问")]
        case Refusal():
            contacts = _contacts(reply.contacts, "接下来可以这样办")
            blocks = [_refusal(reply), *field_blocks(reply), contacts, _handover(reply.handover)]
    return [block for block in (*blocks, _foot(reply, beside.places) + after(reply)) if block]


def card(blocks: list[str], reply: Reply) -> str:
    """The blocks of one reply as one element, on one line: a markdown reader in between finds nothing to read."""
    kind = "crisis" if reply.reason is RefusalReason.CRISIS else reply.kind
    return f'<div class="bc-reply bc-{kind}">{"".join(blocks)}</div>'


def question(asked: str) -> str:
    """A citizen's own words."""
    return f'<div class="bc-question">{text(asked)}</div>'


def _lead(reply: Reply) -> str:
    """What the text says beyond the statements; those follow under their headings, each with its clauses."""
    rest = reply.text.partition("\n1. ")[0] if isinstance(reply, FlowStep) and reply.ticks else reply.text
    for statement in sorted(reply.statements, key=lambda s: -len(s.text)):
        rest = rest.replace(statement.text, "\n")
    headings = "，" + "、".join(dict.fromkeys(statement.field.label for statement in reply.statements))
    lines = (_NUMBER_ONLY.sub("", line.strip()).removesuffix("：").removesuffix(headings) for line in rest.splitlines())
    return f'<div class="bc-lead">{paragraphs(chr(10).join(lines))}</div>'


def _opening(reply: PlanReply) -> str:
    """The text of a plan without what the plan itself shows."""
    lines = (line for line in reply.text.splitlines() if not _RETOLD.match(line))
    return f'<div class="bc-lead">{paragraphs(chr(10).join(lines))}</div>'


def _contacts(contacts: tuple[Contact, ...], heading: str) -> str:
    if not contacts:
        return ""
    rows = "".join(f"<li>{_contact(contact)}</li>" for contact in contacts)
    return f'<section class="bc-contacts"><h2>{heading}</h2><ul>{rows}</ul></section>'


def _handover(paragraph: str | None) -> str:
    """What she can read out or copy: one block that a single tap selects whole."""
    if not paragraph:
        return ""
    copy = '<button type="button" name="copy-handover">复制这段话</button>'
    return f'<section class="bc-handover"><h2>可以照着念给 12345，或者复制</h2><p>{text(paragraph)}</p>{copy}</section>'


def _contact(contact: Contact) -> str:
    call = phone(contact.phone) if contact.phone else ""
    return f"<span>{text(contact.name)}</span>{call}{link(contact.url, '打开网站')}"


def _progress(progress: Progress | None, asks: int) -> str:
    if progress is None:
        return ""
    first, last = progress.asked + 1, progress.asked + asks
    at_most = max(progress.at_most, last)
    now = f"{first}" if asks == 1 else f"{first} 到 {last}"
    bar = f'<progress max="{at_most}" value="{progress.asked}" title="进度"></progress>'
    return f'<p class="bc-progress"><span>第 {now} 个问题，最多 {at_most} 个</span>{bar}</p>'


def _refusal(reply: Refusal) -> str:
    return f'<p class="bc-reason">{REASONS[reply.reason]}</p>{_lead(reply)}'


def _foot(reply: Reply, places: Places) -> str:
    """What kind of text this was, for where and when; a bare question back needs none of it."""
    parts = []
    if reply.ai_generated:
        parts.append('<span class="bc-mark">人工智能（AI）生成措辞</span>')
    elif reply.statements or reply.plan:
        parts.append('<span class="bc-mark">指南摘录</span>')
    if reply.kind not in {"clarification", "flow"}:
        place = places.get(reply.jurisdiction)
        parts += [f"<span>适用地区 {text(place)}</span>"] if place else []
        dates = [citation.updated_on for citation in reply.citations]
        parts += [f"<span>资料日期 {day(min(dates, default=reply.as_of))}</span>", "<span>辅助参考，以窗口为准</span>"]
    return f'<p class="bc-foot">{"".join(parts)}</p>' if parts else ""
