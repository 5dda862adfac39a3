"""How likely a message speaks of present danger to life, or of what is declined, and of which kind.

For each of the two subjects two multinomial logistic regressions, one on the message's characters, one on its query
vector, fitted by `bench/fit_hearing.py` on the examples beside this file and the dev service questions; their log-odds
are averaged. Without the embedding model that the second was fitted with, the first judges alone.
"""

from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from assistant.model import RefusalReason
from assistant.safety.alarm import Alarm
from knowledge.model import Frozen

Vector = NDArray[np.float32]
Odds = NDArray[np.float64]  # (kinds,): log-odds of each kind against none


class Subject(NamedTuple):
    """What is listened for, its kinds, and why a reply to it is refused."""

    name: str
    kinds: tuple[Alarm, ...]
    reasons: tuple[RefusalReason, ...]

    @property
    def model_file(self) -> Path:
        """Where the fitted regressions are."""
        return Path(__file__).with_name(f"{self.name}.json")

    @property
    def examples_file(self) -> Path:
        """Where the examples are, one JSON a line."""
        return Path(__file__).with_name(f"{self.name}_examples.jsonl")


DANGER = Subject("danger", (Alarm.DESPAIR, Alarm.VIOLENCE, Alarm.FIRE, Alarm.MEDICAL), (RefusalReason.CRISIS,))
DECLINED = Subject("declined", (Alarm.UNSAFE, Alarm.ACCOUNT), (RefusalReason.UNSAFE, RefusalReason.ACCOUNT_DATA))


class Example(Frozen):
    """A message, the alarm that it raises, and the situation it was written for."""

    alarm: Alarm | None
    group: str
    text: str


class Regression(Frozen):
    """Log-odds of each kind against none: an intercept each, and a row of weights for each feature."""

    intercepts: tuple[float, ...]
    threshold: float  # of the probability of any kind, where this regression judges alone


class GramRegression(Regression):
    """On the characters and pairs of characters of a message."""

    weights: dict[str, tuple[float, ...]]


class VectorRegression(Regression):
    """On the query vector of a message; `threshold` is that of both regressions together."""

    model_digest: str
    weights: tuple[tuple[float, ...], ...]


class HearingModel(Frozen):
    """The two fitted regressions."""

    grams: GramRegression
    vector: VectorRegression


class Judgement(NamedTuple):
    """The probability of any kind, whether it is enough for an alarm, and the likeliest kind."""

    probability: float
    enough: bool
    kind: Alarm


@cache
def load_model(subject: Subject) -> HearingModel:
    """The fitted regressions, as shipped."""
    return HearingModel.model_validate_json(subject.model_file.read_bytes())


@cache
def _vector_weights(subject: Subject) -> Odds:
    return np.array(load_model(subject).vector.weights)


def fits(model_digest: str) -> bool:
    """Whether the vectors of an embedding model are those that the regressions were fitted on."""
    return {model_digest} == {load_model(subject).vector.model_digest for subject in (DANGER, DECLINED)}


def grams(text: str) -> frozenset[str]:
    """The characters and pairs of characters of a message, without spaces and punctuation."""
    letters = "".join(c for c in text.casefold() if c.isalnum())
    return frozenset(letters) | frozenset(a + b for a, b in zip(letters, letters[1:], strict=False))


def gram_odds(text: str, fitted: GramRegression) -> Odds:
    """Log-odds of each kind, from the known characters and pairs of a message, each counting the same."""
    known = [fitted.weights[gram] for gram in grams(text) if gram in fitted.weights]
    odds: Odds = np.array(fitted.intercepts) + np.reshape(known, (-1, len(fitted.intercepts))).sum(axis=0) / np.sqrt(
        len(known) or 1
    )
    return odds


def judge(subject: Subject, text: str, vector: Vector | None) -> Judgement:
    """How a simplified message with this query vector (384,) sounds; without a vector, by its characters alone."""
    model = load_model(subject)
    odds, threshold = gram_odds(text, model.grams), model.grams.threshold
    if vector is not None:
        odds = (odds + model.vector.intercepts + vector @ _vector_weights(subject)) / 2
        threshold = model.vector.threshold
    probability = any_of(odds)
    return Judgement(probability, probability > threshold, subject.kinds[int(odds.argmax())])


def any_of(odds: Odds) -> float:
    """The probability of any kind at these log-odds."""
    return float(1 - 1 / (1 + np.exp(odds).sum()))
