"""A plan in plain words: steps, dates, deadlines, visits, money, papers, and what is left open or left out."""

from collections.abc import Iterator
from datetime import date

from assistant.model import Cost, Due, Finish, Form, LeftOut, MergedMaterial, Plan, Schedule, StageItem, Way

WAYS = {Way.ONLINE: "网上办", Way.EITHER: "网上或窗口", Way.WINDOW: "到窗口", Way.UNKNOWN: ""}
_WEEKDAYS = "一二三四五六日"
_WAIVERS = {"shared": "能共享核验的免交", "commitment": "可以告知承诺代替"}


def plan_text(plan: Plan, heading: list[str]) -> str:
    """A plan in plain words; `heading` is what she told."""
    count = sum(len(stage) for stage in plan.stages)
    if count == 0 and not plan.open_items:
        return "\n".join([f"“{plan.name}”：按您说的情况，没有需要办的事项。", *_situation(heading), *_left_out(plan)])
    lines = [f"“{plan.name}”：按您说的情况，要办{count}项，分{len(plan.stages)}步；同一步里的可以同时办。"]
    lines += _situation(heading)
    lines += [f"第{n}步：{'；'.join(map(_item, stage))}。" for n, stage in enumerate(plan.stages, 1)]
    if plan.open_items:
        lines.append(f"看情况：{'；'.join(map(_open_item, plan.open_items))}。")
    lines += _left_out(plan)
    lines += [f"时间：{line}" for line in times(plan.schedule)]
    lines += [f"期限：{line}" for line in dues(plan.deadlines)]
    lines += [f"跑动：{line}" for line in visits(plan)]
    lines += [f"费用：{line}" for line in money(plan.cost)]
    return "\n".join([*lines, *_materials(plan), *form_lines(plan.form)])


def _situation(heading: list[str]) -> list[str]:
    return [f"您的情况：{'；'.join(heading)}。"] if heading else []


def _item(item: StageItem) -> str:
    way = f"，{WAYS[item.way]}" if WAYS[item.way] else ""
    asks = f"（还要看：{'、'.join(item.asks)}）" if item.asks else ""
    return f"{item.name}（{item.authority}{way}）——{item.reason.rstrip('。')}{asks}"


def _open_item(item: StageItem) -> str:
    asks = f"（要看：{'、'.join(item.asks)}）" if item.asks else ""
    return f"{item.name}——{item.reason.rstrip('。')}{asks}"


def _left_out(plan: Plan) -> Iterator[str]:
    yield from (f"不符合：{item.name}——{unmet(item)}" for item in plan.left_out if item.state == "not_eligible")
    unneeded = [f"{item.name}（{'、'.join(item.because)}）" for item in plan.left_out if item.state == "not_needed"]
    if unneeded:
        yield f"按您的情况不用办：{'；'.join(unneeded)}。"


def unmet(item: LeftOut) -> str:
    """Which conditions she does not meet, by which answers, and the nearest change that would do."""
    change = f"；如果{'、'.join(item.change)}，就可以办" if item.change else ""
    return f"{'；'.join(item.clauses)}；您的情况是{'、'.join(item.because)}{change}。"


def day_text(day: date) -> str:
    """A day as people write it: 2026年11月23日（周一）."""
    return f"{day.year}年{day.month}月{day.day}日（周{_WEEKDAYS[day.weekday()]}）"


def times(schedule: Schedule | None) -> Iterator[str]:
    """When all can be done, what it hangs on, and what is not known of it."""
    if schedule is None:
        return
    soonest, latest = schedule.soonest, schedule.latest
    both = "最快" if soonest.known_until != latest.known_until else "按公布的时限"
    yield f"从{day_text(schedule.starts_on)}开始，{both}{_finish(soonest)}。"
    if soonest.known_until != latest.known_until:
        yield f"都用满法定时限（不含经批准的延长），{_finish(latest)}。"
    if len(latest.critical) > 1:
        yield f"最花时间的一条线是{' → '.join(latest.critical)}，这几项别耽搁。"
    if schedule.unpublished:
        yield f"{'、'.join(schedule.unpublished)}没有公布办结时限，从这里往后的日子算不出来，没有替您估。"
    if schedule.estimated_years:
        years = "、".join(f"{year}年" for year in schedule.estimated_years)
        yield f"{years}的放假安排还没有收录，{years}的日子只除去周末，是估算。"


