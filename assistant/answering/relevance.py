"""Which sentences of a guide answer a question, whatever their fields: a conditional logit over all that it says."""

import math
import re
from collections import Counter
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from assistant.understanding.fields import units_asked, wants_number
from knowledge.model import FieldName, Guide
from knowledge.quantities import read_values
from knowledge.sentences import Sentence

WordsOf = Callable[[str], frozenset[str]]
_HOW = re.compile("咋|怎么|怎样|如何|[想要]办|流程")
Closeness = Callable[[str, Sequence[str]], NDArray[np.float32] | None]
ENOUGH = 2.0  # nats of shared information below which a guide says nothing of a question's words
LIKELY, MOST = 0.05, 5  # a sentence leads an answer from this probability on, at most so many


class Sense(NamedTuple):
    """How texts are compared: the words of each; the cosines of sentences to a question, None when nothing embeds."""

    words_of: WordsOf
    closeness: Closeness


NO_SENSE = Sense(lambda text: frozenset(), lambda question, sentences: None)  # nothing is compared: the fields decide


class Evidence(NamedTuple):
    """What speaks for a sentence."""

    words: (
        float  # the information in the words it shares with the question, over the most that any sentence shares, 0..1
    )
    sense: float  # its cosine to the question, in standard deviations over the guide; 0 where unknown
    asked: float  # its field is asked for
    first: float  # ... before any other
    spoken: float  # it stands in an asked field, or in the neighbour that speaks for one
    unit: float  # it holds a value in a unit asked for
    no_unit: float  # ... holds none, though a unit is asked for
    figure: float  # it holds a value, and a figure is asked for
    no_figure: float  # ... holds none, though one is


# By bench/fit_sentences.py on the dev split; see DECISIONS.md.
WEIGHTS = Evidence(
    words=1.93, sense=1.26, asked=1.00, first=1.83, spoken=1.36, unit=1.46, no_unit=-1.46, figure=1.85, no_figure=-1.85
)


class Question(NamedTuple):
    """What is asked of a guide: the words, the fields heard in them, and the sentences that those fields say."""

    text: str
    fields: tuple[FieldName, ...]
    spoken: frozenset[Sentence]


def answering(question: Question, guide: Guide, pool: Sequence[Sentence], sense: Sense) -> tuple[Sentence, ...]:
    """The sentences that answer a question, the likeliest first, at most `MOST`; none where nothing is asked."""
    if not question.text or not pool:
        return ()
    scores = np.array(evidence(question, guide, pool, sense)) @ np.array(WEIGHTS)
    chances = np.exp(scores - scores.max())
    chances /= chances.sum()
    order = np.argsort(-chances, kind="stable")[:MOST]
    return tuple(pool[i] for i in order if chances[i] >= LIKELY)


def evidence(question: Question, guide: Guide, pool: Sequence[Sentence], sense: Sense) -> list[Evidence]:
    """The evidence for each sentence of a guide."""
    shared = relevance(question.text, guide, pool, sense.words_of)
    most = max(shared)
    standing = _standing(sense.closeness(question.text, [s.text for s in pool]), len(pool))
    units, figure = units_asked(question.text), wants_number(question.text)

    def of(sentence: Sentence, words: float, near: float) -> Evidence:
        said = {value.unit for value in read_values(sentence.text)}
        return Evidence(
            words=words / most if most > ENOUGH else 0.0,
            sense=near,
            asked=float(sentence.field in question.fields),
            first=float(sentence.field in question.fields[:1]),
            spoken=float(sentence in question.spoken),
            unit=float(not units.isdisjoint(said)),
            no_unit=float(bool(units) and units.isdisjoint(said)),
            figure=float(figure and bool(said)),
            no_figure=float(figure and not said),
        )

    return [of(*each) for each in zip(pool, shared, standing, strict=True)]


def relevance(question: str, guide: Guide, pool: Sequence[Sentence], words_of: WordsOf) -> list[float]:
    """Shared information (idf within the guide, nats) between the question and each sentence.

    Words by which the guide itself is called tell nothing apart and count for nothing.
    """
    asked = words_of(question) - _own(guide, words_of)
    words = [words_of(sentence.text) for sentence in pool]
    holders = Counter(token for tokens in words for token in tokens)
    return [sum(math.log((len(pool) + 1) / holders[token]) for token in asked & tokens) for tokens in words]


def introduces(question: str, guide: Guide, words_of: WordsOf) -> bool:
    """Whether a question names the matter of a guide, or asks how it goes: it wants to hear of the whole of it."""
    return bool(_HOW.search(question) or words_of(question) & _own(guide, words_of))


def _own(guide: Guide, words_of: WordsOf) -> frozenset[str]:
    """The words by which a guide is called."""
    sayings = Counter(word for saying in guide.sayings for word in words_of(saying))
    named = words_of("。".join([guide.name, *guide.aliases]))
    return named | {word for word, count in sayings.items() if count >= 2}


def _standing(cosines: NDArray[np.float32] | None, n: int) -> list[float]:
    """Cosines in standard deviations from their mean; 0 where unknown, or where all are the same."""
    if cosines is None or np.isnan(cosines).all():
        return [0.0] * n
    spread = float(np.nanstd(cosines)) or 1.0
    return [float(z) for z in np.nan_to_num((cosines - np.nanmean(cosines)) / spread)]
