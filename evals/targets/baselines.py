"""Two simple systems over the same guides: the first guide by words alone, or by vectors alone, put by the same composer."""

import time
from typing import Any, Literal

from assistant.answering.compose import Asked, Place, compose
from assistant.answering.relevance import Sense
from assistant.answering.wording import NEXT_STEPS, REFUSALS
from assistant.model import AnyReply, Candidate, Focus, Refusal, RefusalReason, Trace, Turn
from assistant.understanding.fields import fields_asked
from evals.sample import AS_OF, Case
from evals.targets.target import Played
from knowledge.catalog import Catalog, item_of
from knowledge.index.opening import Generation
from knowledge.model import ROOT_ADCODE
from knowledge.retrieval import Hit

Part = Literal["lexical", "cosine"]
NAMES: dict[Part, str] = {"lexical": "bm25", "cosine": "dense"}
LEAST: dict[Part, float] = {"lexical": 0.0, "cosine": 0.875}  # below this nothing is near enough to answer
SHOWN = 5


class Baseline:
    """No dialogue, no families, no life events, no weighing of evidence: one search, one guide."""

    untold: frozenset[str] = frozenset({"intent_right", "heard_right", "reason_right"})

    def __init__(self, generation: Generation, part: Part) -> None:
        self.name = NAMES[part]
        self._generation, self._part = generation, part

    def play(self, case: Case) -> Played:
        """Search for all that was said in the case; answer from the first guide."""
        started = time.perf_counter()
        text, catalog = "，".join(case.turns), self._generation.catalog
        place = _place(case, catalog)
        found = self._generation.retriever.search(text, place.adcode, place.as_of, k=len(catalog.guides))
        ranked = sorted((*found.kept, *found.rejected), key=lambda hit: -self._value(hit))
        hits = [hit for hit in ranked if not hit.key.startswith("theme:") and self._value(hit) > LEAST[self._part]]
        reply = self._reply(hits, case.turns[-1], place)
        trace = Trace(trace_id=case.case_id, intent="", decision=self.name, query=text, candidates=tuple(
            Candidate(key=hit.key, score=self._value(hit), cosine=hit.cosine) for hit in hits[:SHOWN]
        ))  # fmt: skip
        turn = Turn(question=text, reply=reply, focus=Focus(jurisdiction=place.adcode), trace=trace)
        return Played(turn, time.perf_counter() - started)

    def _value(self, hit: Hit) -> float:
        return hit.lexical if self._part == "lexical" else hit.cosine

    def _reply(self, hits: list[Hit], question: str, place: Place) -> AnyReply:
        if not hits:
            reason = RefusalReason.NO_KNOWLEDGE
            return Refusal(
                text=REFUSALS[reason], reason=reason, contacts=NEXT_STEPS, jurisdiction=place.adcode, as_of=place.as_of
            )
        catalog, retriever = self._generation.catalog, self._generation.retriever
        guide = catalog.resolve(item_of(hits[0].key), place.adcode, place.as_of)
        sense = Sense(retriever.tokenize.words, retriever.closeness)
        return compose(Asked(guide, fields_asked(question), question), place, catalog, sense)

    def describe(self) -> dict[str, Any]:
        """The generation that it searches, and by what."""
        manifest = self._generation.manifest
        return {
            "generation": manifest.number, "library_digest": manifest.library_digest, "model": manifest.model_id,
            "ranked_by": self._part, "answers_above": LEAST[self._part],
        }  # fmt: skip


def _place(case: Case, catalog: Catalog) -> Place:
    adcode = catalog.place_named(case.city).adcode if case.city else ROOT_ADCODE
    return Place(adcode, catalog.place(adcode).name, case.as_of or AS_OF)
