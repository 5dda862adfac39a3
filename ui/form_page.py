"""The page of the joined form (一表申请) as one static document; what is written into it never leaves the browser.

Its own content security policy lets it load our script and style and nothing else: no request, no submission, no frame.
"""

import json
from collections.abc import Mapping

from assistant.model import Form, FormEntry, FormPart, FormUser, Plan, PlanReply
from assistant.onething.form import own_fields
from assistant.onething.form_values import FAULTS
from ui.markup import text
from ui.wording import LOOKS

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
HEADERS = {"Content-Security-Policy": CSP, "Cache-Control": "no-store"}
_HEAD = (
    '<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>{title}</title>'
    '<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="referrer" content="no-referrer">'
    '<link rel="icon" href="/page/icon.svg"><link rel="stylesheet" href="/page/page.css">'
    '<link rel="stylesheet" href="/page/form.css"><meta name="bc-idle" content="{idle}">{script}</head>'
)
_SCRIPT = '<script src="/page/look.js"></script><script type="module" src="/page/form.js"></script>'
_PRIVATE = (
    "填的内容只在您这台设备的这一页里，不上传、不保存，关掉就没了；要留着，请“存成文件”或者打印，带到窗口照着填。"
)
_ABOUT = "这里列的是各项表格通常要填的，合计 {raw} 栏，合并后 {joined} 栏；实际以窗口的表为准。"
_BUTTONS = (
    ("check", "检查一遍"),
    ("save", "存成文件"),
    ("print", "打印"),
    ("open", "打开存过的文件"),
    ("clear", "清空"),
)
_INPUT: Mapping[str, str] = {  # kind → how a browser should take it in
    **dict.fromkeys(("birth_date", "past_date", "date"), 'type="text" inputmode="numeric" placeholder="例如 19850302"'),
    "phone": 'type="tel"', "email": 'type="text" inputmode="email"', "bank_card": 'type="text" inputmode="numeric"',
    "number": 'type="text" inputmode="decimal"',
}  # fmt: skip
_PLAIN_INPUT = 'autocomplete="off" autocapitalize="off" spellcheck="false"'


def form_block(reply: PlanReply) -> str:
    """The part of a plan that opens its form: a posted request, so that no answer stands in an address."""
    form = reply.plan.form
    if not form.parts:
        return ""
    known = {"answers": reply.plan.answers, "jurisdiction": reply.jurisdiction, "as_of": reply.as_of.isoformat()}
    sent = {"theme": reply.plan.theme_id, "situation": json.dumps(known, ensure_ascii=False)}
    hidden = "".join(f'<input type="hidden" name="{name}" value="{text(value)}">' for name, value in sent.items())
    count = f"（各项表格常填的合计 {form.raw_fields} 栏，合并后 {_count(form)} 栏）"
    parts = "、".join(text(part.title) for part in form.parts)
    return (
        f'<section class="bc-plan"><h2>一张表<small>{count}</small></h2><p>各部门的表合成一张，每栏只填一次：{parts}。'
        '填的内容只留在您的浏览器里，不上传。</p><form method="post" action="/form" target="_blank">'
        f'{hidden}<button class="bc-openform" type="submit">打开这张表</button></form></section>'
    )


def form_page(plan: Plan, idle: int = 0) -> str:
    """The whole page; what is written into it is cleared after so many idle seconds, 0 for never."""
    form, name = plan.form, text(plan.name)
    head = _HEAD.format(title=f"{name} · 一张表", script=_SCRIPT, idle=idle)
    faults = text(json.dumps(FAULTS, ensure_ascii=False))
    names = {user.item_id: user.item for user in form.users}
    parts = "".join(_part(part, names) for part in form.parts)
    buttons = "".join(f'<button type="button" data-do="{do}">{label}</button>' for do, label in _BUTTONS)
    return (
        f"{head}<body>{_header()}<main><h1>{name}：一张表</h1>"
        f'<p class="bc-intro">{_PRIVATE}</p><p>{_ABOUT.format(raw=form.raw_fields, joined=_count(form))}</p>'
        "<noscript><p><strong>您的浏览器没有开脚本，不能检查和存成文件；可以打印出来手写。</strong></p></noscript>"
        f'<form id="bc-form" data-theme="{plan.theme_id}" data-name="{name}" data-faults="{faults}" novalidate '
        f'autocomplete="off">{parts}</form><div class="bc-tools"><p id="bc-said" role="status"></p><div class="bc-progressbar"><span id="bc-count"></span>'
        f'<progress id="bc-bar" max="{_count(form)}" value="0" aria-label="填了多少"></progress></div>'
        f'<div class="bc-do">{buttons}</div><input type="file" id="bc-file" accept="application/json,.json" '
        f'aria-label="存过的文件" hidden></div>{_users(form)}</main></body></html>'
    )


