"""Two guides side by side, heading by heading: the same item in two places, or two items."""

from typing import NamedTuple

from knowledge.catalog import Catalog
from knowledge.comparing import Row, described_guide
from knowledge.model import Guide

AFTER_THE_RULES = ("来源", "核对日期", "总体把握")
SAME_EVERYWHERE = frozenset({"别名", "口语"})  # how people call it is no rule


class Pair(NamedTuple):
    """One heading of both."""

    heading: str
    left: tuple[Row, ...]
    right: tuple[Row, ...]

    @property
    def differs(self) -> bool:
        """Whether the two say different things."""
        return set(self.left) != set(self.right)

    @property
    def shared(self) -> frozenset[Row]:
        """The sentences that both have."""
        return frozenset(self.left) & frozenset(self.right)


class SideBySide(NamedTuple):
    """Two guides and every heading that either has."""

    left: Guide
    right: Guide
    places: tuple[str, str]
    pairs: tuple[Pair, ...]

    @property
    def same_text(self) -> bool:
        """Whether one text serves both."""
        return self.left.guide_id == self.right.guide_id

    @property
    def differing(self) -> tuple[Pair, ...]:
        """The headings under which they differ."""
        return tuple(pair for pair in self.pairs if pair.differs)

    @property
    def alike(self) -> tuple[Pair, ...]:
        """The headings under which they say the same."""
        return tuple(pair for pair in self.pairs if not pair.differs)


def side_by_side(left: Guide, right: Guide, catalog: Catalog) -> SideBySide:
    """The headings of both in the order of a guide."""
    one, other = (described_guide(guide, catalog).headings for guide in (left, right))
    headings = [heading for heading in dict.fromkeys([*one, *other]) if heading not in SAME_EVERYWHERE]
    headings.sort(key=AFTER_THE_RULES.__contains__)
    pairs = (Pair(heading, one.get(heading, ()), other.get(heading, ())) for heading in headings)
    places = (catalog.place(left.jurisdiction).name, catalog.place(right.jurisdiction).name)
    return SideBySide(left, right, places, tuple(pair for pair in pairs if pair.left or pair.right))
