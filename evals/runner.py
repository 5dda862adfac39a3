"""Runs cases through `Assistant.ask`, one session a case, as the page does; errors are counted, never scored."""

import platform
import subprocess
import time
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from importlib.metadata import version
from typing import Any, NamedTuple

from assistant.assistant import Assistant
from assistant.errors import AssistantError
from assistant.model import Session, Turn
from evals.sample import Case
from evals.scorers.replies import Score, score

AS_OF = date(2026, 11, 22)  # suites were written against the rules of this day


class Result(NamedTuple):
    """One case, its last turn, its score (None when it broke) and how long the last answer took."""

    case: Case
    turn: Turn | None
    score: Score | None
    seconds: float
    error: str | None = None


def run_case(assistant: Assistant, case: Case) -> Result:
    """Play the turns of one case and judge the last."""
    session = Session(session_id=f"eval-{case.case_id}")
    turn: Turn | None = None
    seconds = 0.0
    try:
        for index, text in enumerate(case.turns):
            started = time.perf_counter()
            turn = assistant.ask(session, text, case.city if index == 0 else None, case.as_of or AS_OF)
            seconds = time.perf_counter() - started
            session = session.add(turn)
    except AssistantError as error:
        return Result(case, turn, None, seconds, f"{type(error).__name__}: {error}")
    return Result(case, turn, score(case, turn, assistant.catalog) if turn else None, seconds)


def run(assistant: Assistant, cases: Iterable[Case], progress: Callable[[int, int], None]) -> list[Result]:
    """Run all cases in order."""
    todo = list(cases)
    results = []
    for number, case in enumerate(todo, 1):
        results.append(run_case(assistant, case))
        progress(number, len(todo))
    return results


def environment(assistant: Assistant) -> dict[str, Any]:
    """What a number needs beside it to be a result: commit, generation, packages, machine."""
    try:
        commit = subprocess.run(["git", "rev-parse", "HEAD"], capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        commit = "unknown"
    manifest = assistant.generation.manifest
    return {
        "commit": commit,
        "ran_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "generation": manifest.number,
        "library_digest": manifest.library_digest,
        "model": manifest.model_id,
        "python": platform.python_version(),
        "packages": {name: version(name) for name in ("onnxruntime", "faiss-cpu", "bm25s", "jieba", "pydantic")},
    }
