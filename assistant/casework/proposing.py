"""A case that a caseworker proposes for the evals, as one JSON object in their format; a person puts it into a suite."""

from datetime import date
from typing import Any, Literal

from assistant.casework.matters import Matter
from assistant.errors import BadInput
from assistant.safety.privacy import mask
from knowledge.catalog import Catalog, item_of
from knowledge.model import FieldName, Frozen

SUITE = "proposed"
Right = Literal["answer", "clarification", "flow", "plan", "refusal"]
RIGHT: dict[Right, str] = {
    "answer": "应当回答", "clarification": "应当反问", "plan": "应当排计划", "flow": "应当进一件事", "refusal": "应当说不知道",
}  # fmt: skip


class Expected(Frozen):
    """What the caseworker says a right reply would be."""

    kind: Right = "answer"
    items: tuple[str, ...] = ()
    fields: tuple[FieldName, ...] = ()


class Basis(Frozen):
    """What the case was written against: the generation, and each guide with the day it was checked."""

    generation: str
    guides: dict[str, date]


def expected_of(matter: Matter, expected: Expected | None) -> Expected:
    """The given expectation, or the likeliest one: an answer from the guides that the matter is about."""
    return expected or Expected(items=tuple(dict.fromkeys(item_of(guide) for guide in matter.guides)))


def proposed_case(matter: Matter, expected: Expected, catalog: Catalog, generation: str, day: date) -> dict[str, Any]:
    """The case, and under `proposed` what a reviewer needs. Raises BadInput where the matter is no question."""
    if not matter.place:
        raise BadInput("这一件没有市民的提问，出不成评测题；请直接改指南。")
    if unknown := [item for item in expected.items if item not in catalog.items]:
        raise BadInput(f"指南库里没有事项 {'、'.join(unknown)}")
    guides = [found.guide for item in expected.items if (found := catalog.find(item, matter.place, day))]
    written = Basis(generation=generation, guides={guide.guide_id: guide.checked_on for guide in guides})
    return {
        "case_id": f"{SUITE}-{matter.key}", "suite": SUITE, "split": "dev", "style": matter.kind.value,
        "turns": [mask(matter.title).text], "city": matter.place, "as_of": day.isoformat(),
        "expect": {
            "kinds": [expected.kind], "items": list(expected.items), "fields": [field.value for field in expected.fields],
            "reason": "no_knowledge" if expected.kind == "refusal" else None,
        },
        "proposed": {"why": list(matter.why), "answered_by": matter.generation, **written.model_dump(mode="json")},
    }  # fmt: skip
