"""The first screen as HTML: what this is and is not, life stages, examples, recent rules, privacy. Pure functions."""

from collections.abc import Iterable

from assistant.front import Change, Front, Stage, Start
from ui.markup import ask_button, day, text

EXAMPLES = (
    "身份证丢了怎么补",
    "孩子刚出生要办哪些手续",
    "公积金怎么提取",
    "二手房过户要多少钱",
    "补身份证要带户口本吗",
    "低保怎么申请",
)
_INTRO = (
    '<div class="bc-hello"><h2>您要办什么事？</h2>'
    "<p>像平时说话一样写下来就行。先给结论，再列材料、时间、费用、地方；每个数都能点开，看是哪一条规定。</p>"
    '<p class="bc-notwhat"><strong>这里是辅助参考，以窗口为准：</strong>'
    "不收件、不办理、不查个人办件进度；指南里没有依据的，直说不知道，并告诉您问谁。急事请拨打 110、119、120。</p></div>"
)
_PRIVACY = (
    '<p class="bc-privacy">隐私说明：您的提问会先隐去身份证号、手机号等个人信息再保存，{hours} 小时后自动删除，'
    "点“清除对话”马上删除。请不要输入身份证号、银行卡号。</p>"
)
_OPEN = 3  # items named with a change before “等”


def home_html(front: Front, hours: int) -> str:
    """The whole first screen."""
    return (
        f"{_INTRO}{_section('您或家人正在经历', _stages(front.person))}{_section('开店办企业', _stages(front.business))}"
        f"{_section('也可以这样问', _asks(Start(words, words) for words in EXAMPLES))}"
        f"{_section('近一年的新规定', _changes(front.changes))}{_PRIVACY.format(hours=hours)}"
    )


def _section(title: str, body: str) -> str:
    return f'<section class="bc-start"><h3>{title}</h3>{body}</section>' if body else ""


def _asks(starts: Iterable[Start]) -> str:
    buttons = "".join(ask_button(start.label, start.question) for start in starts)
    return f'<div class="bc-asklist">{buttons}</div>' if buttons else ""


def _stages(stages: tuple[Stage, ...]) -> str:
    rows = "".join(
        f'<details class="bc-stage" name="stage"><summary>{text(stage.name)}</summary>{_asks(stage.starts)}</details>'
        for stage in stages
    )
    return f'<div class="bc-stagelist">{rows}</div>' if rows else ""


def _changes(changes: tuple[Change, ...]) -> str:
    rows = "".join(
        f'<details class="bc-change"><summary><span>{day(change.since)}起</span>《{text(_inner(change.title))}》'
        f"<small>{text(_items(change.items))}</small></summary>{_asks(change.items)}</details>"
        for change in changes
    )
    return f'<div class="bc-changes">{rows}</div>' if rows else ""


def _inner(title: str) -> str:
    """Title marks inside title marks are single ones (GB/T 15834)."""
    return title.replace("《", "〈").replace("》", "〉")


def _items(items: tuple[Start, ...]) -> str:
    names = "、".join(item.label for item in items[:_OPEN])
    return f"涉及{names}等 {len(items)} 项" if len(items) > _OPEN else f"涉及{names}"
