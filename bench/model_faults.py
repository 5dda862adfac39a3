"""`python -m bench.model_faults [--limit 10000] [--seed 7]`: a language model that misbehaves in every way, as a table.

Composed answers of the whole library are handed to a real endpoint on loopback. Whatever it does, the turn must end before
its deadline, and no reply may state a figure that the composed one does not. Exit code 1 if any did.
"""

import argparse
import gc
import itertools
import logging
import random
import re
import statistics
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from pydantic import SecretStr

from assistant.answering.compose import Place
from assistant.answering.llm import LangChainEndpoint
from assistant.answering.rewriter import Draft, Rewriter
from assistant.answering.upstream import GRACE, Deadlines, LanguageModel
from assistant.assistant import Assistant
from assistant.build import build_assistant
from assistant.config import read_settings
from assistant.controls import LiveControls
from assistant.dialogue import Dialogue
from assistant.helping import NOT_HELPED, Helper
from assistant.model import Answer, AnyReply, Focus
from assistant.outcomes import Outcome
from bench.model_lies import BENIGN, LIES
from bench.model_wires import FAULTS
from evals.gold import gold_replies
from evals.sample import AS_OF
from evals.scripted_model import ScriptedModel, saying, scripted_model
from knowledge.model import ROOT_ADCODE
from knowledge.terminal import DONE, FAILED, progress_bar

DEADLINES = Deadlines(first=0.4, total=1.0)
QUESTION = "这个怎么办，要多少钱"
WIRE_SHARE = 0.1  # of all generations; most of these cost a whole deadline
_FIGURE = re.compile(
    r"\d[\d.,-]*|[〇零一二两俩仨三四五六七八九十百千万亿半几双壹贰叁肆伍陆柒捌玖拾佰仟]+|https?://\S+|www\.\S+|免费|当场|不要钱|不收费"
)
_WORD = re.compile("一般来说")  # what a benign rewording may add and is no figure


class Trial(NamedTuple):
    """One generation: what the model did, what became of it, and how long the turn took."""

    kind: str
    gold: int
    served: bool
    reason: str  # why its words were not used
    seconds: float
    waited: float  # for the model, in seconds
    unsupported: tuple[str, ...]  # figures of a reply that the composed one does not state
    caught: bool | None  # whether the gate alone would have stopped it; None where it could not even be put together


class Timed:
    """A language model and how long it was waited for the last time."""

    def __init__(self, model: LanguageModel) -> None:
        self._model = model
        self.waited = 0.0

    def say(self, prompt: str) -> str:
        """What the model says."""
        started = time.perf_counter()
        try:
            return self._model.say(prompt)
        finally:
            self.waited = time.perf_counter() - started


class Bench:
    """The composed answers, and the two endpoints that they are reworded by."""

    def __init__(self, assistant: Assistant, primary: ScriptedModel, fallback: ScriptedModel, seed: int) -> None:
        golds = (gold.reply for gold in gold_replies(assistant.catalog, AS_OF, seed))
        self.golds = [g for g in golds if isinstance(g, Answer) and g.items]
        self.primary, self.fallback = primary, fallback
        self._assistant, self._gate = assistant, assistant.gate
        self._endpoints = [LangChainEndpoint(m.url, "m", SecretStr("k"), DEADLINES.total) for m in (primary, fallback)]

    def model(self, endpoints: int) -> Timed:
        """A model whose breakers are all closed."""
        return Timed(LanguageModel(self._endpoints[:endpoints], DEADLINES))

    def draft(self, number: int) -> Draft:
        """What a model is asked about an answer."""
        return Rewriter(self.model(0), self._gate).draft(self.golds[number], QUESTION)

    def turn(self, kind: str, number: int, draft: Draft, endpoints: int, said: str | None) -> Trial:
        """One turn with the endpoints as they are set, from the composed answer to what leaves."""
        composed, model = self.golds[number], self.model(endpoints)
        helper = Helper(Dialogue(self._assistant.generation, LiveControls()), self._gate, Rewriter(model, self._gate))
        started = time.perf_counter()
        left = helper.leave(Outcome(composed, Focus(), "answer"), QUESTION, Place(ROOT_ADCODE, "河南省", AS_OF))
        seconds = time.perf_counter() - started
        reply = left.passed.reply
        reason = left.notes[0].removeprefix(NOT_HELPED.format(reason="")) if left.notes else ""
        caught = self._caught(composed, draft, said) if said is not None else None
        return Trial(
            kind, number, reply.ai_generated, reason, seconds, model.waited, _unsupported(reply, composed), caught
        )

    def _caught(self, composed: Answer, draft: Draft, said: str) -> bool | None:
        """Put the text together by no rule at all, and look whether the gate stops it."""
        lines = said.splitlines()
        if len(lines) != len(draft.protected):
            return None
        facts = {token: fact for p in draft.protected for token, fact in p.facts.items()}
        text, statements = composed.text, composed.statements
        for line, given in zip(lines, draft.protected, strict=True):
            new = re.sub(r"⟦F\d+⟧", lambda m: facts.get(m.group(), m.group()), line)
            text = text.replace(given.sentence, new)
            statements = tuple(
                s.model_copy(update={"text": new}) if s.text == given.sentence else s for s in statements
            )
        return bool(self._gate.check(composed.model_copy(update={"text": text, "statements": statements})).dropped)


def _figures(text: str) -> Counter[str]:
    return Counter(_FIGURE.findall(_WORD.sub("", text)))