def fault_page(words: str) -> str:
    """Why there is no form to show."""
    head = _HEAD.format(title="一张表", script="", idle=0)
    return f'{head}<body>{_header(False)}<main><h1>打不开这张表</h1><p>{text(words)}</p><p><a href="/">回到首页</a></p></main></body></html>'


def _header(elder: bool = True) -> str:
    button = LOOKS if elder else ""
    return (
        '<header><div class="bc-brand"><span class="bc-logo" aria-hidden="true">办成</span>'
        f"<p>河南政务服务问答</p></div>{button}</header>"
    )


def _count(form: Form) -> int:
    return sum(len(part.entries) for part in form.parts)


def _part(part: FormPart, names: Mapping[str, str]) -> str:
    rows = "".join(_entry(entry, names) for entry in part.entries)
    return f"<fieldset><legend>{text(part.title)}</legend>{rows}</fieldset>"


def _entry(entry: FormEntry, names: Mapping[str, str]) -> str:
    key = entry.key
    optional = '<span class="bc-optional">没有可不填</span>' if entry.optional else ""
    hint = f'<span class="bc-hint">{text(entry.hint)}</span>' if entry.hint else ""
    return (
        f'<div class="bc-f bc-{entry.kind}"><label for="f-{key}">{text(entry.label)}</label>{optional}'
        f'<div id="h-{key}" class="bc-about">{hint}<span class="bc-for">用于：{text(_used_by(entry, names))}</span></div>'
        f'{_control(entry)}<p class="bc-fault" id="e-{key}" aria-live="polite"></p></div>'
    )


def _used_by(entry: FormEntry, names: Mapping[str, str]) -> str:
    items = [names[item] for item in entry.items]
    return "、".join(items) if len(items) <= 3 else f"{'、'.join(items[:2])}等 {len(items)} 项"


def _control(entry: FormEntry) -> str:
    optional = " data-optional" if entry.optional else ""
    common = (
        f'id="f-{entry.key}" name="{entry.key}" data-kind="{entry.kind}"{optional} '
        f'aria-describedby="h-{entry.key} e-{entry.key}"'
    )
    choices = ("男", "女") if entry.kind == "sex" else entry.choices
    if choices:
        options = "".join(f"<option>{text(choice)}</option>" for choice in choices)
        return f'<select {common} autocomplete="off"><option value="">请选择</option>{options}</select>'
    if entry.kind == "long_text":
        return f'<textarea {common} rows="3" {_PLAIN_INPUT}></textarea>'
    kind = _INPUT.get(entry.kind, 'type="text"')
    return f"<input {common} {kind} {_PLAIN_INPUT}>"


def _users(form: Form) -> str:
    """Every agency's own list, read back from the joined form."""
    rows = "".join(_user(user, form) for user in form.users)
    return f'<details class="bc-users"><summary>各机关各要哪几栏</summary><ul>{rows}</ul></details>'


def _user(user: FormUser, form: Form) -> str:
    own = set(own_fields(form, user.item_id))
    asked = ((part.title, [entry.label for entry in part.entries if entry.key in own]) for part in form.parts)
    fields = "；".join(f"{title}：{'、'.join(labels)}" for title, labels in asked if labels)
    sure = f"条文列有其中的内容：{'、'.join(user.basis)}" if user.basis else "通行做法，以窗口的表为准"
    return (
        f"<li><strong>{text(user.item)}</strong>（{text(user.authority)}）<br>{text(fields)}"
        f'<span class="bc-hint">{text(sure)}</span></li>'
    )
