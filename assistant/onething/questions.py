"""Which question of a life event is worth asking next, and how an answer is read."""

import re
from collections import Counter

from assistant.model import Option, Progress
from assistant.onething.eligibility import UNKNOWN, Answers, evaluate
from knowledge.catalog import Catalog
from knowledge.model import All, AnyOf, Comparison, Fact, Not, Predicate, Theme

DONT_KNOW = Option(label="不清楚", value=UNKNOWN)
_YES = re.compile(r"^(?:是|有|对|嗯|需要|要|办了|已经|会|能|可以|yes|y|中|行)", re.IGNORECASE)
_NO = re.compile(r"^(?:否|不是|没|不需要|不要|不用|无|还没|不会|不能|no|n|不(?!知道|清楚|确定|晓得))", re.IGNORECASE)
_ASKS = re.compile(
    r"[?？]|吗$|什么|啥|怎么|如何|咋|多少|多久|几[天年个块岁]|哪|谁|能不能|可不可以|要不要|用不用|是不是"
)
_DONT_KNOW = re.compile(r"不知道|不清楚|不确定|不晓得|说不准|不了解|跳过")


def open_facts(theme: Theme, answers: Answers) -> list[str]:
    """Facts that can still change which items apply, the one that decides most items first."""
    weight: Counter[str] = Counter()
    for item in theme.items:
        if evaluate(item.when, answers) is None:
            weight.update(fact for fact in _undecided(item.when, answers) if fact not in answers)
    return [fact for fact, _ in sorted(weight.items(), key=lambda pair: (-pair[1], pair[0]))]


def _undecided(predicate: Predicate | None, answers: Answers) -> frozenset[str]:
    """The facts of those parts of a predicate that are still open; a decided part needs no question."""
    if evaluate(predicate, answers) is not None:
        return frozenset()
    match predicate:
        case Comparison(fact=fact):
            return frozenset({fact})
        case All(all=parts) | AnyOf(any=parts):
            return frozenset().union(*(_undecided(part, answers) for part in parts))
        case Not(not_=part):
            return _undecided(part, answers)
    return frozenset()


def progress(theme: Theme, answers: Answers) -> Progress:
    """How many questions were asked, and how many there can be at most."""
    return Progress(asked=len(answers), at_most=len(answers) + len(open_facts(theme, answers)))


def options_for(fact: Fact) -> tuple[Option, ...]:
    """The taps offered with a question; “不清楚” is always an answer."""
    match fact.kind:
        case "bool":
            return (Option(label="是", value="true"), Option(label="不是", value="false"), DONT_KNOW)
        case "choice":
            offered = tuple(Option(label=label, value=value) for value, label in fact.options if value != UNKNOWN)
            return (*offered, DONT_KNOW)
        case "number":
            return (DONT_KNOW,)


def read_answer(fact: Fact, text: str, chosen: str | None) -> str | None:
    """The value that a message gives to a fact, or None when the message is about something else."""
    plain = text.strip()
    asks = bool(_ASKS.search(plain))
    if fact.kind == "number" and not asks and (number := re.search(r"\d+(?:\.\d+)?", plain)):
        return number.group()
    if chosen is not None and (not asks or any(plain in (o.label, o.value) for o in options_for(fact))):
        return chosen
    if _DONT_KNOW.search(plain):
        return UNKNOWN
    if asks:
        return None
    if fact.kind == "bool" and len(plain) <= 12:
        return "false" if _NO.match(plain) else "true" if _YES.match(plain) else None
    return None


def told(catalog: Catalog, answers: Answers) -> list[str]:
    """What she told so far, in words, for the plan's heading."""
    lines = []
    for fact_id, value in answers.items():
        fact = catalog.facts[fact_id]
        labels = {o.value: o.label for o in options_for(fact)}
        lines.append(f"{fact.label}：{labels.get(value, value)}")
    return lines
