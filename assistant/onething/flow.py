"""The conversation of a life event: enter, ask what still matters, take answers, end in a plan."""

from collections.abc import Mapping
from datetime import date

from assistant.model import FlowState, FlowStep, Plan, PlanReply, Progress
from assistant.onething.planning import make_plan
from assistant.onething.questions import open_facts, options_for, progress, told
from knowledge.catalog import Catalog
from knowledge.model import Theme


def next_state(theme: Theme, answers: Mapping[str, str]) -> FlowState:
    """The state after these answers: the next open question, or none when the plan is fixed."""
    waiting = open_facts(theme, answers)
    return FlowState(theme_id=theme.theme_id, answers=dict(answers), asking=waiting[0] if waiting else None)


def step(theme: Theme, state: FlowState, catalog: Catalog, adcode: str, as_of: date) -> FlowStep | PlanReply:
    """What to say in this state: the question with its reason and options, or the finished plan."""
    if state.asking is None:
        return _plan_reply(theme, state, catalog, adcode, as_of)
    fact = catalog.facts[state.asking]
    opening = f"“{theme.name}”：要办哪几项因人而异，先问您几个问题。\n" if not state.answers else ""
    why = f"（{fact.why.rstrip('。')}）" if fact.why else ""
    done: Progress = progress(theme, state.answers)
    return FlowStep(
        text=f"{opening}{fact.question}{why}",
        theme=theme.theme_id,
        options=options_for(fact),
        progress=done,
        jurisdiction=adcode,
        as_of=as_of,
    )


def _plan_reply(theme: Theme, state: FlowState, catalog: Catalog, adcode: str, as_of: date) -> PlanReply:
    plan = make_plan(theme, state.answers, catalog, adcode, as_of)
    return PlanReply(
        text=plan_text(plan, told(catalog, state.answers)),
        theme=theme.theme_id,
        plan=plan,
        jurisdiction=adcode,
        as_of=as_of,
    )


def plan_text(plan: Plan, heading: list[str]) -> str:
    """A plan in plain words: stages, merged materials, what is still open."""
    count = sum(len(stage) for stage in plan.stages)
    if count == 0 and not plan.open_items:
        return "\n".join([f"“{plan.name}”：按您说的情况，没有需要办的事项。", *_situation(heading)])
    lines = [f"“{plan.name}”：按您说的情况，要办{count}项，分{len(plan.stages)}步；同一步里的可以同时办。"]
    lines += _situation(heading)
    for number, stage in enumerate(plan.stages, 1):
        lines.append(
            f"第{number}步："
            + "；".join(f"{item.name}（{item.authority}）——{item.reason.rstrip('。')}" for item in stage)
            + "。"
        )
    if plan.open_items:
        lines.append(
            "看情况：" + "；".join(f"{item.name}——{item.reason.rstrip('。')}" for item in plan.open_items) + "。"
        )
    bring = [m for m in plan.materials if m.from_item is None]
    lines.append(f"材料：各项合计{plan.raw_materials}份，合并后{len(plan.materials)}样，其中要您准备{len(bring)}样：")
    lines += [
        f"□ {m.name}（{m.form}）——用于{'、'.join(m.items)}" + (f"；{m.condition}" if m.condition else "") for m in bring
    ]
    made = [m for m in plan.materials if m.from_item is not None]
    lines += [f"○ {m.name}——办完“{m.from_item}”就有，不用另外准备" for m in made]
    return "\n".join(lines)


def _situation(heading: list[str]) -> list[str]:
    return [f"您的情况：{'；'.join(heading)}。"] if heading else []
