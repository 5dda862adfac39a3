"""What stands below a reply: statements to tick, copy it, read it out, rate it, change what was answered. Pure functions."""

from collections.abc import Sequence

from assistant.feedback import Complaint, Verdict
from assistant.model import Option, RefusalReason, Reply
from assistant.onething.changing import Told
from ui.markup import ask_button, text

_TOOLS = '<button type="button" name="copy">复制</button><button type="button" name="speak">朗读</button>'


def after(reply: Reply) -> str:
    """Copy, read out, and whether it helped; a question back needs none of it, and nobody in danger is asked to rate."""
    if reply.kind in {"clarification", "flow"} or reply.reason is RefusalReason.CRISIS:
        return ""
    return f'<div class="bc-after"><div class="bc-do">{_TOOLS}</div>{_opinion(reply)}</div>'


def _opinion(reply: Reply) -> str:
    """有帮助 or 没帮助, and why; what is sent is the reply's trace id and the choices, never its text."""
    if not reply.trace_id:
        return ""
    reasons = "".join(
        f'<label><input type="checkbox" name="complaint" value="{text(reason)}"><span>{text(reason)}</span></label>'
        for reason in Complaint
    )
    return (
        f'<form class="bc-opinion"><input type="hidden" name="trace" value="{text(reply.trace_id)}">'
        f'<p><span>有帮助吗？</span><button type="submit" name="verdict" value="{Verdict.HELPED}">有帮助</button>'
        f'<button type="submit" name="verdict" value="{Verdict.DID_NOT}">没帮助</button></p>'
        f"<fieldset hidden><legend>哪里不好？可以选几样，也可以不选</legend><div>{reasons}</div>"
        '<button type="submit" name="reasons" value="1">告诉我们</button></fieldset><p class="bc-heard" role="status"></p></form>'
    )


def ticks_block(ticks: Sequence[Option]) -> str:
    """Statements to tick, sent in one go: what is ticked is said in words, as if she had written it (page.js)."""
    if not ticks:
        return ""
    rows = "".join(
        f'<label><input type="checkbox" name="tick" value="{text(tick.label)}"><span>{number}. {text(tick.label)}</span></label>'
        for number, tick in enumerate(ticks, 1)
    )
    return (
        f'<fieldset class="bc-ticks"><legend>勾上符合的，再点“选好了”</legend>{rows}'
        '<button type="button" name="ticked">选好了</button></fieldset>'
    )


def told_block(told: Sequence[Told], asking: bool) -> str:
    """What she answered so far; each answer can be changed by one tap, a number or a date by finishing a sentence."""
    if not told:
        return ""
    rows = "".join(f"<li><span>{text(answer.words)}</span>{_changes(answer)}</li>" for answer in told)
    back = f"<p>{ask_button('回到上一个问题', '上一步')}</p>" if asking else ""
    return f'<details class="bc-told"><summary>您说过的 {len(told)} 项，点开可以改</summary><ul>{rows}</ul>{back}</details>'


def _changes(answer: Told) -> str:
    taps = "".join(ask_button(f"改成：{option.label}", option.value) for option in answer.changes)
    if answer.write:
        taps = f'<button type="button" class="bc-write" value="{text(answer.write)}">改成别的</button>{taps}'
    return f"<div>{taps}</div>"
