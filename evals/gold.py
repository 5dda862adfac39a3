"""True replies, composed by the assistant itself from every guide and life event: what the gate must let pass."""

import random
from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

from assistant.answering.compose import Asked, Place, compose
from assistant.answering.relevance import NO_SENSE
from assistant.model import AnyReply
from assistant.onething.flow import next_state, open_flow, step
from assistant.onething.questions import dates_of, options_for
from knowledge.catalog import Catalog
from knowledge.model import ROOT_ADCODE, FieldName, Theme

CITY = "410100"
PATHS = 4  # ways through a life event


class Gold(NamedTuple):
    """A reply that is true, and the guide or life event whose replies are not independent of it."""

    cluster: str
    reply: AnyReply


def gold_replies(catalog: Catalog, as_of: date, seed: int) -> list[Gold]:
    """Every reply about one field, or none, of each guide, in the province and one city, and ways through each life event."""
    found = []
    for guide in catalog.guides:
        for adcode in (ROOT_ADCODE, CITY):
            resolved = catalog.find(guide.item_id, adcode, as_of)
            place = Place(adcode, catalog.place(adcode).name, as_of)
            for fields in ((), *((field,) for field in FieldName)) if resolved else ():
                if resolved:
                    found.append(Gold(guide.item_id, compose(Asked(resolved, fields, ""), place, catalog, NO_SENSE)))
    rng = random.Random(seed)
    for theme in catalog.themes.values():
        found += [Gold(theme.theme_id, reply) for _ in range(PATHS) for reply in _path(theme, catalog, as_of, rng)]
    return list({gold.reply.model_dump_json(): gold for gold in found}.values())


def _path(theme: Theme, catalog: Catalog, as_of: date, rng: random.Random) -> Iterator[AnyReply]:
    """The questions and the plan of one way through a life event; the days that deadlines count from are told at once."""
    flow = open_flow(theme, catalog, ROOT_ADCODE, as_of)
    answers = {fact: str(as_of - timedelta(days=rng.randrange(60))) for fact in dates_of(flow.cases)}
    while True:
        state = next_state(flow, answers)
        yield step(flow, state)
        if state.asking is None:
            return
        answers = {**answers, state.asking: rng.choice(options_for(catalog.facts[state.asking])).value}
