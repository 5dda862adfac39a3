"""What she answered so far, in words, and what to say to change each answer; the flow reads those sentences back."""

from collections.abc import Mapping
from typing import NamedTuple

from assistant.model import Option
from assistant.onething.questions import in_words, options_for
from knowledge.model import Fact


class Told(NamedTuple):
    """One answer: in words, the other answers to tap, and the beginning of a sentence that gives a number or a date."""

    words: str
    changes: tuple[Option, ...]
    write: str | None = None


def told_answers(answers: Mapping[str, str], facts: Mapping[str, Fact]) -> tuple[Told, ...]:
    """The answers in the order in which they were given."""
    return tuple(_told(facts[name], value) for name, value in answers.items() if name in facts)


def _told(fact: Fact, value: str) -> Told:
    others = (option for option in options_for(fact) if option.value != value)
    changes = tuple(Option(label=o.label, value=f"{fact.label}改成{o.label}") for o in others)
    return Told(in_words(fact, value), changes, f"{fact.label}改成" if fact.kind in {"number", "date"} else None)
