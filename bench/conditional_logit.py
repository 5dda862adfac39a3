"""Conditional logit: which of several candidates is chosen, by the evidence for each (McFadden 1974)."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

SEED, RIDGE, FOLDS = 7, 0.001, 10
Array = NDArray[np.float64]


class Choice(NamedTuple):
    """One choice: the evidence for each candidate, which of them are right, how much it counts, what it stands or falls with."""

    rows: Array  # shape (candidates, features)
    right: NDArray[np.bool_]
    weight: float
    group: str


def fitted(choices: Sequence[Choice]) -> Array:
    """The weights with the highest likelihood that a right candidate is taken, under a small ridge."""
    total = sum(choice.weight for choice in choices)

    def loss(weights: Array) -> tuple[float, Array]:
        value, slope = RIDGE * float(weights @ weights), 2 * RIDGE * weights
        for choice in choices:
            scores = choice.rows @ weights
            odds = np.exp(scores - scores.max())
            among, all_of = odds * choice.right, odds.sum()
            value -= choice.weight / total * float(np.log(among.sum() / all_of))
            slope -= choice.weight / total * ((among / among.sum() - odds / all_of) @ choice.rows)
        return value, slope

    return np.asarray(minimize(loss, np.zeros(choices[0].rows.shape[1]), jac=True, method="L-BFGS-B").x)


def is_right(choice: Choice, weights: Array) -> bool:
    """Whether the likeliest candidate is right."""
    return bool(choice.right[int((choice.rows @ weights).argmax())])


def cross_validated(choices: Sequence[Choice]) -> list[bool]:
    """Whether each choice is right by weights that saw nothing of its group; ten folds."""
    groups = sorted({choice.group for choice in choices})
    order = np.random.default_rng(SEED).permutation(len(groups))
    fold = {groups[place]: number % FOLDS for number, place in enumerate(order)}
    weights = [fitted([c for c in choices if fold[c.group] != held]) for held in range(FOLDS)]
    return [is_right(choice, weights[fold[choice.group]]) for choice in choices]
