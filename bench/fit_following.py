"""Fits the probability that a message goes on about the matter in focus, on the dev split.

    python -m bench.fit_following

Logistic regression on `assistant.following.Evidence`. Follow-ups are the last turns of the conversations that go on about a
matter they hold; what opens a matter of its own is their other last turns, and single questions asked, as if, behind a
matter drawn at random, which count little: they are many, and most of them nobody would take for a follow-up. Prints the
weights for `assistant/following.py`, by ten-fold cross-validation how many follow-ups stay and how many others do, and
how far the weights in use are from the fitted ones.
"""

import random
import sys
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_predict

from assistant import following
from assistant.assistant import Assistant
from assistant.build import build_assistant
from assistant.confidence import weigh
from assistant.config import read_settings
from assistant.decide import NEAREST, decide
from assistant.following import Evidence, evidence, features, near
from assistant.model import Focus, Session
from assistant.safety.guard import inspect, is_off_topic
from assistant.understanding.understand import understand
from evals.runner import AS_OF
from evals.sample import load_suite
from knowledge.catalog import item_of
from knowledge.model import ROOT_ADCODE

SINGLE_WEIGHT, DRAWS, SEED = 0.15, 2, 7
SCALE = np.array([1, 1, 1, 1, 1, 1, following.GAP])  # a step of 0.04 in cosine is as large as the whole of the others


class Said(NamedTuple):
    """A message behind a matter, and whether it goes on about it."""

    goes_on: bool
    message: str
    item: str


def conversations(assistant: Assistant) -> Iterator[Said]:
    """The last turns of the dev conversations, behind the matter they go on about, or behind the last one."""
    for case in load_suite("multi_turn").cases:
        if case.split != "dev" or not case.expect.items:
            continue
        session, matters = Session(session_id=case.case_id), list[str]()
        for text in case.turns:
            turn = assistant.ask(session, text, case.city, case.as_of or AS_OF)
            session = session.add(turn)
            matters.append(turn.focus.items[0] if turn.focus.items else "")
        held = [item for item in case.expect.items if item in matters[:-1]]
        if held or (matters[:-1] and matters[-2]):
            yield Said(bool(held), case.turns[-1], held[0] if held else matters[-2])


def singles(assistant: Assistant) -> Iterator[Said]:
    """The single dev questions that open a matter, behind others drawn at random."""
    rng, items = random.Random(SEED), sorted(assistant.catalog.items)
    for case in (c for name in ("answer", "retrieval", "refusal") for c in load_suite(name).cases):
        refused = case.expect.reason is not None
        if case.split != "dev" or len(case.turns) != 1 or inspect(case.turns[0]):
            continue
        if refused and case.expect.reason != "no_knowledge":
            continue
        for item in (rng.choice(items) for _ in range(DRAWS)):
            if item not in case.expect.items and not _kin(item, case.expect.items, assistant):
                yield Said(False, case.turns[0], item)


def _kin(item: str, expected: tuple[str, ...], assistant: Assistant) -> bool:
    known = (e for e in expected if e in assistant.catalog.items)
    return any(item in near(Focus(items=(e,)), assistant.catalog) for e in known)


def weighed(said: Said, assistant: Assistant) -> Evidence | None:
    """The evidence in a message, where `following.matter` weighs it; None where a rule decides before."""
    generation, catalog = assistant.generation, assistant.catalog
    focus = Focus(items=(said.item,), jurisdiction=ROOT_ADCODE)
    seen = understand(generation.spelling.mend(said.message), focus, catalog)
    if is_off_topic(seen.query) or len(seen.core) <= 1 or seen.adds or seen.supposes:
        return None
    words_of = generation.retriever.tokenize.words
    found = generation.retriever.search(seen.matter, ROOT_ADCODE, AS_OF, 8)
    searched = weigh(seen, found, catalog, words_of)
    decision = decide(seen, searched, catalog)
    hits = [hit for hit in searched.found.kept if not hit.key.startswith("theme:")]
    asks = decision.options and decision.question != NEAREST
    turns = bool(hits) and item_of(hits[0].key) in near(focus, catalog) and decision.confidence >= following.KIN_FROM
    if decision.theme or asks or turns:
        return None
    return evidence(seen, decision, hits, focus, catalog, words_of)


def main() -> None:
    """Fit, cross-validate, print."""
    assistant = build_assistant(read_settings())
    pairs = [(s, e) for s in (*conversations(assistant), *singles(assistant)) if (e := weighed(s, assistant))]
    goes_on = np.array([said.goes_on for said, _ in pairs])
    seen = np.array([features(found) for _, found in pairs], dtype=float) / SCALE
    weight = np.where(goes_on, 1.0, SINGLE_WEIGHT)
    model = LogisticRegression(C=3.0, max_iter=1000)
    stays = cross_val_predict(
        model, seen, goes_on, cv=StratifiedKFold(10, shuffle=True, random_state=1), params={"sample_weight": weight}
    )
    model.fit(seen, goes_on, sample_weight=weight)
    weights = ", ".join(f"{value:.2f}" for value in model.coef_[0] / SCALE)
    kept, wrong = stays[goes_on].mean(), stays[~goes_on].mean()
    now = np.array([following.stays(found) for _, found in pairs])
    fitted = model.predict_proba(seen)[:, 1]
    sys.stdout.write(
        f"n = {len(pairs)}，接着说的 {int(goes_on.sum())}；十折里追问留住 {kept:.3f}，别的错留 {wrong:.3f}\n"
    )
    sys.stdout.write(
        f"现用的系数：追问留住 {(now[goes_on] > 0.5).mean():.3f}，别的错留 {(now[~goes_on] > 0.5).mean():.3f}；"
        f"与重拟的判断不同 {int(((now > 0.5) != (fitted > 0.5)).sum())} 句，概率平均差 {np.abs(now - fitted).mean():.3f}\n"
    )
    sys.stdout.write(f"INTERCEPT = {model.intercept_[0]:.2f}\nWEIGHTS = ({weights})\n")


if __name__ == "__main__":
    main()
