"""Fits the confidence that the first hit is the item asked for, on the dev split and names of items that the library lacks.

    python -m bench.fit_confidence [--catalogue FOLDER]

Logistic regression on `assistant.decide.Evidence`. Real item names that no guide of ours covers count a third each: they
are many, and nobody asks like that. Prints the weights for `assistant/decide.py` and the log loss by ten-fold
cross-validation, folds drawn by case cluster, so that questions about one guide are never on both sides.
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
from sklearn.model_selection import GroupKFold, cross_val_predict

from assistant.assistant import Assistant
from assistant.build import build_assistant
from assistant.config import read_settings
from assistant.decide import Evidence, evidence, features
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


class Row(NamedTuple):
    """One question: the evidence on its first hit, whether that is right, its weight and cluster."""

    seen: Evidence
    right: bool
    weight: float
    cluster: str


def top_hit(assistant: Assistant, question: str) -> tuple[Evidence, str] | None:
    """The evidence on a question's first hit and its item; None where no search decides."""
    generation = assistant.generation
    read = understand(generation.spelling.mend(question), Focus(), assistant.catalog)
    if inspect(question) or read.elsewhere or is_off_topic(read.query):
        return None
    found = generation.retriever.search(read.query, ROOT_ADCODE, AS_OF, 8)
    hit = next((hit for hit in found.kept if not hit.key.startswith("theme:")), None)
    words_of = generation.retriever.tokenize.words
    return (evidence(read.query, hit, found.uncovered, assistant.catalog, words_of), item_of(hit.key)) if hit else None


def asked(assistant: Assistant) -> list[Row]:
    """The single questions of the dev split that a guide answers or none does."""
    rows = []
    for case in (c for name in ("retrieval", "answer", "refusal") for c in load_suite(name).cases):
        unanswerable = case.expect.reason in {"no_knowledge", "out_of_scope"}
        if case.split != "dev" or not (unanswerable or (case.expect.items and case.expect.reason is None)):
            continue
        if seen := top_hit(assistant, case.turns[0]):
            cluster = case.case_id if unanswerable else case.cluster
            rows.append(Row(seen[0], seen[1] in case.expect.items, 1.0, cluster))
    return rows


def strangers(assistant: Assistant, catalogue: Path) -> list[Row]:
    """Questions after real items of another catalogue that no guide of ours covers."""
    lines = (catalogue / "items.jsonl").read_text(encoding="utf-8").splitlines()
    names = sorted({json.loads(line)["TASK_NAME"] for line in lines})
    random.Random(1).shuffle(names)
    foreign = [name for name in names if len(name) <= LONGEST_NAME and not OURS.search(name)][:STRANGERS]
    questions = [ASKED[number % len(ASKED)].format(name) for number, name in enumerate(foreign)]
    return [Row(seen[0], False, STRANGER_WEIGHT, q) for q in questions if (seen := top_hit(assistant, q))]


def main() -> None:
    """Fit, cross-validate, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--catalogue", type=Path, default=Path("../shared/data/gd_catalogue"))
    args = parser.parse_args()
    assistant = build_assistant(read_settings())
    rows = [*asked(assistant), *strangers(assistant, args.catalogue)]
    seen = np.array([features(row.seen) for row in rows])
    scale = np.array([0.01, 1, 1, 1])  # a step of 0.01 in cosine is as large as the whole of the others
    right, weight = np.array([row.right for row in rows]), np.array([row.weight for row in rows])
    model = LogisticRegression(C=3.0, max_iter=1000)
    guessed = cross_val_predict(
        model, seen / scale, right, groups=[row.cluster for row in rows], cv=GroupKFold(10),
        params={"sample_weight": weight}, method="predict_proba",
    )[:, 1]  # fmt: skip
    model.fit(seen / scale, right, sample_weight=weight)
    loss = log_loss(right, guessed, sample_weight=weight)
    weights = ", ".join(f"{value:.2f}" for value in model.coef_[0] / scale)
    sys.stdout.write(f"n = {len(rows)}，对的 {int(right.sum())}；十折对数损失 {loss:.4f}\n")
    sys.stdout.write(f"INTERCEPT = {model.intercept_[0]:.2f}\nWEIGHTS = ({weights})\n")


if __name__ == "__main__":
    main()
