"""What leaves of an outcome, with the optional language model's help: at most one request a turn, for one of two things."""

import logging
from typing import NamedTuple

from assistant.answering.compose import Place
from assistant.answering.gate import Gate, Passed
from assistant.answering.proposing import Speaker, propose
from assistant.answering.rewriter import Rewriter
from assistant.answering.wording import GUESSED
from assistant.dialogue import Dialogue
from assistant.errors import ModelUnavailable
from assistant.model import Answer
from assistant.outcomes import Outcome

NOT_HELPED = "没有用语言模型：{reason}"
log = logging.getLogger(__name__)


class Left(NamedTuple):
    """The outcome as it stands in the end, what of its reply passed the gate, and what the operator should know."""

    outcome: Outcome
    passed: Passed
    notes: tuple[str, ...] = ()


class Helper:
    """Asks the model where the rules would ask the citizen back, or else has it reword an answer."""

    def __init__(
        self, dialogue: Dialogue, gate: Gate, rewriter: Rewriter | None = None, proposing: Speaker | None = None
    ) -> None:
        self._dialogue, self._gate, self._rewriter, self._proposing = dialogue, gate, rewriter, proposing

    def leave(self, outcome: Outcome, question: str, place: Place) -> Left:
        """Send an outcome through the gate, with help where the model may help; without it when that fails."""
        passed = self._gate.check(outcome.reply, outcome.heard)
        try:
            if self._proposing and outcome.decision == "clarify":
                proposed = self._proposed(outcome, question, place, self._proposing)
                return Left(proposed, self._gate.check(proposed.reply, proposed.heard))
            if self._rewriter and isinstance(passed.reply, Answer) and passed.reply.items:
                return Left(
                    outcome, passed._replace(reply=self._rewriter.rewrite(passed.reply, question, outcome.heard))
                )
        except ModelUnavailable as error:
            log.warning("语言模型：%s", error)
            return Left(outcome, passed, (NOT_HELPED.format(reason=error),))
        return Left(outcome, passed)

    def _proposed(self, outcome: Outcome, question: str, place: Place, model: Speaker) -> Outcome:
        """What would follow if she had tapped the offered item that the model takes her to mean, saying that it is a guess."""
        options = tuple(option for option in outcome.reply.options if option.value.startswith("item:"))
        proposal = propose(question, options, model) if options else None
        if proposal is None:
            return outcome
        focus = outcome.focus.model_copy(update={"fields": proposal.fields or outcome.focus.fields})
        here = place._replace(adcode=focus.jurisdiction or place.adcode)
        tapped = self._dialogue.respond(proposal.option.label, focus, here)
        text = GUESSED.format(name=proposal.option.label) + tapped.reply.text
        reply = tapped.reply.model_copy(update={"text": text})
        return tapped._replace(reply=reply, decision="proposed", searched=outcome.searched)
