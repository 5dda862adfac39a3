"""Checks a text against typed evidence: each claim is supported, contradicted or not in the source, with the clause.

A claim is held against the sentence of the evidence that speaks of the same thing in the most similar words. The surer
that alignment, the less any other sentence can vouch for the claim: 20年 of one age group is no support for another's.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

from assistant.answering.claims import Claim, Kind
from assistant.answering.segments import Reader, Segment, Surroundings, around, parts, similarity, windows
from knowledge.bounds import Bound
from knowledge.quantities import TIMES

ALIGNED = 0.5  # similarity from which a sentence of the evidence is taken to speak of the same thing


class Verdict(StrEnum):
    """What a source says of a claim."""

    SUPPORTED = "supported"
    CONTRADICTED = "contradicted"
    NOT_IN_SOURCE = "not_in_source"


class Passage(NamedTuple):
    """One sentence of a source and what it rests on: clause refs, or the guide's field where no clause is named."""

    text: str
    refs: tuple[str, ...]


class Checked(NamedTuple):
    """One claim with its verdict: where it stands, or what the source gives instead."""

    claim: Claim
    verdict: Verdict
    refs: tuple[str, ...] = ()
    given: str = ""


class Verification(NamedTuple):
    """All claims of a text, in order."""

    claims: tuple[Checked, ...]

    @property
    def unsupported(self) -> tuple[Checked, ...]:
        """What may not be shown."""
        return tuple(c for c in self.claims if c.verdict is not Verdict.SUPPORTED)

    @property
    def supported(self) -> bool:
        """Whether the whole text may be shown."""
        return not self.unsupported


class Partner(NamedTuple):
    """A claim of the evidence with its surroundings and refs."""

    claim: Claim
    around: Surroundings
    refs: tuple[str, ...]


class Evidence:
    """Passages ready to be checked against; several can be put together at no cost."""

    def __init__(self, passages: Iterable[Passage], reader: Reader, parts: tuple["Evidence", ...] = ()) -> None:
        self.reader = reader
        self._parts = parts
        self._refs: dict[Segment, tuple[str, ...]] = {}
        for passage in passages:
            for segment in reader.segments(passage.text):
                self._refs.setdefault(segment, passage.refs)
        self._texts = {segment.text: refs for segment, refs in self._refs.items()}

    def said(self, segment: Segment) -> tuple[str, ...] | None:
        """The refs of a segment that stands in the evidence word for word; None otherwise."""
        own = self._texts.get(segment.text)
        return own or next((refs for part in self._parts if (refs := part.said(segment))), None)

    def says(self, text: str) -> bool:
        """Whether a text stands in the evidence word for word."""
        return all(self.said(segment) for segment in self.reader.segments(text))

    @cached_property
    def _partners(self) -> dict[Kind, list[Partner]]:
        found: dict[Kind, list[Partner]] = defaultdict(list)
        for segment, refs in self._refs.items():
            claims = self.reader.claims(segment.plain)
            for claim in claims:
                found[claim.kind].append(Partner(claim, around(segment.plain, claims, claim), refs))
        return found

    def partners(self, kind: Kind) -> Iterator[Partner]:
        """Every claim of a kind."""
        yield from self._partners.get(kind, ())
        for part in self._parts:
            yield from part.partners(kind)


def verify(text: str, evidence: Evidence) -> Verification:
    """Check every claim of a text against its evidence."""
    return Verification(tuple(c for segment in evidence.reader.segments(text) for c in _checked(segment, evidence)))


def _checked(segment: Segment, evidence: Evidence) -> list[Checked]:
    """What stands in the evidence word for word, also under a heading, is supported; each other claim is aligned."""
    claims = evidence.reader.claims(segment.plain)
    if refs := evidence.said(segment):
        return [Checked(claim, Verdict.SUPPORTED, refs) for claim in claims]
    if under := next((pair for pair in parts(segment) if evidence.said(pair[1])), None):
        return [checked for part in under for checked in _checked(part, evidence)]
    return [_check(segment, claim, evidence) for claim in claims]


def _check(segment: Segment, claim: Claim, evidence: Evidence) -> Checked:
    """Align a claim with the evidence and compare it to what stands there; a judgement stands there word for word or not."""
    if claim.kind is Kind.JUDGEMENT:
        return Checked(claim, Verdict.NOT_IN_SOURCE)
    scored = _aligned(segment, claim, evidence)
    best = max((score for score, _ in scored), default=0.0)
    least = best - (1 - best) / 2 if best >= ALIGNED else best / 2 if _is_money(claim) else 0.0
    for score, partner in scored:
        if score >= least and agrees(claim, partner.claim):
            return Checked(claim, Verdict.SUPPORTED, partner.refs)
    if given := _instead(claim, scored, best):
        return Checked(claim, Verdict.CONTRADICTED, given.refs, given.claim.text)
    return Checked(claim, Verdict.NOT_IN_SOURCE)


def _aligned(segment: Segment, claim: Claim, evidence: Evidence) -> list[tuple[float, Partner]]:
    """Each claim of the evidence with its similarity, in the stretch or under a heading; in a mere part only if it is the same."""
    partners = tuple(evidence.partners(claim.kind))
    claims = evidence.reader.claims(segment.plain)
    found: list[tuple[float, Partner]] = []
    best = -1.0
    for marks, least in (("", 0.0), (":", 0.0), (":,", 1.0)) if partners else ():
        for seen in windows(segment.plain, claims, claim, marks):
            scored = [(similarity(seen, partner.around), partner) for partner in partners]
            top = max(score for score, _ in scored)
            if top > best and top >= least:
                found, best = scored, top
            if best == 1:
                return found
    return found


def _instead(claim: Claim, scored: list[tuple[float, Partner]], best: float) -> Partner | None:
    """What the source gives for the same thing: the aligned claim of the same measure, or the nearest in the same unit."""
    same = [(score, p) for score, p in scored if _family(p.claim) == _family(claim)]
    score, partner = max(same, key=lambda pair: pair[0], default=(0.0, None))
    if partner is None:
        return None
    unit = claim.value is not None and partner.claim.value is not None and claim.value.unit == partner.claim.value.unit
    return partner if score >= ALIGNED / 2 or (unit and score == best) else None


def _is_money(claim: Claim) -> bool:
    """Whether a claim is an amount, for which mere presence anywhere in the evidence is never enough."""
    return claim.value is not None and claim.value.unit in ("元", "%")


def _family(claim: Claim) -> str:
    if claim.value is None:
        return claim.kind
    return "time" if claim.value.unit in TIMES or claim.value.unit.startswith("当") else claim.value.unit


def agrees(claim: Claim, source: Claim) -> bool:
    """Whether the source's claim vouches for ours: the same, or ours says a little less."""
    if claim.value is None or source.value is None:
        return claim.key == source.key
    ours, theirs = claim.value, source.value
    if ours.measure != theirs.measure or (ours.per and theirs.per and ours.per != theirs.per):
        return False
    if ours.role != theirs.role and (ours.role == "承诺" or (ours.role and theirs.role)):
        return False
    if ours.bound is theirs.bound:
        return True
    lenient = ours.unit in TIMES or ours.unit == "岁"
    if ours.bound is Bound.EXACT:
        return lenient and theirs.bound in (Bound.AT_LEAST, Bound.AT_MOST)
    return theirs.bound is Bound.EXACT and ours.bound is Bound.AT_MOST and ours.unit in TIMES
