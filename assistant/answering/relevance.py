"""Which sentences of a guide speak to the very words of a question (要户口本不, 爷爷能去领吗)."""

import math
from collections import Counter
from collections.abc import Callable, Sequence

from knowledge.model import Guide
from knowledge.sentences import Sentence

WordsOf = Callable[[str], frozenset[str]]
ENOUGH = 2.0  # nats of shared information from which a sentence counts as speaking to the question


def relevance(question: str, guide: Guide, pool: Sequence[Sentence], words_of: WordsOf) -> dict[Sentence, float]:
    """Shared information (idf within the guide, nats) between the question and each sentence.

    Words by which the guide itself is called tell nothing apart and count for nothing.
    """
    sayings = Counter(word for saying in guide.sayings for word in words_of(saying))
    own = words_of("。".join([guide.name, *guide.aliases])) | {word for word, count in sayings.items() if count >= 2}
    asked = words_of(question) - own
    words = {sentence: words_of(sentence.text) for sentence in pool}
    holders = Counter(token for tokens in words.values() for token in tokens)
    n = len(pool)
    return {s: sum(math.log((n + 1) / holders[token]) for token in asked & tokens) for s, tokens in words.items()}


def speaking_to(scores: dict[Sentence, float], most: int) -> tuple[Sentence, ...]:
    """The sentences that speak to the question, best first, at most `most`."""
    ranked = sorted(scores, key=lambda sentence: -scores[sentence])
    best = scores[ranked[0]] if ranked else 0.0
    return tuple(s for s in ranked[:most] if scores[s] >= max(ENOUGH, best / 2))
