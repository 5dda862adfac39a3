"""How much personal data the mask lets through, and how much that is none it hides; by kind, by spelling, by sentence.

Sentences are split: the mask was worked on with the `dev` ones; the `held` ones are only measured. Both halves and the
mask have one author, so the held figure says how the mask carries over to other sentences, not to other people's.
"""

import random
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Literal, NamedTuple

from assistant.safety.privacy import mask
from evals.personal import LOOK_ALIKES, PERSONAL, TOWNS
from evals.sample import SUITES, read_lines
from evals.spellings import SPELLINGS, spellings_of
from evals.stats import Proportion, proportion
from knowledge.model import Frozen

Split = Literal["dev", "held"]
WINDOW = 6  # as many characters of a number in a row, and it counts as let through
RECALL, FALSE_MASKS = 0.99, 0.005
SHOWN = 40
_MASK = re.compile("【[^【】]*已隐去】")
_ARABIC = str.maketrans("零〇幺一二三四五六七八九", "001123456789")


class Line(Frozen):
    """One sentence with a gap, or one value for such a gap, of `evals/suites/privacy.jsonl`."""

    of: str
    personal: bool
    split: Split
    sentence: str | None = None
    value: str | None = None


class Sample(NamedTuple):
    """One message: what is planted in it, how it is spelled, and the text around it."""

    kind: str
    spelling: str
    personal: bool
    split: str
    value: str  # as it is written plainly
    around: tuple[str, str]
    text: str


class Seen(NamedTuple):
    """A sample and what the mask did to it."""

    sample: Sample
    masked: str
    passed: bool  # nothing of personal data is left, or a look-alike is as it was
    intact: bool  # the words around are all there


def load_lines(path: Path = SUITES / "privacy.jsonl") -> tuple[Line, ...]:
    """The sentences. Raises SuiteError naming the bad line."""
    return read_lines(path, Line)


def plain(text: str) -> str:
    """A text as a search for leaks reads it: no spaces, marks or invisible characters, digits as 0-9, capitals."""
    folded = unicodedata.normalize("NFKC", text).translate(_ARABIC).upper()
    return "".join(c for c in folded if c.isalnum() or c == "@")


def secret(value: str) -> str:
    """The part of a value that says who or where she is: an address without its city and county."""
    return next((value[len(town) :] for town in TOWNS if town and value.startswith(town)), value).removeprefix("+86")


def leaks(value: str, text: str) -> bool:
    """Whether a value, or six characters of it in a row, can still be read in a text."""
    hidden, read = plain(secret(value)), plain(text)
    return any(hidden[i : i + WINDOW] in read for i in range(max(1, len(hidden) - WINDOW + 1)))


def samples(count: int, split: Split, personal: bool, rng: random.Random) -> Iterator[Sample]:
    """So many messages, kinds and spellings in turn, sentences and values drawn."""
    lines = [line for line in load_lines() if line.split == split and line.personal is personal]
    sentences, values = defaultdict[str, list[str]](list), defaultdict[str, list[str]](list)
    for line in lines:
        (sentences if line.sentence else values)[line.of].append(line.sentence or line.value or "")
    ways = (
        [(kind, of, make, spelling) for kind, (of, make) in PERSONAL.items() for spelling in spellings_of(kind)]
        if personal
        else [(of, of, LOOK_ALIKES.get(of), "照写") for of in sentences]
    )
    for number in range(count):
        kind, of, make, spelling = ways[number % len(ways)]
        value = make(rng) if make else rng.choice(values[of])
        before, _, after = rng.choice(sentences[of]).partition("{}")
        text = before + SPELLINGS[spelling](value, rng) + after
        yield Sample(kind, spelling, personal, split, value, (before, after), text)


def look(sample: Sample) -> Seen:
    """What the mask does to one sample."""
    masked = mask(sample.text).text
    if not sample.personal:
        kept = not _MASK.search(masked)
        return Seen(sample, masked, kept, kept)
    rest = plain(_MASK.sub("", masked))
    intact = plain(sample.around[0]) in rest and rest.endswith(plain(sample.around[1]))
    return Seen(sample, masked, not leaks(sample.value, masked), intact)


def run(count: int, seed: int) -> list[Seen]:
    """`count` messages with personal data and as many without, of each half of the sentences."""
    rng = random.Random(seed)
    splits: tuple[Split, ...] = ("dev", "held")
    drawn = (s for split in splits for personal in (True, False) for s in samples(count, split, personal, rng))
    return [look(sample) for sample in drawn]


def rate(seen: list[Seen], good: bool = True) -> Proportion:
    """The share that passed (or, with `good` false, that did not), sentences as clusters."""
    return proportion([s.passed is good for s in seen], ["{}".join(s.sample.around) for s in seen])


def of(seen: list[Seen], personal: bool, split: str) -> list[Seen]:
    """One quarter of a run."""
    return [s for s in seen if s.sample.personal is personal and s.sample.split == split]


def good_enough(seen: list[Seen]) -> bool:
    """Whether the held sentences reach the recall and stay under the false masks."""
    found, false = rate(of(seen, True, "held")), rate(of(seen, False, "held"), good=False)
    return found.value >= RECALL and false.value <= FALSE_MASKS


def table(seen: list[Seen]) -> dict[str, dict[str, Proportion]]:
    """Recall by kind and by spelling and false masks by kind of look-alike, dev beside held."""
    rows: dict[str, dict[str, Proportion]] = defaultdict(dict)
    for split in ("dev", "held"):
        personal, other = of(seen, True, split), of(seen, False, split)
        rows["召回合计"][split] = rate(personal)
        rows["误遮合计"][split] = rate(other, good=False)
        intact = [s.intact for s in personal if s.sample.kind != "住址"]
        rows["其余的字都在"][split] = proportion(intact, [str(i) for i in range(len(intact))])
        for kind in dict.fromkeys(s.sample.kind for s in personal):
            rows[f"召回·{kind}"][split] = rate([s for s in personal if s.sample.kind == kind])
        for spelling in SPELLINGS:
            rows[f"写法·{spelling}"][split] = rate([s for s in personal if s.sample.spelling == spelling])
        for kind in dict.fromkeys(s.sample.kind for s in other):
            rows[f"误遮·{kind}"][split] = rate([s for s in other if s.sample.kind == kind], good=False)
    return rows


def report(seen: list[Seen]) -> str:
    """The table for people, and what went wrong in the dev half; the held half's mistakes are counted, not shown."""
    lines = ["# 个人信息的隐去", "", "| 项 | dev（照着改过） | held（只测不改） |", "|---|---|---|"]
    lines += [f"| {name} | {row['dev']} | {row['held']} |" for name, row in table(seen).items()]
    wrong = [s for s in seen if s.sample.split == "dev" and not (s.passed and (s.intact or s.sample.kind == "住址"))]
    lines += ["", f"## dev 里漏过的和多遮的（{len(wrong)} 例，列前 {SHOWN} 例）", ""]
    lines += [f"- {s.sample.kind}·{s.sample.spelling}：{s.sample.text} → {s.masked}" for s in wrong[:SHOWN]]
    return "\n".join(lines) + "\n"
