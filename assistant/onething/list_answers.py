"""What a message says about a list of statements: 第1和第3、都不是、前两个、只有第二个、除了2都是、有存款没房子、第三个不清楚."""

import re
import unicodedata

from assistant.model import Option
from assistant.onething.eligibility import UNKNOWN

YES, NO = "true", "false"
MOST_WORDS = 4  # beyond what names and denies: 第1个卖, but not 第1个是要带身份证去派出所
_FIRST = 0xE001  # one private character stands for each statement, another for “the others”
_OTHERS = chr(0xE0F0)
_NUMERALS = {"一": 1, "二": 2, "两": 2, "俩": 2, "三": 3, "四": 4, "五": 5} | {str(n): n for n in range(1, 6)}
_N, _COUNTER = "[一二两俩三四五1-5]", "(?:个|项|条|样|种|号|点)"
_REF, _JOIN = "[\ue001-\ue005]", "[、和与及跟加\\s]|还有|以及"
_RUN = re.compile(f"{_REF}(?:(?:{_JOIN})*{_REF})*|{_OTHERS}")
_CLAUSE = re.compile(r"[,;。.!:\n]+|但是?|不过|可是|然后")
_EXCEPT = re.compile(f"除了?(?P<run>{_RUN.pattern})(?:以外|之外|外)?,?{_OTHERS}?(?:的)?(?P<rest>.*)$")
_WHICH = r"(?:这|以上|上面)?(?:几|些)?[个项条样]?(?:里面?|当中)?,?"
_END = r"(?:的|符合的?|相关的?|情况|这些|这样的|要|办)?[呀啊吧了呢哦]*$"
_NONE = re.compile(
    rf"^{_WHICH}(?:一[个项条样]|哪[个项条样]|啥|什么|(?P<count>{_N})[个项条样](?=都))?(?:都|全|也)*(?:不是|没有|没|不符合|不要|不用|不需要|无|否|不){_END}"
)
_ALL = re.compile(
    rf"^(?:{_WHICH}|(?P<count>{_N})[个项条样])(?:都|全)+部?(?:是|有|要|符合|对|选|办了?|中)*{_END}|^(?:全部|全选|全是|全有){_END}"
)
_DONT_KNOW = re.compile(r"不知道|不清楚|不确定|不晓得|说不准|说不清|拿不准|不好说|不了解|不懂")
_ALL_UNKNOWN = re.compile(rf"^{_WHICH}(?:我)?(?:都|也|全)*(?:{_DONT_KNOW.pattern})[呀啊吧了呢]*$")
_DENIES = re.compile(r"没|不|无|否|未")
_FILLER = re.compile(
    r"[我俺他她您你的了吧呀啊呢嗯哦都也就只仅还已经是有没不无否未选要符合对过办一套个些和、\s]|这个|那个|老人家?|家里|其中|号码?"
)
_LEADING = re.compile(r"^(?:[我俺他她]|老人家?|家里|[都也就只仅还选要]|已经|是|有|没有?|不是|不要|不|其中|符合的?)+")
_COUNTED = re.compile(f"^{_N}[个项条样](?:都|全)")
_DENIED_NEXT = re.compile("(?<=.)(?:没有?|不是)(?P<what>[^\ue001-\ue0f0,;。]+)")  # 有存款没有房子
_ASKS = re.compile(r"[?]|吗$|什么|怎么|如何|咋|多少|多久|能不能|可不可以|要不要|用不用|是不是|为啥")


def read_list(text: str, ticks: tuple[Option, ...]) -> dict[str, str] | None:
    """Fact → true, false or unknown, in the order of the list; None when the message is about something else.

    What she names holds and then, as the question says, the rest does not; when she only says what does not hold, or
    what she does not know, the rest stays open.
    """
    names = [tick.value for tick in ticks]
    plain = _plain(text)
    whole = _about_all(plain, len(ticks))
    if whole:
        return dict.fromkeys(names, whole)
    if _COUNTED.match(plain):  # 两个都有, and there are four: which?
        return None
    marked = _marked(plain, [_plain(tick.label) for tick in ticks])
    if marked is None or _ASKS.search(marked):
        return None
    said = _spoken(marked)
    if not said:
        return None
    rest = said.pop(_OTHERS, NO if YES in said.values() else "")
    values = {name: said.get(chr(_FIRST + place), rest) for place, name in enumerate(names)}
    return {name: value for name, value in values.items() if value}


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip().rstrip("。.!,;")


def _about_all(plain: str, count: int) -> str | None:
    if _ALL_UNKNOWN.match(plain):
        return UNKNOWN
    for pattern, value in ((_NONE, NO), (_ALL, YES)):
        if (found := pattern.match(plain)) and (not found["count"] or _NUMERALS[found["count"]] == count):
            return value
    return None


