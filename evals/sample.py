"""One evaluation case: what a citizen types, and what a right reply must contain. One JSON object a line."""

import hashlib
from datetime import date
from pathlib import Path
from typing import Literal

from pydantic import ValidationError

from assistant.model import RefusalReason
from knowledge.model import FieldName, Frozen, Slug

SUITES = Path(__file__).parent / "suites"
NAMES = ("retrieval", "answer", "refusal", "multi_turn")


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


class Case(Frozen):
    """One question or conversation with its expectation."""

    case_id: str
    suite: Literal["retrieval", "answer", "refusal", "multi_turn"]
    split: Literal["dev", "test"]
    style: str
    turns: tuple[str, ...]
    city: str | None = None
    as_of: date | None = None
    expect: Expect

    @property
    def cluster(self) -> str:
        """Cases about the same guide are not independent."""
        return self.expect.items[0] if self.expect.items else str(self.expect.reason or self.expect.theme or "none")


class Suite(Frozen):
    """All cases of one file and the digest that names its version."""

    name: str
    digest: str
    cases: tuple[Case, ...]


def load_suite(name: str, folder: Path = SUITES) -> Suite:
    """Read one suite. Raises SuiteError naming the first bad line."""
    path = folder / f"{name}.jsonl"
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise SuiteError(f"读不了题集 {path.name}：{type(error).__name__}") from error
    cases = []
    for number, line in enumerate(raw.decode("utf-8").splitlines(), 1):
        try:
            cases.append(Case.model_validate_json(line))
        except ValidationError as error:
            first = error.errors()[0]
            raise SuiteError(f"{path.name} 第 {number} 行 {first['loc']}：{first['msg']}") from error
    return Suite(name=name, digest=hashlib.sha256(raw).hexdigest()[:16], cases=tuple(cases))
