"""Stated confidence against what came of it, on guesses whose truth is known."""

import random

import pytest

from evals.calibration import Bin, Operating, expected_error, reliability, risk_coverage
from evals.outcome import Guess


def guess(confidence: float, right: bool) -> Guess:
    return Guess(confidence=confidence, right=right)


FOUR = [guess(0.9, True), guess(0.1, False), guess(0.8, False), guess(0.2, True)]


def test_bins_are_of_equal_size_and_begin_with_the_least_confident() -> None:
    assert reliability(FOUR, 2) == [Bin(2, pytest.approx(0.15), 0.5), Bin(2, pytest.approx(0.85), 0.5)]
    assert reliability([], 2) == []


def test_the_expected_error_is_the_mean_distance_of_the_bins() -> None:
    assert expected_error(FOUR, 2) == pytest.approx(0.35)
    assert expected_error(FOUR, 1) == 0
    assert expected_error([]) == 0


def test_an_honest_forecaster_has_a_small_error_and_a_boaster_a_large_one() -> None:
    draw = random.Random(3)
    honest = [guess(p, draw.random() < p) for p in (draw.random() for _ in range(4000))]
    assert expected_error(honest) < 0.03
    assert expected_error([guess(1.0, g.right) for g in honest]) > 0.4


def test_a_higher_threshold_answers_less() -> None:
    assert risk_coverage(FOUR, (0.0, 0.5, 0.85, 0.95)) == [
        Operating(0.0, 1.0, 0.5), Operating(0.5, 0.5, 0.5), Operating(0.85, 0.25, 0.0), Operating(0.95, 0.0, 0.0),
    ]  # fmt: skip
