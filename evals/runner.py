"""Plays cases on a target and judges each reply; errors are counted, never dropped and never scored."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

from assistant.errors import AssistantError
from assistant.model import Turn
from evals.outcome import Guess, Outcome
from evals.sample import Case
from evals.scorers.breaches import BreachFinder
from evals.scorers.replies import score
from evals.scorers.supported import supported
from evals.scorers.understood import understood
from evals.targets.target import Target, TargetError
from knowledge.catalog import Catalog, item_of
from knowledge.errors import KnowledgeError

UNANSWERABLE = {"no_knowledge", "out_of_scope"}


class Task(NamedTuple):
    """One playing of one case."""

    case: Case
    repeat: int = 0

    @property
    def key(self) -> str:
        """As in `Outcome.key`."""
        return f"{self.case.case_id}#{self.repeat}"


class Judge:
    """Every scorer over one library."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._breaches = BreachFinder(catalog)

    def blank(self, task: Task) -> Outcome:
        """The outcome before the case is played: whom it is about."""
        case, items = task.case, task.case.expect.items
        known = [self._catalog.general(item).authority for item in items[:1] if item in self._catalog.items]
        return Outcome(
            case_id=case.case_id, digest=case.digest, suite=case.suite, split=case.split, style=case.style,
            cluster=case.cluster, city=case.city or "全省", authority=known[0] if known else "—", turns=case.turns,
            expect=case.expect, repeat=task.repeat,
        )  # fmt: skip

    def judged(self, task: Task, turn: Turn, untold: frozenset[str]) -> Outcome:
        """The outcome with every score that applies and that the target tells enough for."""
        judged = score(task.case, turn, self._catalog)
        named = {
            **judged._asdict(), **understood(task.case, turn, self._catalog)._asdict(),
            **supported(task.case, turn, self._catalog)._asdict(), **self._breaches(task.case, turn)._asdict(),
        }  # fmt: skip
        kept = {name: value for name, value in named.items() if isinstance(value, bool | float) and name not in untold}
        return self.blank(task).model_copy(update={
            "scores": kept, "explanation": judged.explanation.strip(), "reply": turn.reply, "trace": turn.trace,
            "guess": _guess(task.case, turn),
        })  # fmt: skip


def _guess(case: Case, turn: Turn) -> Guess | None:
    """What a search decided on a single question: its confidence, and whether the first guide is one asked for.

    Where no guide is (a refusal for want of knowledge), no first guide is right.
    """
    judged = case.expect.reason in UNANSWERABLE or (case.expect.items and case.expect.reason is None)
    if turn.trace.confidence is None or len(case.turns) > 1 or not judged:
        return None
    first = next((c.key for c in turn.trace.candidates if not c.key.startswith("theme:")), "")
    return Guess(confidence=turn.trace.confidence, right=bool(first) and item_of(first) in case.expect.items)


def play(target: Target, task: Task, judge: Judge) -> Outcome:
    """Play one case and judge its last reply."""
    try:
        played = target.play(task.case)
    except (AssistantError, KnowledgeError, TargetError) as error:
        return judge.blank(task).model_copy(update={"error": f"{type(error).__name__}: {error}"})
    return judge.judged(task, played.turn, target.untold).model_copy(update={"seconds": round(played.seconds, 5)})


def run(
    target: Target, tasks: Sequence[Task], judge: Judge, progress: Callable[[int, int], None], jobs: int = 1
) -> Iterator[Outcome]:
    """Play all tasks, in order; at most `jobs` at a time."""
    if jobs == 1:
        for number, task in enumerate(tasks, 1):
            yield play(target, task, judge)
            progress(number, len(tasks))
        return
    with ThreadPoolExecutor(jobs) as pool:
        waiting = [pool.submit(play, target, task, judge) for task in tasks]
        try:
            for number, future in enumerate(waiting, 1):
                yield future.result()
                progress(number, len(tasks))
        finally:
            pool.shutdown(wait=True, cancel_futures=True)
