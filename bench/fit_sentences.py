"""Fits which sentence of a guide answers a question, on the dev split.

    python -m bench.fit_sentences [CASES.jsonl ...]

Conditional logit on `assistant.answering.relevance.Evidence`: of all sentences of the guide that a case expects, one that
holds an expected value is likeliest. Choices are the last messages of the dev cases (and of the files named) that expect
values; what was said before is asked of the assistant. Prints the weights, and by ten-fold cross-validation over guides
how often the likeliest sentence is right.
"""

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from assistant import carrying
from assistant.answering.reading import reading, spoken
from assistant.answering.relevance import WEIGHTS, Evidence, Question, Sense, evidence
from assistant.assistant import Assistant
from assistant.build import build_assistant
from assistant.config import read_settings
from assistant.model import Session
from assistant.understanding.cleaning import asking_part
from assistant.understanding.understand import understand
from bench.conditional_logit import Choice, cross_validated, fitted, is_right
from evals.facts import values
from evals.sample import AS_OF, NAMES, Case, load_suite
from knowledge.model import ROOT_ADCODE
from knowledge.sentences import said


def choice(assistant: Assistant, case: Case) -> Choice | None:
    """The sentences that may answer a case's last message; None when its guide holds none of the values now."""
    session = Session(session_id=case.case_id)
    for text in case.turns[:-1]:
        session = session.add(assistant.ask(session, text, case.city, case.as_of or AS_OF))
    catalog, retriever, item = assistant.catalog, assistant.generation.retriever, case.expect.items[0]
    adcode = session.focus.jurisdiction or (catalog.place_named(case.city).adcode if case.city else ROOT_ADCODE)
    resolved = catalog.find(item, adcode, case.as_of or AS_OF)
    if resolved is None:
        return None
    guide = resolved.guide
    seen = understand(assistant.generation.spelling.mend(case.turns[-1]), session.focus, catalog)
    fields = reading(guide, carrying.fields(seen, item, session.focus))
    pool = tuple(said(guide, catalog))
    wanted = frozenset[object]().union(*(values(value) for value in case.expect.values))
    right = np.array([not wanted.isdisjoint(values(sentence.text)) for sentence in pool])
    question = Question(
        asking_part(seen.query), fields, frozenset(s for field in fields for s in spoken(guide, field, catalog))
    )
    sense = Sense(retriever.tokenize.words, retriever.closeness)
    return Choice(np.array(evidence(question, guide, pool, sense)), right, 1.0, case.cluster) if right.any() else None


def choices(assistant: Assistant, cases: list[Case]) -> Iterator[Choice]:
    """The choices of all cases that expect values of an item."""
    for case in cases:
        if case.expect.values and case.expect.items and (found := choice(assistant, case)):
            yield found


def main() -> None:
    """Fit, cross-validate, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cases", nargs="*", type=Path)
    args = parser.parse_args()
    assistant = build_assistant(read_settings().model_copy(update={"keep_gaps": False}))
    cases = [c for name in NAMES for c in load_suite(name).cases if c.split == "dev"]
    cases += [Case.model_validate_json(line) for path in args.cases for line in path.read_text("utf-8").splitlines()]
    found = list(choices(assistant, cases))
    now = np.mean([is_right(one, np.array(WEIGHTS)) for one in found])
    sys.stdout.write(f"n = {len(found)}；现用的系数首句对 {now:.3f}，十折 {np.mean(cross_validated(found)):.3f}\n")
    parts = ", ".join(f"{name}={value:.2f}" for name, value in Evidence(*fitted(found).tolist())._asdict().items())
    sys.stdout.write(f"WEIGHTS = Evidence({parts})\n")


if __name__ == "__main__":
    main()
