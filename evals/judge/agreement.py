"""How far a judge agrees with people: raw agreement and Cohen's kappa, with intervals clustered by guide. Pure but for reading."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from evals.judge.asking import Ballot
from evals.judge.rubric import CRITERIA
from evals.sample import SuiteError, read_lines
from evals.stats import Proportion, proportion
from knowledge.model import Frozen

DRAWS = 4000


class Label(Frozen):
    """What a person says of one reply by one criterion; `label` is null until somebody has said it."""

    case_id: str
    criterion: str
    reply: str  # digest of the text that was read
    label: bool | None
    question: str = ""
    text: str = ""


class Pair(NamedTuple):
    """The same question answered by the judge and by a person."""

    cluster: str
    judge: bool
    person: bool


class Agreement(NamedTuple):
    """Raw agreement, and kappa (what is left of it beyond chance) with its 95 % interval; None where either never varies."""

    raw: Proportion
    kappa: float | None
    low: float
    high: float


def read_labels(path: Path) -> list[Label]:
    """The labels of a file that somebody filled in. Raises SuiteError naming the first bad line."""
    labels = [label for label in read_lines(path, Label) if label.label is not None]
    if unknown := {label.criterion for label in labels} - CRITERIA.keys():
        raise SuiteError(f"{path.name} 里有不认识的标准：{'、'.join(sorted(unknown))}；可写：{'、'.join(CRITERIA)}")
    return labels


def paired(ballots: Sequence[Ballot], labels: Sequence[Label]) -> dict[str, list[Pair]]:
    """By criterion, the questions that both decided; a label of another text, or without a verdict beside it, is left out."""
    people = {(label.case_id, label.criterion, label.reply): label.label for label in labels}
    found: dict[str, list[Pair]] = {name: [] for name in CRITERIA}
    for ballot in ballots:
        asked, verdict = ballot.question, ballot.verdict
        person = people.get((asked.case_id, asked.criterion, asked.reply))
        if verdict is not None and person is not None:
            found[asked.criterion].append(Pair(asked.cluster, verdict, person))
    return {name: pairs for name, pairs in found.items() if pairs}


def agreement(pairs: Sequence[Pair], seed: int = 7) -> Agreement:
    """Both measures over some pairs; kappa's interval from the percentiles of drawing whole clusters with replacement."""
    clusters = [pair.cluster for pair in pairs]
    raw = proportion([pair.judge == pair.person for pair in pairs], clusters)
    names = sorted(set(clusters))
    cells = np.zeros((len(names), 4))
    for pair in pairs:
        cells[names.index(pair.cluster), 2 * pair.judge + pair.person] += 1
    weights = np.random.default_rng(seed).multinomial(len(names), np.full(len(names), 1 / len(names)), size=DRAWS)
    value = float(_kappas(cells.sum(axis=0)[None])[0])
    drawn = _kappas(weights @ cells)
    known = drawn[np.isfinite(drawn)]
    low, high = np.quantile(known, [0.025, 0.975]) if len(names) > 1 and len(known) else (-1.0, 1.0)
    return Agreement(raw, value if np.isfinite(value) else None, float(low), float(high))


def _kappas(cells: NDArray[np.float64]) -> NDArray[np.float64]:
    """Cohen's kappa (1960) of tables no/no, no/yes, yes/no, yes/yes, shape (tables, 4); not finite where chance agrees wholly."""
    share = cells / cells.sum(axis=1, keepdims=True)
    judge, person = share[:, 2] + share[:, 3], share[:, 1] + share[:, 3]
    chance = judge * person + (1 - judge) * (1 - person)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(chance < 1, (share[:, 0] + share[:, 3] - chance) / (1 - chance), np.nan)
