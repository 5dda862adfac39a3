"""A text cut into stretches, each claim with the words around it: what it takes to see that two texts speak of the same thing."""

import itertools
import re
from collections.abc import Iterator, Sequence
from functools import lru_cache, partial
from typing import NamedTuple, Self

from assistant.answering.claims import Claim, Vocabulary, read_claims
from knowledge.bounds import BOUND_WORDS
from knowledge.quantities import normalize

_END = re.compile(r"[。!\n]+|[;?]+(?![A-Za-z0-9=&%])")  # a mark inside a link ends nothing
_QUALIFIERS = re.compile(rf"{BOUND_WORDS.pattern}|(?:/|每)[一-鿿](?=[^一-鿿]|$)")
_SILENT = re.compile(r"[^\w]|_")
_LIST_NUMBER = re.compile(r"^\d+\.(?=\D)")
DAMPING = 3
Surroundings = frozenset[tuple[str, str]]  # pairs of neighbouring tokens


class Segment(NamedTuple):
    """A stretch of text up to a full stop or semicolon."""

    text: str  # as compared: no spaces, no list number, no final mark
    plain: str  # normalised

    @classmethod
    def of(cls, plain: str) -> Self:
        """The segment of a normalised stretch."""
        return cls(_LIST_NUMBER.sub("", re.sub(r"\s", "", plain)).rstrip("。;!?:"), plain)


class Reader:
    """Texts → segments and their claims, each distinct one read once."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.claims = lru_cache(maxsize=1 << 15)(partial(read_claims, vocabulary=vocabulary))
        self.segments = lru_cache(maxsize=1 << 15)(_segments)


def _segments(text: str) -> tuple[Segment, ...]:
    plain = normalize(text)
    cuts = [0, *(m.end() for m in _END.finditer(plain)), len(plain)]
    stretches = (plain[a:b] for a, b in itertools.pairwise(cuts))
    return tuple(Segment.of(stretch) for stretch in stretches if stretch.strip())


def parts(segment: Segment) -> Iterator[tuple[Segment, Segment]]:
    """The segment cut in two behind each of its colons: a heading and what stands under it."""
    for m in re.finditer(":(?!//)", segment.plain):
        yield Segment.of(segment.plain[: m.end()]), Segment.of(segment.plain[m.end() :])


def around(plain: str, claims: Sequence[Claim], target: Claim) -> Surroundings:
    """The surroundings of a claim in a whole stretch of text."""
    return _pairs(plain, claims, target, (0, len(plain)))


def windows(plain: str, claims: Sequence[Claim], target: Claim, marks: str) -> Iterator[Surroundings]:
    """The surroundings of a claim in each part of a stretch that begins and ends at one of the marks; longest first."""
    cuts = [i for i, c in enumerate(plain) if c in marks and all(not k.start <= i < k.end for k in claims)]
    starts = [0, *(i + 1 for i in cuts if i < target.start)]
    ends = [len(plain), *(i for i in cuts if i >= target.end)]
    for span in sorted(itertools.product(starts, ends), key=lambda span: span[0] - span[1]):
        yield _pairs(plain, claims, target, span)


def _pairs(plain: str, claims: Sequence[Claim], target: Claim, span: tuple[int, int]) -> Surroundings:
    """Neighbours, and the claims that stand with the target; the words that bound a value belong to it and are left out."""
    tokens: list[str] = []
    beside: list[tuple[str, str]] = []
    at, end = span
    for claim in claims:
        if at <= claim.start < end:
            tokens += _words(plain[at : claim.start])
            tokens.append("◆" if claim is target else f"{claim.kind}:{claim.key}")
            beside += [] if claim is target else [("beside", tokens[-1])]
            at = claim.end
    tokens += _words(plain[at:end])
    return frozenset((*itertools.pairwise(tokens), *beside))


@lru_cache(maxsize=1 << 15)
def _words(text: str) -> str:
    return _SILENT.sub("", _QUALIFIERS.sub("", text))


def similarity(ours: Surroundings, theirs: Surroundings) -> float:
    """Dice coefficient of two surroundings, 0..1, damped where little is shared at all; 1 only if they are the same."""
    if ours == theirs:
        return 1.0
    return 2 * len(ours & theirs) / (len(ours) + len(theirs) + DAMPING)
