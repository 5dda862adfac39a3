"""What one case came to, as it is kept: one JSON line a case, enough to report, compare and look into later."""

from assistant.model import AnyReply, Trace
from evals.sample import Expect
from knowledge.model import Frozen


class Guess(Frozen):
    """A stated probability that the first guide found is the one asked for, and whether it was."""

    confidence: float
    right: bool


class Outcome(Frozen):
    """One case played once: its reply and trace, and every score that applies; no score where it broke."""

    case_id: str
    digest: str
    suite: str
    split: str
    style: str
    cluster: str
    city: str
    authority: str
    turns: tuple[str, ...]
    expect: Expect
    repeat: int = 0
    seconds: float = 0.0
    scores: dict[str, bool | float] = {}
    guess: Guess | None = None
    explanation: str = ""
    reply: AnyReply | None = None
    trace: Trace | None = None
    error: str | None = None

    @property
    def key(self) -> str:
        """Names the case and the repetition."""
        return f"{self.case_id}#{self.repeat}"
