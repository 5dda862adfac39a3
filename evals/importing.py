"""Cases from other Chinese benchmarks, in their own file formats; their data and licences stay theirs.

RGB (Chen et al. 2023): JSON lines with `id`, `query`, `answer` (text, list of texts, list of alternatives), `positive`,
`negative` passages (in `_int` files `positive` is a list of lists). CRUD-RAG (Lyu et al. 2024): one JSON object of lists
`questanswer_1doc`, `_2docs`, `_3docs` whose rows have `ID`, `questions`, `answers`, `news1` …
"""

import json
import math
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from evals.sample import Case, SuiteError


class Mix(NamedTuple):
    """Which passages an RGB question is given: the share that has no answer, how many, and the seed of their order."""

    noise: float
    passages: int
    seed: int


def imported(form: str, path: Path, suite: str, mix: Mix) -> list[Case]:
    """The cases of a file. Raises SuiteError naming the first row that is not one."""
    cases: list[Case] = []
    try:
        for case in FORMATS[form](path.read_text(encoding="utf-8"), suite, mix):
            cases.append(case)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise SuiteError(
            f"{path.name} 第 {len(cases) + 1} 条不是 {form} 格式：{type(error).__name__} {error}"
        ) from error
    return cases


def _rgb(text: str, suite: str, mix: Mix) -> Iterator[Case]:
    for line in text.splitlines():
        row = json.loads(line)
        rng = random.Random(f"{mix.seed}:{row['id']}")
        documents = _passages(row, mix)
        rng.shuffle(documents)
        yield Case.model_validate({
            "case_id": f"{suite}-{row['id']}", "suite": suite, "split": "test", "style": "imported", "turns": (row["query"],),
            "documents": documents,
            "expect": {"kinds": ("refusal",) if mix.noise >= 1 else ("answer",), "says": _alternatives(row["answer"])},
        })  # fmt: skip


def _passages(row: dict[str, Any], mix: Mix) -> list[str]:
    """As the benchmark mixes them: as many without an answer as the noise asks for, the rest with one."""
    wanted = math.ceil(mix.passages * mix.noise)
    positive = row["positive"]
    if positive and isinstance(positive[0], list):
        longest = max(map(len, positive))
        positive = [group[turn] for turn in range(longest) for group in positive if turn < len(group)]
    noisy = row["negative"][:wanted] if mix.noise < 1 else row["negative"][: mix.passages]
    return [*positive[: max(0, mix.passages - wanted)], *noisy]


def _alternatives(answer: Any) -> tuple[tuple[str, ...], ...]:
    """Each part of the answer with the wordings that count for it."""
    parts = answer if isinstance(answer, list) else [answer]
    return tuple(tuple(map(str, part)) if isinstance(part, list) else (str(part),) for part in parts)


def _crud(text: str, suite: str, mix: Mix) -> Iterator[Case]:
    data = json.loads(text)
    for name in ("questanswer_1doc", "questanswer_2docs", "questanswer_3docs"):
        for row in data.get(name, ()):
            yield Case.model_validate({
                "case_id": f"{suite}-{row['ID']}", "suite": suite, "split": "test", "style": name.removeprefix("questanswer_"),
                "turns": (row["questions"],), "documents": [row[key] for key in ("news1", "news2", "news3") if row.get(key)],
                "expect": {"kinds": ("answer",), "ideal": row["answers"]},
            })  # fmt: skip


FORMATS: dict[str, Callable[[str, str, Mix], Iterator[Case]]] = {"rgb": _rgb, "crud": _crud}
