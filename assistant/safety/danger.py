"""How likely a message speaks of present danger to life, and of which kind.

Two multinomial logistic regressions, one on the message's characters, one on its query vector, fitted by
`bench/fit_danger.py` on `danger_examples.jsonl` and the dev service questions; their log-odds are averaged. Without the
embedding model that the second was fitted with, the first judges alone.
"""

from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from assistant.safety.alarm import Alarm
from knowledge.model import Frozen

MODEL_FILE = Path(__file__).with_name("danger.json")
EXAMPLES_FILE = Path(__file__).with_name("danger_examples.jsonl")
KINDS = (Alarm.DESPAIR, Alarm.VIOLENCE, Alarm.FIRE, Alarm.MEDICAL)

Vector = NDArray[np.float32]
Odds = NDArray[np.float64]  # (4,): log-odds of each kind against none


class Example(Frozen):
    """A message, the danger that it speaks of, and the situation it was written for."""

    alarm: Alarm | None
    group: str
    text: str


class Regression(Frozen):
    """Log-odds of each kind against none: an intercept each, and a row of weights for each feature."""

    intercepts: tuple[float, ...]
    threshold: float  # of the probability of any danger, where this regression judges alone


class GramRegression(Regression):
    """On the characters and pairs of characters of a message."""

    weights: dict[str, tuple[float, ...]]


class VectorRegression(Regression):
    """On the query vector of a message; `threshold` is that of both regressions together."""

    model_digest: str
    weights: tuple[tuple[float, ...], ...]


class DangerModel(Frozen):
    """The two fitted regressions."""

    grams: GramRegression
    vector: VectorRegression


class Judgement(NamedTuple):
    """The probability of any danger, whether it is enough for an alarm, and the likeliest kind."""

    probability: float
    enough: bool
    kind: Alarm


@cache
def load_model() -> DangerModel:
    """The fitted regressions, as shipped."""
    return DangerModel.model_validate_json(MODEL_FILE.read_bytes())


@cache
def _vector_weights() -> Odds:
    return np.array(load_model().vector.weights)


def fits(model_digest: str) -> bool:
    """Whether the vectors of an embedding model are those that the regression was fitted on."""
    return model_digest == load_model().vector.model_digest


def grams(text: str) -> frozenset[str]:
    """The characters and pairs of characters of a message, without spaces and punctuation."""
    letters = "".join(c for c in text.casefold() if c.isalnum())
    return frozenset(letters) | frozenset(a + b for a, b in zip(letters, letters[1:], strict=False))


def gram_odds(text: str, fitted: GramRegression) -> Odds:
    """Log-odds of each kind, from the known characters and pairs of a message, each counting the same."""
    known = [fitted.weights[gram] for gram in grams(text) if gram in fitted.weights]
    odds: Odds = np.array(fitted.intercepts) + np.reshape(known, (-1, len(KINDS))).sum(axis=0) / np.sqrt(
        len(known) or 1
    )
    return odds


def judge(text: str, vector: Vector | None) -> Judgement:
    """How a simplified message with this query vector (384,) sounds; without a vector, by its characters alone."""
    model = load_model()
    odds, threshold = gram_odds(text, model.grams), model.grams.threshold
    if vector is not None:
        odds = (odds + model.vector.intercepts + vector @ _vector_weights()) / 2
        threshold = model.vector.threshold
    probability = danger_of(odds)
    return Judgement(probability, probability > threshold, KINDS[int(odds.argmax())])


def danger_of(odds: Odds) -> float:
    """The probability of any danger at these log-odds."""
    return float(1 - 1 / (1 + np.exp(odds).sum()))
