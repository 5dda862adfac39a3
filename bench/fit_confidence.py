"""Fits the confidence that a guide is the one asked for, on the dev split and names of items that the library lacks.

    python -m bench.fit_confidence [--catalogue FOLDER]

Logistic regression on `assistant.confidence.Evidence` of the retriever's first hits (fitting again to those that the
model prefers changed nothing). Real item names that no guide of ours covers count a third each: they are many, and nobody
asks like that. Prints the weights for `assistant/confidence.py`, the
share of questions whose first guide is right and the log loss, by ten-fold cross-validation; folds are drawn by case
cluster, so that questions about one guide are never on both sides.
"""

import argparse
import json
import random
import re
import sys
from pathlib import Path
from typing import NamedTuple

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss
from sklearn.model_selection import GroupKFold

from assistant.assistant import Assistant
from assistant.build import build_assistant
from assistant.confidence import WEIGHED, Evidence, content, evidence, features
from assistant.config import read_settings
from assistant.model import Focus
from assistant.safety.guard import inspect, is_off_topic
from assistant.understanding.understand import understand
from evals.runner import AS_OF
from evals.sample import load_suite
from knowledge.catalog import item_of
from knowledge.model import ROOT_ADCODE

OURS = re.compile(
    "养老保险|社会保险|机动车|特困|残疾人证|通行证|护照|结婚|离婚|生活保障|公证|发票|信用|工伤|法律援助|货运|助学|完税|收养|失业|户口|"
    "居住证|公积金|不动产|医保|医疗保险|生育"
)
ASKED = ("{}怎么办理", "{}要什么材料", "申请{}", "{}多少钱", "想办{}，去哪")
STRANGERS, LONGEST_NAME, STRANGER_WEIGHT = 300, 22, 1 / 3
SCALE = np.array([0.01, 1, 1, 1])  # a step of 0.01 in cosine is as large as the whole of any other


class Question(NamedTuple):
    """One question: the evidence on each of its first hits and whether that is right, its weight and cluster."""

    hits: tuple[Evidence, ...]
    right: tuple[bool, ...]
    weight: float
    cluster: str


def first_hits(assistant: Assistant, question: str) -> dict[str, Evidence]:
    """The evidence on a question's first hits by item; empty where no search decides."""
    generation = assistant.generation
    read = understand(generation.spelling.mend(question), Focus(), assistant.catalog)
    if inspect(question) or read.elsewhere or is_off_topic(read.query):
        return {}
    found = generation.retriever.search(read.matter, ROOT_ADCODE, AS_OF, 8)
    hits = [hit for hit in found.kept if not hit.key.startswith("theme:")][:WEIGHED]
    words = content(read.query, generation.retriever.tokenize.words)
    return {item_of(hit.key): evidence(words, hit, found.uncovered, assistant.catalog) for hit in hits}


def asked_by_people(assistant: Assistant) -> list[Question]:
    """The single questions of the dev split that a guide answers or none does."""
    questions = []
    for case in (c for name in ("retrieval", "answer", "refusal") for c in load_suite(name).cases):
        unanswerable = case.expect.reason in {"no_knowledge", "out_of_scope"}
        if case.split != "dev" or not (unanswerable or (case.expect.items and case.expect.reason is None)):
            continue
        if hits := first_hits(assistant, case.turns[0]):
            right = tuple(item in case.expect.items for item in hits)
            questions.append(Question(tuple(hits.values()), right, 1.0, case.case_id if unanswerable else case.cluster))
    return questions


def strangers(assistant: Assistant, catalogue: Path) -> list[Question]:
    """Questions after real items of another catalogue that no guide of ours covers."""
    lines = (catalogue / "items.jsonl").read_text(encoding="utf-8").splitlines()
    names = sorted({json.loads(line)["TASK_NAME"] for line in lines})
    random.Random(1).shuffle(names)
    foreign = [name for name in names if len(name) <= LONGEST_NAME and not OURS.search(name)][:STRANGERS]
    asked = [ASKED[number % len(ASKED)].format(name) for number, name in enumerate(foreign)]
    found = [(text, first_hits(assistant, text)) for text in asked]
    return [Question(tuple(h.values()), (False,) * len(h), STRANGER_WEIGHT, text) for text, h in found if h]


def fitted(questions: list[Question]) -> LogisticRegression:
    """The model of whether the retriever's first hit is right."""
    first = np.array([features(question.hits[0]) for question in questions]) / SCALE
    weight = [question.weight for question in questions]
    return LogisticRegression(C=3.0, max_iter=1000).fit(first, [q.right[0] for q in questions], sample_weight=weight)


def preferred(question: Question, model: LogisticRegression) -> tuple[float, bool]:
    """How sure the model is of the hit that it puts first, and whether that is right."""
    sure = model.predict_proba(np.array([features(hit) for hit in question.hits]) / SCALE)[:, 1]
    return float(sure.max()), question.right[int(sure.argmax())]


def cross_validated(questions: list[Question]) -> tuple[float, float]:
    """Over ten folds: the share of answerable questions whose first guide is right, and the log loss."""
    guesses, rights = np.zeros(len(questions)), np.zeros(len(questions), dtype=bool)
    for train, test in GroupKFold(10).split(questions, groups=[q.cluster for q in questions]):
        model = fitted([questions[i] for i in train])
        for i in test:
            guesses[i], rights[i] = preferred(questions[i], model)
    answerable = [any(question.right) for question in questions]
    loss = log_loss(rights, guesses, sample_weight=[question.weight for question in questions])
    return float(rights[answerable].mean()), float(loss)


def main() -> None:
    """Fit, cross-validate, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--catalogue", type=Path, default=Path("../shared/data/gd_catalogue"))
    args = parser.parse_args()
    assistant = build_assistant(read_settings())
    questions = [*asked_by_people(assistant), *strangers(assistant, args.catalogue)]
    hit, loss = cross_validated(questions)
    model = fitted(questions)
    weights = ", ".join(f"{value:.2f}" for value in model.coef_[0] / SCALE)
    sys.stdout.write(f"n = {len(questions)}；首位对的 {hit:.4f}；十折对数损失 {loss:.4f}\n")
    sys.stdout.write(f"INTERCEPT = {model.intercept_[0]:.2f}\nWEIGHTS = ({weights})\n")


if __name__ == "__main__":
    main()