def _unsupported(reply: AnyReply, composed: Answer) -> tuple[str, ...]:
    """Figures, links and free-of-charge that a reply says more often than the composed one, or about another statement."""
    whole = _figures(reply.text) - _figures(composed.text)
    parts = (
        _figures(new.text) - _figures(old.text) for new, old in zip(reply.statements, composed.statements, strict=True)
    )
    return (*whole.elements(), *(figure for part in parts for figure in part.elements()))


def spoken(bench: Bench, limit: int, rng: random.Random) -> Iterator[Trial]:
    """Texts that a model may say, each over the wire, in turn, each about an answer drawn at random."""
    makers = {**LIES, **BENIGN}
    kinds = list(makers)
    done = 0
    for attempt in itertools.count():
        if done == limit:
            return
        kind, number = kinds[attempt % len(kinds)], rng.randrange(len(bench.golds))
        draft = bench.draft(number)
        lines = tuple(p.text for p in draft.protected)
        said = makers[kind](lines, rng) if lines else None
        if said is None or (kind not in BENIGN and said == "\n".join(lines)):
            continue
        bench.primary.script = saying(said)
        done += 1
        yield bench.turn(kind, number, draft, 1, said)


def wired(bench: Bench, limit: int, rng: random.Random) -> Iterator[Trial]:
    """Servers that misbehave, in turn, with a good rewording behind them."""
    kinds = list(FAULTS)
    done = 0
    while done < limit:
        kind, number = kinds[done % len(kinds)], rng.randrange(len(bench.golds))
        draft = bench.draft(number)
        if not draft.protected:
            continue
        fault, said = FAULTS[kind], "\n".join(f"也就是说，{p.text}" for p in draft.protected)
        tries = iter([fault.first(said)])
        bench.primary.script = lambda wire, f=fault, t=tries, s=said: next(t, f.later(s))(wire)  # type: ignore[misc]
        if fault.fallback:
            bench.fallback.script = fault.fallback(said)
        done += 1
        yield bench.turn(kind, number, draft, 2 if fault.fallback else 1, None)


def row(kind: str, trials: list[Trial]) -> str:
    """One line of the table."""
    times = sorted(1000 * t.seconds for t in trials)
    p50, p95 = statistics.median(times), times[int(0.95 * (len(times) - 1))]
    reasons = Counter(re.sub(r"\d{3}$", "…", t.reason) for t in trials if t.reason).most_common(2)
    why = "、".join(f"{reason} {n}" for reason, n in reasons)
    checked = [t.caught for t in trials if t.caught is not None]
    alone = f"{sum(checked)}/{len(checked)}" if checked else "—"
    served, late = sum(t.served for t in trials), sum(t.waited > DEADLINES.total + GRACE for t in trials)
    wrong, waited = sum(bool(t.unsupported) for t in trials), 1000 * max(t.waited for t in trials)
    return f"| {kind} | {len(trials)} | {served} | {wrong} | {alone} | {why} | {p50:.0f} | {p95:.0f} | {times[-1]:.0f} | {waited:.0f} | {late} |"


def table(trials: list[Trial]) -> str:
    """What became of each kind of generation, and all in all."""
    by_kind: defaultdict[str, list[Trial]] = defaultdict(list)
    for trial in trials:
        by_kind[trial.kind].append(trial)
    heads = (
        "模型做什么",
        "次数",
        "用了它的话",
        "多出的数",
        "只靠核对关拦下",
        "没用的原因",
        "一问 p50 毫秒",
        "p95",
        "最长",
        "等模型最长",
        "超时",
    )
    lines = [f"| {' | '.join(heads)} |", f"|{'---|' * len(heads)}"]
    return "\n".join([*lines, *(row(kind, ts) for kind, ts in by_kind.items()), row("合计", trials)]) + "\n"


def faulty(trial: Trial) -> bool:
    """Whether a turn ended as it must not: late, with a figure of the model's, or with words that lie."""
    lied = trial.served and trial.kind in LIES
    lost = trial.kind in FAULTS and trial.served != FAULTS[trial.kind].served
    return lied or lost or bool(trial.unsupported) or trial.waited > DEADLINES.total + GRACE


def main() -> int:
    """Run both parts and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--limit", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=7)
    args = parser.parse_args()
    logging.getLogger("assistant.helping").setLevel(logging.ERROR)  # every other turn fails here
    rng, trials = random.Random(args.seed), list[Trial]()
    wires = int(args.limit * WIRE_SHARE)
    bar, move = progress_bar("模型捣乱")
    with scripted_model() as primary, scripted_model() as fallback, bar:
        bench = Bench(build_assistant(read_settings()), primary, fallback, args.seed)
        gc.freeze()  # collecting among thousands of answers stops every thread for a second, which no server holds
        for part in (spoken(bench, args.limit - wires, rng), wired(bench, wires, rng)):
            for trial in part:
                trials.append(trial)
                move(len(trials), args.limit)
    sys.stdout.write(table(trials))
    sys.stdout.write(f"{len(trials)} 次，{len({t.gold for t in trials})} 份不同的答复；时限 {DEADLINES.total} 秒\n")
    wrong = [trial for trial in trials if faulty(trial)]
    sys.stdout.writelines(
        f"- {t.kind} {bench.golds[t.gold].items[0].guide_id} {t.reason} {t.unsupported}\n" for t in wrong[:40]
    )
    return FAILED if wrong else DONE


if __name__ == "__main__":
    raise SystemExit(main())
