"""Whether the same question in other words, after other questions, or through another door gets the same facts.

Questions are the dev ones that are answered with statements. A reply is the same when it speaks of the same guide, the
same fields and the same typed values; a contradiction is a field of the same guide given with other values of one unit.
"""

import random
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, NamedTuple

from pydantic import TypeAdapter

from assistant.assistant import Assistant
from assistant.config import Settings
from assistant.model import AnyReply, Reply, Session
from evals.doors import by_command_line, http_door
from evals.facts import Values, facts
from evals.sample import Case
from evals.stats import Proportion, proportion
from evals.variants import variants

SAME, LESS, MORE, OTHER_FIELDS = "相同", "少了一部分", "多了一部分", "别的字段"
OTHER_ITEM, ASKED, REFUSED, CONTRADICTION = "别的事项", "反问", "拒答", "相反"
OUTCOMES = (SAME, LESS, MORE, OTHER_FIELDS, OTHER_ITEM, ASKED, REFUSED, CONTRADICTION)
AT_LEAST = 0.98
SHOWN = 60
Progress = Callable[[int, int], None]
_REPLY: TypeAdapter[AnyReply] = TypeAdapter(AnyReply)


class Base(NamedTuple):
    """A question that is answered, and its answer."""

    case: Case
    reply: Reply

    @property
    def question(self) -> str:
        """What was asked."""
        return self.case.turns[0]


class Compared(NamedTuple):
    """One variant of a question and how its reply relates to the plain one."""

    kind: str
    base: Base
    turns: tuple[str, ...]
    outcome: str
    got: str


def outcome(plain: Reply, other: Reply) -> str:
    """How a reply relates to that of the plain question."""
    if other.kind == "refusal" and plain.kind != "refusal":
        return REFUSED
    if not other.statements:
        return ASKED
    before, after = facts(plain), facts(other)
    if _items(plain) != _items(other):
        return OTHER_ITEM
    if any(_contradict(before[key], after[key]) for key in before.keys() & after.keys()):
        return CONTRADICTION
    if before == after:
        return SAME
    if all(key in before and after[key] <= before[key] for key in after):
        return LESS
    return MORE if all(key in after and before[key] <= after[key] for key in before) else OTHER_FIELDS


def _items(reply: Reply) -> set[str]:
    return {item.guide_id for item in reply.items}


def _contradict(one: Values, two: Values) -> bool:
    """Whether two sets of values of one field share a unit and no value of it."""
    units = {unit for _, unit in one} & {unit for _, unit in two}
    return any({v for v in one if v[1] == unit}.isdisjoint(v for v in two if v[1] == unit) for unit in units)


def play(assistant: Assistant, turns: Sequence[str], city: str | None, as_of: date) -> Reply:
    """The last reply of one conversation."""
    session = Session(session_id="metamorphic")
    for number, text in enumerate(turns):
        turn = assistant.ask(session, text, None if number else city, as_of)
        session = session.add(turn)
    return session.turns[-1].reply


def answered(assistant: Assistant, cases: Sequence[Case], as_of: date, progress: Progress) -> list[Base]:
    """The single questions among the dev cases that are answered with statements."""
    single = [c for c in cases if c.split == "dev" and len(c.turns) == 1 and c.as_of is None]
    found = []
    for number, case in enumerate(single, 1):
        reply = play(assistant, case.turns, case.city, as_of)
        found += [Base(case, reply)] if reply.statements else []
        progress(number, len(single))
    return found


def run(assistant: Assistant, bases: Sequence[Base], as_of: date, seed: int, progress: Progress) -> list[Compared]:
    """Every variant of every question, in this process."""
    rng, compared = random.Random(seed), list[Compared]()
    for number, base in enumerate(bases, 1):
        other = rng.choice([b for b in bases if _items(b.reply).isdisjoint(_items(base.reply))] or [base])
        for kind, turns in variants(base.question, other.question, rng):
            compared.append(_compared(kind, base, turns, play(assistant, turns, base.case.city, as_of)))
        progress(number, len(bases))
    return compared


def through_doors(settings: Settings, bases: Sequence[Base], as_of: date) -> list[Compared]:
    """The plain questions over HTTP and on the command line, each in a process of its own."""
    cases = [(base.case.turns, base.case.city) for base in bases]
    spoken = [replies[-1] for replies in by_command_line(settings, cases, as_of)]
    with http_door(settings, settings.data_dir / "server.log") as door:
        served = [door.chat(turns, city, as_of)[-1] for turns, city in cases]
    pairs = [("命令行", spoken), ("HTTP 接口", served)]
    return [_compared(k, b, b.case.turns, _read(r)) for k, rs in pairs for b, r in zip(bases, rs, strict=True)]


def _read(reply: dict[str, Any]) -> Reply:
    return _REPLY.validate_python({k: v for k, v in reply.items() if k != "session_id"})


def _compared(kind: str, base: Base, turns: tuple[str, ...], reply: Reply) -> Compared:
    said = "、".join(item.name for item in reply.items) or reply.text[:30]
    fields = "、".join(dict.fromkeys(s.field.label for s in reply.statements))
    return Compared(kind, base, turns, outcome(base.reply, reply), f"{said}：{fields}")


def table(compared: Sequence[Compared]) -> dict[str, Proportion]:
    """The share of variants with the same facts, by kind and in all, questions about one guide as a cluster."""
    groups: dict[str, list[Compared]] = defaultdict(list)
    for one in compared:
        groups["合计"].append(one)
        groups[one.kind].append(one)
    return {
        kind: proportion([c.outcome == SAME for c in group], [",".join(_items(c.base.reply)) for c in group])
        for kind, group in groups.items()
    }


def good_enough(compared: Sequence[Compared]) -> bool:
    """Whether enough replies are the same and none contradicts."""
    return table(compared)["合计"].value >= AT_LEAST and not any(c.outcome == CONTRADICTION for c in compared)


def report(compared: Sequence[Compared]) -> str:
    """The table for people, and the variants with other facts."""
    lines = [
        "# 换个说法、换个次序、换个口，事实一样不一样",
        "",
        "| 变法 | 相同 [95% 区间] | " + " | ".join(OUTCOMES[1:]) + " |",
    ]
    lines.append("|---|---|" + "---|" * (len(OUTCOMES) - 1))
    for kind, row in table(compared).items():
        group = [c for c in compared if kind in ("合计", c.kind)]
        cells = [str(sum(c.outcome == o for c in group)) for o in OUTCOMES[1:]]
        lines.append(f"| {kind} | {row} | {' | '.join(cells)} |")
    wrong = [c for c in compared if c.outcome != SAME]
    lines += ["", f"## 不一样的（{len(wrong)} 例，列前 {SHOWN} 例）", ""]
    for c in sorted(wrong, key=lambda c: -OUTCOMES.index(c.outcome))[:SHOWN]:
        plain = "、".join(item.name for item in c.base.reply.items)
        fields = "、".join(dict.fromkeys(s.field.label for s in c.base.reply.statements))
        lines.append(f"- {c.outcome}·{c.kind} {' → '.join(c.turns)}｜原来 {plain}：{fields}｜现在 {c.got}")
    return "\n".join(lines) + "\n"
