"""Fits which matter a message is about, on the dev split.

    python -m bench.fit_following [CASES.jsonl ...]

Conditional logit on `assistant.following.Near` and `Own`: of the matters within reach and the message's own search, the
likeliest is the one that a conversation's case expects. Events are the last turns of the dev conversations (and of the
case files named), and single dev questions asked, as if, behind another drawn at random, which count little: they are
many, and most of them nobody would take for a follow-up. Prints the weights for `assistant/following.py` and, by
ten-fold cross-validation, how many follow-ups and how many other messages are taken for what they are.
"""

import argparse
import random
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from assistant.answering.compose import Place
from assistant.assistant import Assistant, recalled
from assistant.build import build_assistant
from assistant.config import read_settings
from assistant.controls import LiveControls
from assistant.dialogue import Dialogue
from assistant.following import NEAR, OWN, Near, Own, evidence, own
from assistant.model import Focus, Session
from assistant.safety.guard import inspect
from assistant.understanding.understand import understand
from bench.conditional_logit import Choice, cross_validated, fitted, is_right
from evals.sample import AS_OF, Case, load_suite
from knowledge.model import ROOT_ADCODE

SINGLE_WEIGHT, SEED = 0.15, 7


def event(assistant: Assistant, message: str, focus: Focus, before: str, case: Case, weight: float) -> Choice | None:
    """The matters that a case's last message may be about, its own last; None where a rule decides before any search, or nothing is within reach."""
    dialogue, catalog = Dialogue(assistant.generation, LiveControls()), assistant.catalog
    seen = understand(assistant.generation.spelling.mend(message), focus, catalog)
    if seen.choice or seen.elsewhere or inspect(message):
        return None
    place = Place(ROOT_ADCODE, catalog.place(ROOT_ADCODE).name, AS_OF)
    heard = dialogue.heard(seen, focus, place, before)
    words_of = assistant.generation.retriever.tokenize.words
    near = evidence(heard, focus, catalog, words_of)
    if not near or heard.decision.theme:
        return None
    expected = [item in case.expect.items for item in near]
    alone = not any(expected) or any(item in case.expect.items for item in heard.decision.items)
    rows = [[*seen_near, *Own(*[0.0] * len(OWN))] for seen_near in near.values()]
    rows.append([*[0.0] * len(NEAR), *own(heard, focus, catalog, words_of)])
    return Choice(np.array(rows), np.array([*expected, alone]), weight, case.case_id)


def conversations(assistant: Assistant, cases: list[Case]) -> Iterator[Choice]:
    """The last turns of conversations, behind what was said before."""
    for case in cases:
        session = Session(session_id=case.case_id)
        for text in case.turns[:-1]:
            session = session.add(assistant.ask(session, text, case.city, case.as_of or AS_OF))
        told = not {"answer", "refusal"}.isdisjoint(case.expect.kinds)
        if told and session.focus.flow is None and (
            found := event(assistant, case.turns[-1], session.focus, recalled(session), case, 1.0)
        ):  # fmt: skip
            yield found


def singles(assistant: Assistant) -> Iterator[Choice]:
    """The single dev questions, each behind another drawn at random."""
    rng = random.Random(SEED)
    cases = [c for name in ("answer", "retrieval", "refusal") for c in load_suite(name).cases if c.split == "dev"]
    openers = [c for c in cases if len(c.expect.items) == 1 and c.expect.items[0] in assistant.catalog.items]
    for case in cases:
        opener = rng.choice(openers)
        if len(case.turns) > 1 or opener.expect.items[0] in case.expect.items or case.expect.reason not in (
            None, "no_knowledge", "out_of_scope",
        ):  # fmt: skip
            continue
        focus = Focus(items=opener.expect.items, jurisdiction=ROOT_ADCODE)
        if found := event(assistant, case.turns[0], focus, opener.turns[0], case, SINGLE_WEIGHT):
            yield found


def main() -> None:
    """Fit, cross-validate, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cases", nargs="*", type=Path)
    args = parser.parse_args()
    assistant = build_assistant(read_settings().model_copy(update={"keep_gaps": False}))
    cases = [c for c in load_suite("multi_turn").cases if c.split == "dev"]
    cases += [Case.model_validate_json(line) for path in args.cases for line in path.read_text("utf-8").splitlines()]
    events = [*conversations(assistant, cases), *singles(assistant)]
    weights = np.array([*NEAR, *OWN])
    now, held = [is_right(event, weights) for event in events], cross_validated(events)
    for title, kind in (("会话", 1.0), ("单句", SINGLE_WEIGHT)):
        mine = [i for i, e in enumerate(events) if e.weight == kind]
        sys.stdout.write(
            f"{title} n = {len(mine)}；现用的系数判对 {np.mean([now[i] for i in mine]):.3f}，"
            f"十折 {np.mean([held[i] for i in mine]):.3f}\n"
        )
    weights = fitted(events)
    near, alone = Near(*weights[: len(NEAR)].tolist()), Own(*weights[len(NEAR) :].tolist())
    for name, found in (("NEAR", near), ("OWN", alone)):
        parts = ", ".join(f"{part}={value:.2f}" for part, value in found._asdict().items())
        sys.stdout.write(f"{name} = {name.title()}({parts})\n")


if __name__ == "__main__":
    main()
