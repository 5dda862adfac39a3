"""Fits how likely a message speaks of danger to life, or of what is declined, and writes `assistant/safety/*.json`.

    python -m bench.fit_hearing danger|declined

Examples are `assistant/safety/*_examples.jsonl`, every message of the dev service questions, and the library's own words. Ten-fold
cross-validation keeps whole situations (and questions about one guide) on one side. The threshold is the lowest, so the
one of the highest recall, at which at most `ON_SERVICES` of the service questions and `ON_LOOK_ALIKES` of the written
look-alikes raise an alarm; prints what that hears, with intervals.
"""

import argparse
import sys
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedGroupKFold
from sklearn.preprocessing import normalize

from assistant.config import read_settings
from assistant.safety.hearing import (
    DANGER,
    DECLINED,
    Example,
    GramRegression,
    HearingModel,
    Subject,
    VectorRegression,
    any_of,
    grams,
)  # fmt: skip
from assistant.safety.privacy import mask
from assistant.understanding.cleaning import simplify
from evals.sample import NAMES, load_suite, read_lines
from evals.stats import proportion
from knowledge.index.embedding import open_embedder
from knowledge.model import Library
from knowledge.sources.library import LIBRARY, load_library

ON_SERVICES, ON_LOOK_ALIKES = 0.005, 0.05  # half of the 1 % allowed: dev questions flatter
RARE, GRAM_SCALE, VECTOR_SCALE = (
    3,
    3.0,
    12.0,
)  # a gram of fewer messages is left out; scaled so that the penalty is fair
GRAM_C, VECTOR_C, FOLDS, SEED = 1.0, 0.1, 10, 1
Rows = NDArray[np.float64]


class Set(NamedTuple):
    """The messages (n,), the class of each (the place among the kinds, or `none`), its group, and whether it asks for a service."""

    texts: tuple[str, ...]
    classes: NDArray[np.int64]
    groups: tuple[str, ...]
    service: NDArray[np.bool_]
    none: int


class Fitted(NamedTuple):
    """Log-odds of each kind against none: intercepts (kinds,) and weights (features, kinds)."""

    intercepts: Rows
    weights: Rows


def services(subject: Subject) -> Iterator[Example]:
    """Every message of the dev questions, but for those that should raise the alarm."""
    for case in (c for name in NAMES for c in load_suite(name).cases):
        if case.split == "dev":
            turns = case.turns[:-1] if case.expect.reason in subject.reasons else case.turns
            yield from (Example(alarm=None, group=f"service:{case.cluster}", text=turn) for turn in turns)


def ordinary(library: Library) -> Iterator[Example]:
    """How people call the services of the library, and the answers that its questions offer."""
    for guide in library.guides:
        for text in (guide.name, *guide.aliases, *guide.sayings):
            yield Example(alarm=None, group=f"service:{guide.item_id}", text=text)
    for fact in library.facts:
        yield from (Example(alarm=None, group=f"service:{fact.fact_id}", text=label) for _, label in fact.options)


def gathered(subject: Subject) -> Set:
    """Examples and service questions as the guard sees them, each text once."""
    seen: dict[str, Example] = {}
    for example in (*read_lines(subject.examples_file, Example), *services(subject), *ordinary(load_library(LIBRARY))):
        seen.setdefault(simplify(mask(example.text).text.strip()), example)
    examples = list(seen.values())
    none = len(subject.kinds)
    classes = [subject.kinds.index(e.alarm) if e.alarm else none for e in examples]
    service = [e.group.startswith("service:") for e in examples]
    return Set(tuple(seen), np.array(classes), tuple(e.group for e in examples), np.array(service), none)


def fitted(rows: Any, classes: NDArray[np.int64], penalty: float, scale: float) -> Fitted:
    """The regression on rows of features that are scaled for the penalty; the weights are for features as they are."""
    model = LogisticRegression(C=penalty, max_iter=3000).fit(rows * scale, classes)
    weights = (model.coef_[:-1] - model.coef_[-1]).T * scale
    return Fitted(model.intercept_[:-1] - model.intercept_[-1], weights)


def on_grams(data: Set, train: NDArray[np.int64]) -> tuple[Fitted, CountVectorizer]:
    """The regression on the grams of some messages, and what counts them."""
    counter = CountVectorizer(analyzer=grams, min_df=RARE, binary=True)
    rows = normalize(counter.fit_transform([data.texts[i] for i in train]))
    return fitted(rows, data.classes[train], GRAM_C, GRAM_SCALE), counter


