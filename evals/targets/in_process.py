"""The assistant of this project, asked in this process as the page asks it."""

import time
from typing import Any

from assistant.assistant import Assistant
from assistant.model import Session, Turn
from assistant.onething.flow import asked_in
from evals.sample import AS_OF, Case
from evals.targets.target import Played

UNSURE = "不清楚"
AT_MOST = 30  # questions of one life event


class InProcess:
    """Plays each case in a session of its own; answers a life event's questions with what the case tells."""

    name = "assistant"
    untold: frozenset[str] = frozenset()

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant

    def play(self, case: Case) -> Played:
        """Play all turns, then answer until the life event's plan is made. Raises AssistantError."""
        session = Session(session_id=f"eval-{case.case_id}")
        for text in case.turns:
            started = time.perf_counter()
            turn = self._assistant.ask(session, text, None if session.turns else case.city, case.as_of or AS_OF)
            seconds = time.perf_counter() - started
            session = session.add(turn)
        for _ in range(AT_MOST if case.facts else 0):
            if (words := _answer(case, turn)) is None:
                break
            turn = self._assistant.ask(session, words, None, case.as_of or AS_OF)
            session = session.add(turn)
        return Played(turn, seconds)

    def describe(self) -> dict[str, Any]:
        """The generation, its library and the model that made its vectors."""
        manifest = self._assistant.generation.manifest
        return {"generation": manifest.number, "library_digest": manifest.library_digest, "model": manifest.model_id}


def _answer(case: Case, turn: Turn) -> str | None:
    """What she says to the question that is open; None when none is."""
    flow = turn.focus.flow
    if turn.reply.kind != "flow" or flow is None or flow.asking is None:
        return None
    if not flow.beside:
        return case.facts.get(flow.asking, UNSURE)
    said = (case.facts.get(name, UNSURE) for name in asked_in(flow))
    return "，".join(f"第{number}个{words}" for number, words in enumerate(said, 1))
