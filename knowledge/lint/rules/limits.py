"""办结时限 and 申请期限: how long the office may take, and until when the citizen should act."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from decimal import Decimal

from knowledge.lint.finding import ELEMENTS, GUIDE_FORM, OFFICE_115, Card, Fault, guide_rule
from knowledge.lint.shelf import Shelf, values
from knowledge.lint.views import GuideView
from knowledge.model import Limit

_STAGE = re.compile(
    r"^[第\d一二三四五六七八九十（）().、．步:： ]*(?:申请|收件|受理|审查|初审|审核|复核|核查|核验|评审|审批|决定|办结|制证|发证|送达|公示)"
)
_NUMBERING = re.compile(r"^[第\d一二三四五六七八九十（）().、．步:： ]+|[。；;]$")
SHORTEST = 5  # characters: 审查与决定 is still only a name
_DAYS = {"日", "工作日"}


@guide_rule(Card(
    "promised-longer", "承诺时限不长于法定时限", "error", "行政许可法第42条、第43条；" + ELEMENTS,
    good="法定20个工作日，承诺5个工作日", bad="法定10个工作日，承诺20个工作日",
))  # fmt: skip
def promised_longer(view: GuideView, shelf: Shelf) -> Iterator[Fault]:
    """A promised limit is not longer than the statutory one, in the same unit."""
    statutory = [x.within for x in view.guide.limits if x.kind == "statutory" and not isinstance(x.within, str)]
    for limit in view.guide.limits:
        if limit.kind != "promised" or isinstance(limit.within, str) or not statutory:
            continue
        same = [q.amount for q in statutory if q.unit == limit.within.unit]
        if same and limit.within.amount > max(same):
            yield Fault("limits", f"承诺时限 {limit.within} 比法定时限长", "核对两个时限")


def _unscoped(limits: tuple[Limit, ...]) -> Iterator[tuple[int, Limit]]:
    counts = Counter((limit.kind, limit.applies) for limit in limits)
    kinds = Counter(limit.kind for limit in limits)
    for index, limit in enumerate(limits):
        if kinds[limit.kind] > 1 and (not limit.applies or counts[limit.kind, limit.applies] > 1):
            yield index, limit


@guide_rule(Card(
    "limit-scope", "几个时限要写清各管哪种情形", "warning", ELEMENTS,
    good="自受理之日起15日；情况特殊的30日", bad="法定15日；法定30日",
))  # fmt: skip
def limit_scope(view: GuideView, shelf: Shelf) -> Iterator[Fault]:
    """Several limits of one kind say which case each is for."""
    for index, limit in _unscoped(view.guide.limits):
        yield Fault(f"limits[{index}]", f"{limit.within}没有写适用哪种情形，和别的时限分不清", "在 applies 里写明情形")


@guide_rule(Card(
    "steps-sum", "各环节用时不超过总时限", "error", OFFICE_115 + "；" + GUIDE_FORM,
    good="受理1个工作日、审查3个工作日、决定1个工作日，共5个工作日",
    bad="总时限5个工作日，受理2个、审查5个、决定1个工作日",
))  # fmt: skip
def steps_sum(view: GuideView, shelf: Shelf) -> Iterator[Fault]:
    """The days of the office's steps do not add up to more than the longest limit in the same unit."""
    longest: dict[str, Decimal] = {}
    for limit in view.guide.limits:
        if not isinstance(limit.within, str):
            longest[limit.within.unit] = max(limit.within.amount, longest.get(limit.within.unit, Decimal(0)))
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for step in view.guide.steps:
        if _STAGE.match(step.text):
            for value in values(step.text):
                if value.unit in _DAYS:
                    sums[value.unit] += value.amount
    for unit, total in sums.items():
        if unit in longest and total > longest[unit]:
            yield Fault("steps", f"各环节合计{total}{unit}，超过总时限{longest[unit]}{unit}", "核对各环节用时和总时限")


@guide_rule(Card(
    "bare-steps", "每一步写明做什么，不只写环节名", "warning", f"{OFFICE_115}：只有环节名称；{GUIDE_FORM}",
    good="到派出所户籍窗口，说明证件丢了，申请补领", bad="申请、受理、审查、决定",
))  # fmt: skip
def bare_steps(view: GuideView, shelf: Shelf) -> Iterator[Fault]:
    """Steps tell the citizen what to do and not just what each stage is called."""
    steps = view.guide.steps
    if steps and all(len(_NUMBERING.sub("", step.text)) <= SHORTEST for step in steps):
        yield Fault(
            "steps", f"只写了环节名称：{'、'.join(step.text for step in steps)[:40]}", "写明每一步谁做什么、去哪做"
        )


@guide_rule(Card(
    "deadline-event", "申请期限写明从哪天算起", "warning", GUIDE_FORM,
    good="自领取营业执照之日起30日内", bad="30日内（没有写从什么时候算）",
))  # fmt: skip
def deadline_event(view: GuideView, shelf: Shelf) -> Iterator[Fault]:
    """A deadline that is counted says after what."""
    for index, deadline in enumerate(view.guide.deadlines):
        if deadline.within is not None and not deadline.after:
            yield Fault(f"deadlines[{index}]", f"{deadline.within}没有写从哪件事算起", "在 after 里写明起算的那件事")


@guide_rule(Card(
    "zero-limit", "时限要大于零", "error", ELEMENTS,
    good="当场办结写 within: 当场", bad="within: 0 工作日",
))  # fmt: skip
def zero_limit(view: GuideView, shelf: Shelf) -> Iterator[Fault]:
    """A limit of nothing is 当场, or a cell that was never filled."""
    for index, limit in enumerate(view.guide.limits):
        if not isinstance(limit.within, str) and limit.within.amount == 0:
            yield Fault(f"limits[{index}]", f"时限写成了{limit.within}", "当场办结的写“当场”，没有核到的删去这一条")


RULES = (promised_longer, limit_scope, steps_sum, bare_steps, deadline_event, zero_limit)
