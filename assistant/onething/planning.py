"""From a life event and what is known of a citizen to one plan: which items, in which stages, with which papers."""

from datetime import date
from graphlib import TopologicalSorter

from assistant.model import Plan, StageItem
from assistant.onething.eligibility import Answers, evaluate
from assistant.onething.materials import merge
from knowledge.catalog import Catalog
from knowledge.model import Guide, Theme, ThemeItem


def _stage_item(guide: Guide, entry: ThemeItem) -> StageItem:
    within = next((str(limit.within) for limit in guide.limits), None)
    return StageItem(
        item_id=guide.item_id, name=guide.name, reason=entry.reason, authority=guide.authority, within=within
    )


def stages(dependencies: dict[str, set[str]]) -> list[list[str]]:
    """Items whose inputs are ready run side by side: the fewest stages possible. Raises CycleError on a cycle."""
    sorter = TopologicalSorter(dependencies)
    sorter.prepare()
    layers: list[list[str]] = []
    while sorter.is_active():
        ready = sorted(sorter.get_ready(), key=list(dependencies).index)
        layers.append(ready)
        sorter.done(*ready)
    return layers


def make_plan(theme: Theme, answers: Answers, catalog: Catalog, adcode: str, as_of: date | None = None) -> Plan:
    """The plan under these answers on a date; items that an open answer still decides are listed apart.

    An item that none of its texts covers on that date does not exist on it and is left out.
    """
    found = {entry.item_id: catalog.find(entry.item_id, adcode, as_of) for entry in theme.items}
    guides = {item_id: resolved.guide for item_id, resolved in found.items() if resolved}
    entries = {entry.item_id: entry for entry in theme.items if entry.item_id in guides}
    verdicts = {item_id: evaluate(entry.when, answers) for item_id, entry in entries.items()}
    applying = [guides[item_id] for item_id, verdict in verdicts.items() if verdict is True]
    undecided = [guides[item_id] for item_id, verdict in verdicts.items() if verdict is None]
    layers = stages(catalog.dependencies(applying))
    merged, raw = merge(applying, answers, catalog)
    return Plan(
        theme_id=theme.theme_id,
        name=theme.name,
        stages=tuple(tuple(_stage_item(guides[i], entries[i]) for i in layer) for layer in layers),
        open_items=tuple(_stage_item(guide, entries[guide.item_id]) for guide in undecided),
        materials=merged,
        raw_materials=raw,
        answers=dict(answers),
    )
