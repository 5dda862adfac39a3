"""Pure scorers of what was understood and planned: intent, place, whose text answered, which items a plan has."""

import re
import unicodedata
from collections import Counter
from typing import NamedTuple

from assistant.model import Plan, Reply, Turn
from evals.sample import Case
from evals.scorers.replies import reply_text
from knowledge.catalog import Catalog, item_of


class Understood(NamedTuple):
    """None where a question does not apply to the case."""

    intent_right: bool | None = None
    heard_right: bool | None = None  # every field asked for was heard
    place_right: bool | None = None
    guide_right: bool | None = None  # the text of the right place answered
    plan_right: bool | None = None  # the plan has the expected items and no other
    plan_precision: float | None = None  # share of the planned items that are expected
    plan_recall: float | None = None  # share of the expected items that are planned
    said_right: bool | None = None  # of each group of wordings one stands in the reply
    right_anyway: bool | None = None  # said the right thing where a refusal was asked for: neither a refusal nor wrong
    overlap: float | None = None  # F1 of the characters shared with the ideal answer


def understood(case: Case, turn: Turn, catalog: Catalog) -> Understood:
    """Judge the last turn of a case."""
    expect, reply = case.expect, turn.reply
    said = _said(expect.says, reply_text(reply)) if expect.says else None
    only_refusal = expect.kinds == ("refusal",)
    planned = _planned(reply.plan) if reply.plan else frozenset[str]()
    shared = len(planned & set(expect.planned))
    return Understood(
        intent_right=turn.trace.intent == expect.intent if expect.intent else None,
        heard_right=set(expect.fields) <= set(turn.focus.fields) if expect.intent and expect.fields else None,
        place_right=reply.jurisdiction == expect.place if expect.place else None,
        guide_right=_answers_from(reply, expect.guide, catalog) if expect.guide else None,
        plan_right=planned == set(expect.planned) if expect.planned else None,
        plan_precision=(shared / len(planned) if planned else 0.0) if expect.planned else None,
        plan_recall=shared / len(expect.planned) if expect.planned else None,
        said_right=said if said is not None and not only_refusal else None,
        right_anyway=said and reply.kind != "refusal" if said is not None and only_refusal else None,
        overlap=overlap(reply_text(reply), expect.ideal) if expect.ideal else None,
    )


def _planned(plan: Plan) -> frozenset[str]:
    return frozenset(item.item_id for stage in plan.stages for item in stage)


def _answers_from(reply: Reply, guide_id: str, catalog: Catalog) -> bool:
    """Whether a version of that place's text answers; another place's text of the item is wrong, another item is too."""
    place, item_id = guide_id.split("/")
    spoken = {item.guide_id for item in reply.items if item_of(item.guide_id) == item_id}
    return bool(spoken) and all(name.partition("/")[0] == place for name in spoken)


def plain(text: str) -> str:
    """Letters, digits and characters only, in one width and case: how two wordings are compared."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text)).lower()


def _said(groups: tuple[tuple[str, ...], ...], text: str) -> bool:
    spoken = plain(text)
    return all(any(plain(wording) in spoken for wording in group) for group in groups)


def overlap(text: str, ideal: str) -> float:
    """F1 of the characters that two texts share, 0..1; characters because Chinese words have no spaces."""
    ours, theirs = Counter(plain(text)), Counter(plain(ideal))
    shared = sum((ours & theirs).values())
    return 2 * shared / (sum(ours.values()) + sum(theirs.values())) if shared else 0.0