def _marked(plain: str, labels: list[str]) -> str | None:
    """The message with a private character in place of each statement; None when part of it is about something else."""
    count = len(labels)
    for place, label in sorted(enumerate(labels), key=lambda pair: -len(pair[1])):
        plain = plain.replace(label, chr(_FIRST + place))
    if not re.search(_REF, plain):
        plain = _numbered(plain, count)
    if re.search(r"\d", plain) or any(ord(c) >= _FIRST + count for c in re.findall(_REF, plain)):
        return None
    plain = re.sub(r"(?:其他|其它|其余|别的|剩下|另外)(?:的|[几一二两三四][个项条样])*", _OTHERS, plain)
    plain = _DENIED_NEXT.sub(lambda m: f",{m[0]}" if len(_FILLER.sub("", m["what"])) > 1 else m[0], plain)
    parts = re.split(rf"({_CLAUSE.pattern}|{_JOIN})", plain)
    named = [_named(part, labels) if place % 2 == 0 else part for place, part in enumerate(parts)]
    return None if None in named else "".join(part or "" for part in named)


def _numbered(plain: str, count: int) -> str:
    """前两个、第1到第3个、最后一个、2 4 as private characters."""

    def several(first: int, last: int) -> str:
        return "".join(chr(_FIRST + place) for place in range(first, last))

    n = _NUMERALS
    plain = re.sub(
        f"第?({_N}){_COUNTER}?(?:到|至|-|~)第?({_N}){_COUNTER}?", lambda m: several(n[m[1]] - 1, n[m[2]]), plain
    )
    plain = re.sub(f"前面?({_N}){_COUNTER}?", lambda m: several(0, n[m[1]]), plain)
    plain = re.sub(f"(?:最后|后面|后)({_N}){_COUNTER}?", lambda m: several(max(count - n[m[1]], 0), count), plain)
    plain = re.sub(
        f"第({_N}){_COUNTER}?|([1-5]){_COUNTER}?", lambda m: several(n[m[1] or m[2]] - 1, n[m[1] or m[2]]), plain
    )
    alone = f"(?<![^,、和与及跟\\s有是选\ue001-\ue005])([一二三四五]){_COUNTER}?(?=$|[,、和与及跟\\s有是没不都])"
    return re.sub(alone, lambda m: several(n[m[1]] - 1, n[m[1]]), plain)


def _named(part: str, labels: list[str]) -> str | None:
    """A part of the message with the words of the one statement that it shares marked; None when it names none."""
    if re.search(f"{_REF}|{_OTHERS}", part) or not _FILLER.sub("", _DONT_KNOW.sub("", part)):
        return part
    lead = _LEADING.match(part)
    start = lead.end() if lead else 0
    shared = {place: _longest_shared(part[start:], label) for place, label in enumerate(labels)}
    longest = max(shared.values(), key=len)
    places = [place for place, words in shared.items() if words == longest]
    if len(longest) < 2 or len(places) != 1 or sum(longest in label for label in labels) > 1:
        return None
    marked = part[:start] + part[start:].replace(longest, chr(_FIRST + places[0]), 1)
    left = _FILLER.sub("", _DONT_KNOW.sub("", marked.replace(chr(_FIRST + places[0]), "")))
    return marked if len(left) <= (0 if _DENIES.search(marked) else 2) else None


def _longest_shared(text: str, label: str) -> str:
    spans = (text[i:j] for i in range(len(text)) for j in range(len(text), i + 1, -1) if text[i:j] in label)
    return max(spans, key=len, default="")


def _spoken(marked: str) -> dict[str, str]:
    """Private character → what is said of it; empty when nothing is, or when it can be read in two ways."""
    if found := _EXCEPT.search(marked):
        rest = _polarity(found["rest"]) or _polarity(marked[: found.start()]) or YES
        but = {YES: NO, NO: YES}.get(rest, "")
        return {_OTHERS: rest, **dict.fromkeys(re.findall(_REF, found["run"]), but)} if but else {}
    said: dict[str, str] = {}
    bare: list[str] = []  # statements named without a word, one at a time: 1，2没有 may deny both
    for clause in _CLAUSE.split(marked):
        if not _RUN.search(clause) and _polarity(clause) in {NO, UNKNOWN}:  # 前两个，没有
            return {}
        if len(_FILLER.sub("", _DONT_KNOW.sub("", _RUN.sub("", clause)))) > MOST_WORDS:
            return {}
        for run, word in _runs(clause):
            names = re.findall(f"{_REF}|{_OTHERS}", run)
            if word not in {"", YES} and bare and run != _OTHERS:
                return {}
            bare = [*bare, run] if not word and len(names) == 1 else []
            if any(said.get(name, word or YES) != (word or YES) for name in names):
                return {}
            said |= dict.fromkeys(names, word or YES)
    return said


def _runs(clause: str) -> list[tuple[str, str]]:
    """Each run of statements in a clause with the word for it, before it (没有1) or behind it (1没有)."""
    runs = list(_RUN.finditer(clause))
    edges = [0, *(run.end() for run in runs)], [*(run.start() for run in runs), len(clause)]
    gaps = [clause[a:b] for a, b in zip(*edges, strict=True)]
    before = bool(runs) and bool(_polarity(gaps[0]))
    return [(run.group(), _polarity(gaps[i] if before else gaps[i + 1])) for i, run in enumerate(runs)]


def _polarity(words: str) -> str:
    if _DONT_KNOW.search(words):
        return UNKNOWN
    if _DENIES.search(words):
        return NO
    return YES if words.strip() else ""
