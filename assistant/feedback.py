"""What she said of a reply: helped or not, and why. Masked text only; a failing store takes nothing from her."""

from datetime import datetime
from enum import StrEnum
from typing import Protocol

from knowledge.model import Frozen


class Verdict(StrEnum):
    """Whether the reply helped."""

    HELPED = "helped"
    DID_NOT = "did_not"


class Complaint(StrEnum):
    """Why it did not, as the page offers it; the value is what the page and the desk print."""

    BESIDE_THE_POINT = "答非所问"
    WRONG = "内容不对"
    STALE = "规定过时了"
    NOT_MY_PLACE = "不是我这里的规定"
    INCOMPLETE = "没说全"
    UNCLEAR = "看不懂"


class Feedback(Frozen):
    """One verdict on one reply, with what is needed to look into it: masked question and reply, guides, generation."""

    trace_id: str
    verdict: Verdict
    complaints: tuple[Complaint, ...] = ()
    question: str
    reply: str
    guides: tuple[str, ...]  # guide ids
    place: str  # adcode
    generation: str
    at: datetime


class FeedbackStore(Protocol):
    """Where verdicts are kept."""

    def record(self, feedback: Feedback) -> bool:
        """Keep a verdict; a second one on the same reply replaces the first. False when it could not be kept."""
        ...

    def all(self) -> list[Feedback]:
        """The verdicts, latest first. Raises OSError when they cannot be read."""
        ...