def on_vectors(data: Set, vectors: Rows, train: NDArray[np.int64]) -> Fitted:
    """The regression on the vectors of some messages, (n, dimension); they lie close together, so about their mean."""
    centre = vectors[train].mean(axis=0)
    about = fitted(vectors[train] - centre, data.classes[train], VECTOR_C, VECTOR_SCALE)
    return Fitted(about.intercepts - centre @ about.weights, about.weights)


def cross_validated(data: Set, vectors: Rows) -> tuple[Rows, Rows]:
    """Log-odds (n, kinds) of every message from the folds without its group: by grams alone, and by both."""
    alone, together = np.zeros((len(data.texts), data.none)), np.zeros((len(data.texts), data.none))
    folds = StratifiedGroupKFold(FOLDS, shuffle=True, random_state=SEED)
    for train, test in folds.split(vectors, data.classes < data.none, data.groups):
        by_grams, counter = on_grams(data, train)
        by_vector = on_vectors(data, vectors, train)
        rows = normalize(counter.transform([data.texts[i] for i in test]))
        alone[test] = by_grams.intercepts + rows @ by_grams.weights
        together[test] = (alone[test] + by_vector.intercepts + vectors[test] @ by_vector.weights) / 2
    return alone, together


def threshold(likely: Rows, data: Set) -> float:
    """The lowest that keeps both kinds of false alarm within bounds."""
    calm = data.classes == data.none
    limits = (np.quantile(likely[calm & which], 1 - bound, method="higher") for which, bound in (
        (data.service, ON_SERVICES), (~data.service, ON_LOOK_ALIKES)
    ))  # fmt: skip
    return round(float(max(limits)), 3)


def told(name: str, odds: Rows, data: Set) -> float:
    """Print what the cross-validated log-odds hear at their threshold; that threshold."""
    likely = np.array([any_of(row) for row in odds])
    limit, crisis = threshold(likely, data), data.classes < data.none
    parts = {"召回": crisis, "办事误触": data.service & ~crisis, "相似话误触": ~data.service & ~crisis}
    shown = "，".join(f"{part} {proportion(list(likely[w] > limit), [data.groups[i] for i in np.flatnonzero(w)])}" for part, w in parts.items())  # fmt: skip
    heard = crisis & (likely > limit)
    right = (odds.argmax(axis=1) == data.classes)[heard].mean()
    sys.stdout.write(f"{name}：门槛 {limit}，{shown}；听出的里种类对的 {right:.3f}\n")
    return limit


def gram_part(fit: Fitted, counter: CountVectorizer, limit: float) -> GramRegression:
    """As the model file holds it."""
    weights = {gram: _rounded(fit.weights[column], 2) for gram, column in sorted(counter.vocabulary_.items())}
    return GramRegression(intercepts=_rounded(fit.intercepts, 3), threshold=limit, weights=weights)


def vector_part(fit: Fitted, limit: float, digest: str) -> VectorRegression:
    """As the model file holds it."""
    rows = tuple(_rounded(row, 3) for row in fit.weights)
    return VectorRegression(intercepts=_rounded(fit.intercepts, 3), threshold=limit, model_digest=digest, weights=rows)


def _rounded(values: Rows, digits: int) -> tuple[float, ...]:
    return tuple(round(float(value), digits) for value in values)


def main() -> None:
    """Fit, cross-validate, print, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("subject", choices=[subject.name for subject in (DANGER, DECLINED)])
    name = parser.parse_args().subject
    subject = next(subject for subject in (DANGER, DECLINED) if subject.name == name)
    settings = read_settings()
    embedder = open_embedder(settings.embedding, settings.model_dir)
    data = gathered(subject)
    vectors = embedder.embed_queries(data.texts).astype(np.float64)
    sys.stdout.write(f"该听出的 {(data.classes < data.none).sum()}，相似话 {((data.classes == data.none) & ~data.service).sum()}，办事的话 {data.service.sum()}\n")  # fmt: skip
    alone, together = cross_validated(data, vectors)
    by_words, by_both = told("只凭字词", alone, data), told("字词和向量", together, data)
    everything = np.arange(len(data.texts))
    model = HearingModel(
        grams=gram_part(*on_grams(data, everything), by_words),
        vector=vector_part(on_vectors(data, vectors, everything), by_both, embedder.model_digest),
    )
    subject.model_file.write_text(model.model_dump_json() + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
