"""Conversations that outlive the generation they began in: what the new one does not know is dropped."""

from assistant.model import Focus
from knowledge.catalog import Catalog

ITEM = "item:"


def known_focus(focus: Focus, catalog: Catalog) -> Focus:
    """The focus without the items, options, life event and place that this catalog does not have."""
    flow = focus.flow
    if flow and (
        flow.theme_id not in catalog.themes
        or not {flow.asking, *flow.beside, *flow.answers} - {None} <= catalog.facts.keys()
    ):
        flow = None
    lost_items = not all(item in catalog.items for item in focus.items)
    lost_options = not all(
        o.value.removeprefix(ITEM) in catalog.items for o in focus.options if o.value.startswith(ITEM)
    )
    known_place = focus.jurisdiction in {place.adcode for place in catalog.library.jurisdictions}
    return Focus(
        items=() if lost_items else focus.items, fields=() if lost_items else focus.fields,
        jurisdiction=focus.jurisdiction if known_place else None,
        options=() if lost_options or (focus.flow and not flow) else focus.options, flow=flow,
        told="" if lost_items else focus.told,
    )  # fmt: skip
