"""Replies of systems that are not this one: what an adapter finds in their JSON, put into this project's shapes."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import TypeAdapter, ValidationError

from assistant.answering.citing import item_ref
from assistant.model import Answer, AnyReply, Focus, Refusal, RefusalReason, Reply, Trace, Turn
from assistant.safety.privacy import mask
from evals.sample import AS_OF, Case
from evals.targets.target import TargetError
from knowledge.catalog import Catalog, item_of
from knowledge.model import ROOT_ADCODE, Guide

# Sentences by which a system without kinds of replies says that it does not know.
REFUSING = r"信息不足|无法(?:回答|确定|提供|得知|判断)|没有(?:找到|查到|收录|相关)|未(?:找到|提及|收录)|不(?:清楚|知道|了解)|抱歉|不能(?:帮|协助|提供)|insufficient information"
KINDS = {"answer", "clarification", "flow", "plan", "refusal"}
# what a system must tell for these scores to mean anything
NEEDS = {
    "kind": ("kind_right",), "reason": ("reason_right",), "items": ("item_right", "guide_right"),
    "fields": ("field_right",), "plan": ("plan_right", "plan_precision", "plan_recall"), "place": ("place_right", "leaked"),
}  # fmt: skip
UNSEEN = frozenset(
    {"item_in_5", "found_1", "found_5", "intent_right", "heard_right"}
)  # no reply tells the search behind it
_REPLY: TypeAdapter[AnyReply] = TypeAdapter(AnyReply)


def untold(told: Sequence[str]) -> frozenset[str]:
    """The scores that replies telling only these things do not allow."""
    return UNSEEN.union(*(scores for what, scores in NEEDS.items() if what not in told))


def at(path: str, data: Any) -> Any:
    """What stands at a dotted path: names of keys, numbers of list places, `*` for every place; None where nothing is."""
    part, _, rest = path.partition(".")
    if not part:
        return data
    if part == "*":
        return [at(rest, each) for each in data] if isinstance(data, list) else None
    if isinstance(data, list) and part.isdigit() and int(part) < len(data):
        return at(rest, data[int(part)])
    return at(rest, data[part]) if isinstance(data, dict) and part in data else None


def reply_of(found: Mapping[str, Any], case: Case, catalog: Catalog, refusing: str = REFUSING) -> AnyReply:
    """A reply from what was found in a system's JSON: text, kind, reason, items, jurisdiction. Raises TargetError."""
    text, kind = found.get("text"), found.get("kind")
    if not isinstance(text, str) or not text.strip():
        raise TargetError(f"回复里没有文字：{str(text)[:80]}")
    adcode = found["place"] if isinstance(found.get("place"), str) else _asked_place(case, catalog)
    here: dict[str, Any] = {"text": text, "jurisdiction": adcode, "as_of": case.as_of or AS_OF}
    if kind == "refusal" or (kind not in KINDS and re.search(refusing, text)):
        reason = found.get("reason")
        return Refusal(reason=RefusalReason(reason) if reason in set(RefusalReason) else RefusalReason.NO_KNOWLEDGE, **here)  # fmt: skip
    names = [name for name in found.get("items") or () if isinstance(name, str)]
    guides = [guide for name in names if (guide := _guide(name, adcode, case, catalog))]
    return Answer(items=tuple(map(item_ref, guides)), **here)


def _asked_place(case: Case, catalog: Catalog) -> str:
    return catalog.place_named(case.city).adcode if case.city else ROOT_ADCODE


def _guide(name: str, adcode: str, case: Case, catalog: Catalog) -> Guide | None:
    """The guide of `adcode/item_id` or of a bare item id; None when the library has none, which no case expects."""
    place, item_id = (name.partition("/")[0], item_of(name)) if "/" in name else (adcode, name)
    found = catalog.find(item_id, place, case.as_of or AS_OF)
    return found.guide if found else None


def own_reply(data: Any) -> AnyReply | None:
    """The reply when a system speaks this project's own JSON (design §5); None when it does not."""
    if not isinstance(data, dict):
        return None
    try:
        return _REPLY.validate_python({key: value for key, value in data.items() if key in Reply.model_fields})
    except ValidationError:
        return None


def turn_of(question: str, reply: AnyReply, decision: str) -> Turn:
    """A turn of a system that shows no trace; personal data of the question is masked as ours would."""
    trace = Trace(trace_id=reply.trace_id, intent="", decision=decision)
    return Turn(question=mask(question).text, reply=reply, focus=Focus(), trace=trace)
