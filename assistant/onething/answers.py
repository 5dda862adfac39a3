"""What a message says about a fact: an answer to the question that is open, a correction, something told unasked."""

import re
from collections.abc import Mapping
from datetime import date

from assistant.onething.eligibility import UNKNOWN
from assistant.onething.questions import options_for
from knowledge.model import Fact

_YES = re.compile(r"^(?:是|有|对|嗯|需要|要|办了|已经|会|能|可以|yes|y|中|行)", re.IGNORECASE)
_NO = re.compile(r"^(?:否|不是|没|不需要|不要|不用|无|还没|不会|不能|no|n|不(?!知道|清楚|确定|晓得))", re.IGNORECASE)
_ASKS = re.compile(
    r"[?？]|吗$|什么|啥|怎么|如何|咋|多少|多久|几[天年个块岁]|哪|谁|能不能|可不可以|要不要|用不用|是不是"
)
_FILLER = re.compile("[的了呢吧呀啊嗯哦过着我俺们都已经还就也，,。！! ]")
_DONT_KNOW = re.compile(r"不知道|不清楚|不确定|不晓得|说不准|不了解|跳过")
_DATE = re.compile(r"(?:(?P<y>\d{4})[年./-])?(?P<m>\d{1,2})[月./-](?P<d>\d{1,2})(?:日|号)?")
_CHANGES = re.compile(
    r"^(?:(?:请|麻烦)?(?:把|将)(?P<a>.{1,20}?)(?:的?(?:答案|回答))?(?:改|换|更正)[成为]?|(?P<b>.{1,20}?)(?:改成|改为|更正为))"
    r"(?P<value>.+)$"
)
_BACK = re.compile(r"^(?:返回|回到|退回)?(?:上一步|上一题|上一个(?:问题)?|刚才那个)(?:[答选说]错了)?[吧。！! ]*$")


def read_answer(fact: Fact, text: str, chosen: str | None, today: date) -> str | None:
    """The value that a message gives to a fact, or None when the message is about something else."""
    plain = text.strip()
    asks = bool(_ASKS.search(plain))
    if fact.kind == "number" and not asks and (number := re.search(r"\d+(?:\.\d+)?", plain)):
        return number.group()
    if fact.kind == "date" and not asks and (day := read_date(plain, today)):
        return day.isoformat()
    if chosen is None and fact.kind == "choice" and len(plain) > 1:  # the beginning of a long label
        fits = [o.value for o in options_for(fact) if plain in o.label]
        chosen = fits[0] if len(fits) == 1 else None
    if chosen is not None and (not asks or any(plain in (o.label, o.value) for o in options_for(fact))):
        return chosen
    if _DONT_KNOW.search(plain):
        return UNKNOWN
    if asks:
        return None
    if fact.kind == "bool" and len(plain) <= 12:
        said = _NO.match(plain) or _YES.match(plain)
        if said and _about_another(plain[said.end() :], fact):
            return None
        return "false" if _NO.match(plain) else "true" if said or _echoes(plain, fact) else None
    return None


def _about_another(rest: str, fact: Fact) -> bool:
    """有社保卡也有公积金 is no yes to 领过独生子女证吗: what follows the 有 has no word of the question."""
    words = _FILLER.sub("", rest)
    return len(words) > 2 and not _bigrams(words) & (_bigrams(fact.question) | _bigrams(fact.label))


def _echoes(plain: str, fact: Fact) -> bool:
    """A short answer in the question's own words: 交过, 卖."""
    words = plain.rstrip("了的呀啊。！!")
    return 0 < len(words) <= 6 and words in fact.question


def read_date(text: str, today: date) -> date | None:
    """The first date in a text; without a year it is the one nearest to today. None for no real date."""
    found = _DATE.search(text)
    if not found:
        return None
    years = [int(found["y"])] if found["y"] else [today.year - 1, today.year, today.year + 1]
    try:
        days = [date(year, int(found["m"]), int(found["d"])) for year in years]
    except ValueError:
        return None
    return min(days, key=lambda day: abs(day - today))


def fault_of(fact: Fact, value: str) -> str | None:
    """What is wrong with a value given for a fact, in words; None when it is one of its answers."""
    match fact.kind:
        case _ if value == UNKNOWN:
            return None
        case "date":
            good = bool(re.fullmatch(r"\d{4}-\d{2}-\d{2}", value)) and read_date(value, date.min) is not None
            return None if good else "日期，写成 2026-11-22"
        case "number":
            return None if re.fullmatch(r"\d+(?:\.\d+)?", value) else "数字"
        case "bool" | "choice":
            values = [option.value for option in options_for(fact)]
            return None if value in values else f"{'、'.join(values)} 之一"


def goes_back(text: str) -> bool:
    """Whether a message asks for the previous question again."""
    return bool(_BACK.match(text.strip()))


def named_change(text: str, facts: Mapping[str, Fact]) -> tuple[Fact, str] | None:
    """The fact that “把X改成Y” names, by label or by the words it shares with one label alone, and the words of Y."""
    found = _CHANGES.match(text.strip())
    if not found:
        return None
    what = (found["a"] or found["b"]).removeprefix("我的").removeprefix("我")
    exact = [fact for fact in facts.values() if what in fact.label or fact.label in what]
    fits = exact or [fact for fact in facts.values() if _bigrams(what) & _bigrams(fact.label)]
    best = max((len(_bigrams(what) & _bigrams(fact.label)) for fact in fits), default=0)
    fits = [fact for fact in fits if len(_bigrams(what) & _bigrams(fact.label)) == best]
    return (fits[0], found["value"].strip("。！! 了")) if len(fits) == 1 else None


def _bigrams(text: str) -> set[str]:
    return {text[i : i + 2] for i in range(len(text) - 1)}


def heard(text: str, facts: Mapping[str, Fact]) -> dict[str, str]:
    """What a message tells unasked about these facts; the first pattern of a fact that fits counts."""
    values = (
        (f.fact_id, next((v for v, pattern in f.heard if re.search(pattern, text)), None)) for f in facts.values()
    )
    return {fact_id: value for fact_id, value in values if value is not None}
