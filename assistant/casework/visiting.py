"""A life event filled in for the visitor at the desk: all its questions on one screen, then the plan."""

from datetime import date
from typing import NamedTuple

from assistant.model import Option
from assistant.onething.eligibility import known_facts
from assistant.onething.flow import open_flow
from assistant.onething.questions import open_facts, options_for
from knowledge.catalog import Catalog
from knowledge.model import Fact, Theme


class Asked(NamedTuple):
    """One question of the life event; `deciding` where its answer can still change the plan."""

    fact: Fact
    options: tuple[Option, ...]
    given: str
    deciding: bool


class Questionnaire(NamedTuple):
    """A life event and everything that it may ask."""

    theme: Theme
    asked: tuple[Asked, ...]


def questionnaire(theme: Theme, catalog: Catalog, adcode: str, day: date, answers: dict[str, str]) -> Questionnaire:
    """The questions that still decide something first, then those answered, then the rest."""
    flow = open_flow(theme, catalog, adcode, day)
    waiting = open_facts(flow.cases, known_facts(theme, answers, catalog, day))
    facts = flow.facts
    order = dict.fromkeys([*(name for name in answers if name in facts), *waiting, *facts])
    asked = (
        Asked(facts[name], options_for(facts[name]), answers.get(name, ""), name in waiting)
        for name in order
        if name in facts
    )
    return Questionnaire(theme, tuple(asked))
