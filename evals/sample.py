"""One evaluation case: what a citizen types, and what a right reply must contain. One JSON object a line."""

import hashlib
from datetime import date
from pathlib import Path
from typing import Literal, TypeVar

from pydantic import Field, ValidationError

from assistant.model import RefusalReason
from knowledge.model import FieldName, Frozen, Slug

Line = TypeVar("Line", bound=Frozen)
SUITES = Path(__file__).parent / "suites"
AS_OF = date(2026, 11, 22)  # the suites were written against the rules of this day
NAMES = ("answer", "retrieval", "refusal", "multi_turn", "understanding", "flow", "leakage", "expiry")


class SuiteError(Exception):
    """A suite file that cannot be read; names the line."""


class Expect(Frozen):
    """What the last reply must be. Several items mean: any of them is right."""

    kinds: tuple[Literal["answer", "clarification", "flow", "plan", "refusal"], ...]
    items: tuple[Slug, ...] = ()
    fields: tuple[FieldName, ...] = ()
    values: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    reason: RefusalReason | None = None
    theme: Slug | None = None
    intent: str | None = None
    place: str | None = None  # the adcode that the reply must be for
    guide: str | None = None  # `adcode/item_id` of the text that must answer: a place's own, or the province's
    planned: tuple[Slug, ...] = ()  # the items of the plan, no more and no fewer
    says: tuple[tuple[str, ...], ...] = ()  # of each group one wording must stand in the reply
    ideal: str | None = None  # an answer in free text, compared by the characters shared


class Case(Frozen):
    """One question or conversation with its expectation."""

    case_id: str
    suite: str
    split: Literal["dev", "test"]
    style: str
    turns: tuple[str, ...] = Field(min_length=1)
    city: str | None = None
    as_of: date | None = None
    facts: dict[Slug, str] = Field(default_factory=dict)  # what she answers when a life event asks, in her words
    documents: tuple[str, ...] = ()  # passages given with the question, for systems that take them
    group: str | None = None  # what makes it stand or fall with other cases, where that is not their guide
    gold: dict[str, str] = Field(default_factory=dict)  # `adcode/item#field` → digest of the text it was written for
    expect: Expect

    @property
    def cluster(self) -> str:
        """Cases about the same guide or life event are not independent; without one, a case stands alone.

        The reason of a refusal is no cluster: reasons are not drawn from many, they are all there are.
        """
        return self.group or next(iter(self.expect.items), None) or self.expect.theme or self.case_id

    @property
    def digest(self) -> str:
        """Names what is asked and expected: two runs are comparable on a case where it is the same."""
        asked = self.model_dump_json(exclude={"gold", "split", "style"}, exclude_defaults=True)
        return hashlib.sha256(asked.encode()).hexdigest()[:12]


class Suite(Frozen):
    """All cases of one file and the digest that names its version."""

    name: str
    digest: str
    cases: tuple[Case, ...]


def load_suite(name: str, folder: Path = SUITES) -> Suite:
    """Read one suite. Raises SuiteError naming the first bad line."""
    return read_suite(folder / f"{name}.jsonl")


def read_suite(path: Path) -> Suite:
    """Read a suite file, shipped or one's own. Raises SuiteError naming the first bad line."""
    cases = read_lines(path, Case)
    for number, case in enumerate(cases, 1):
        if case.suite != path.stem:
            raise SuiteError(f"{path.name} 第 {number} 行 suite：应写 {path.stem}")
    return Suite(name=path.stem, digest=hashlib.sha256(path.read_bytes()).hexdigest()[:16], cases=cases)


def read_lines(path: Path, kind: type[Line]) -> tuple[Line, ...]:
    """One object of a kind a line. Raises SuiteError naming the first bad line."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise SuiteError(f"读不了题集 {path.name}：{type(error).__name__}") from error
    lines = []
    for number, line in enumerate(text.splitlines(), 1):
        try:
            lines.append(kind.model_validate_json(line))
        except ValidationError as error:
            first = error.errors()[0]
            raise SuiteError(f"{path.name} 第 {number} 行 {first['loc']}：{first['msg']}") from error
    return tuple(lines)


def drawn(cases: list[Case], count: int | None, seed: int) -> list[Case]:
    """At most `count` cases: the styles in turn, within a style in an order fixed by the seed and each case's own id.

    Adding a case to a suite therefore moves no other case in or out but at the edge.
    """
    if count is None or count >= len(cases):
        return cases
    by_style: dict[str, list[Case]] = {}
    for case in sorted(cases, key=lambda c: hashlib.sha256(f"{seed}:{c.case_id}".encode()).digest()):
        by_style.setdefault(case.style, []).append(case)
    turns = [(rank, style, case.case_id) for style, group in by_style.items() for rank, case in enumerate(group)]
    chosen = {case_id for _, _, case_id in sorted(turns)[:count]}
    return [case for case in cases if case.case_id in chosen]