def _finish(finish: Finish) -> str:
    return f"{day_text(finish.earliest)}办完" if finish.earliest else f"不早于{day_text(finish.known_until)}"


def dues(deadlines: tuple[Due, ...]) -> Iterator[str]:
    """The deadlines of this plan, with the day where it is known."""
    for due in deadlines:
        if due.elsewhere:
            continue
        if due.day is None:
            ask = f"；告诉我{due.counted_from}，能算出是哪天" if due.fact else ""
            yield f"{due.item}——{due.text}{ask}。"
            continue
        guess = "，按计划里最快的日子推算" if due.estimated else ""
        early = f"，那天不上班，要在{day_text(due.act_by)}以前" if due.act_by and due.act_by != due.day else ""
        yield f"{due.item}——{due.text}，就是{day_text(due.day)}{early}{guess}。"


def visits(plan: Plan) -> Iterator[str]:
    """How often she must go somewhere, and what can be done online."""
    must = [trip for trip in plan.trips if trip.needed]
    online = [item.name for stage in plan.stages for item in stage if item.way in (Way.ONLINE, Way.EITHER)]
    if must:
        joined = [f"{'、'.join(t.items)}同去{t.authority}" for t in must if len(t.items) > 1]
        once = f"；能合并成一趟的：{'；'.join(joined)}" if joined else ""
        yield f"按一个机关一步去一次算，要到现场的有{len(must)}趟{once}。"
    if online:
        yield f"指南写了网上渠道的：{'、'.join(online)}；当地开没开通以网站为准。"


def money(cost: Cost) -> Iterator[str]:
    """What is sure to be paid, what depends, and what is not published."""
    paid = [f"{c.name}{c.amount}" for c in cost.sure if c.amount != "不收费"]
    if paid:
        yield f"一定要交的合计{cost.total:f}元（{'、'.join(paid)}）。"
    depends = [f"{c.name}{c.amount}（{c.applies or c.item}）" for c in cost.depends if c.amount != "不收费"]
    if depends:
        yield f"看情况交的：{'；'.join(depends)}。"
    unknown = list(dict.fromkeys(c.item for c in cost.unpublished))
    if unknown:
        yield f"{'、'.join(unknown)}没有查到公布的金额，没有算进去，以窗口为准。"


def _materials(plan: Plan) -> Iterator[str]:
    bring = [m for m in plan.materials if m.from_item is None and not m.held]
    yield f"材料：各项合计{plan.raw_materials}份，合并后{len(plan.materials)}样，其中要您准备{len(bring)}样："
    yield from (_material(m) for m in bring)
    yield from (f"☑ {m.name}——您说手里有，用于{'、'.join(m.items)}" for m in plan.materials if m.held)
    made = (m for m in plan.materials if m.from_item is not None and not m.held)
    yield from (f"○ {m.name}——办完“{m.from_item}”就有，不用另外准备" for m in made)


def _material(material: MergedMaterial) -> str:
    count = f"{material.count}份" if material.count > 1 else ""
    parts = [f"□ {material.name}（{material.form}{count}）——用于{'、'.join(material.items)}"]
    return "；".join([*parts, *filter(None, [material.condition]), *instead(material)])


def instead(material: MergedMaterial) -> Iterator[str]:
    """What may be handed in instead of a paper, and who does without it."""
    if material.substitutes:
        yield f"也可以用{'、'.join(material.substitutes)}"
    for waiver, words in _WAIVERS.items():
        if items := [need.item for need in material.needs if need.waived_by == waiver]:
            yield f"{'、'.join(items)}{words}"


def form_lines(form: Form) -> Iterator[str]:
    """The joined form: how many fields it saves, and what each part asks."""
    if not form.parts:
        return
    count = sum(len(part.entries) for part in form.parts)
    yield f"一张表：各项表格常填的合计{form.raw_fields}栏，合并后{count}栏，各填一次；实际以窗口的表为准："
    yield from (f"✎ {part.title}：{'、'.join(entry.label for entry in part.entries)}" for part in form.parts)
