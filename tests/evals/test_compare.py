"""Two runs compared: over the same cases or not at all, with tests whose answers are known."""

import json
import math
from pathlib import Path

import pytest

from evals.__main__ import main
from evals.compare import Record, compared, read_record
from evals.gate import baseline_text, gate
from evals.outcome import Outcome
from evals.paired import Pairs, cluster_sums, detectable, holm, paired_difference, sign_flip_p
from evals.runs import Run, append, begin
from evals.sample import SuiteError
from evals.stats import t95
from tests.evals.conftest import MakeOutcome, record

Capture = pytest.CaptureFixture[str]
RIGHT = {"kind_right": True, "contradicted": False}
WRONG = {"kind_right": False, "contradicted": False}


def runs(broken: int, fixed: int = 0, n: int = 200, share: int = 1) -> tuple[Record, Record]:
    """Two runs over n cases, `share` of them a cluster: so many broken, so many fixed, the rest right in both."""
    names = [f"g{i // share}-{i}" for i in range(n)]
    before = {name: WRONG if i < fixed else RIGHT for i, name in enumerate(names)}
    after = {name: WRONG if fixed <= i < fixed + broken else RIGHT for i, name in enumerate(names)}
    return record("before", before), record("after", after)


@pytest.mark.parametrize(
    ("differences", "p"),
    [([1] * 6, 2 / 64), ([1, 1, 1, -1], 10 / 16), ([], 1.0), ([0.0, 0.0], 1.0), ([1] * 5, 2 / 32), ([3, 1, 1], 2 / 8), ([0.5, 0.25], 2 / 4)],
    ids=["six-one-way", "mcnemar-3-1", "none", "no-change", "five", "one-large-cluster", "halves"],
)  # fmt: skip
def test_the_exact_test_gives_the_known_p(differences: list[float], p: float) -> None:
    assert sign_flip_p(differences) == pytest.approx(p)


def test_holm_gives_the_known_p() -> None:
    assert holm({"a": 0.01, "b": 0.04, "c": 0.03}) == pytest.approx({"a": 0.03, "b": 0.06, "c": 0.06})


def likeliest(better: int, worse: int, n: int, truth: float) -> float:
    """The share of worsened pairs that makes what was seen likeliest if the true difference is this, by trying many."""

    def likelihood(share: float) -> float:
        parts = ((better, share + truth), (worse, share), (n - better - worse, 1 - 2 * share - truth))
        return sum(count * math.log(p) if p > 0 else -math.inf for count, p in parts if count)

    lowest, highest = max(0.0, -truth), (1 - truth) / 2
    return max((lowest + (highest - lowest) * step / 4000 for step in range(4001)), key=likelihood)


@pytest.mark.parametrize(("better", "worse", "n"), [(0, 0, 50), (3, 4, 44), (15, 5, 200), (12, 2, 14), (0, 9, 250)])
def test_the_interval_of_independent_pairs_is_tangos(better: int, worse: int, n: int) -> None:
    """At each end the difference seen is 1.96 standard deviations of the likeliest world with that true difference away."""
    gains = [1.0] * better + [-1.0] * worse + [0.0] * (n - better - worse)
    found, pairs = paired_difference(gains, [str(i) for i in range(n)]), Pairs(better, worse, n)
    for truth in (found.low, found.high):
        share = likeliest(better, worse, n, truth)
        deviations = (found.value - truth) / math.sqrt((2 * share + truth - truth * truth) / n)
        assert pairs.score(truth) == pytest.approx(deviations, rel=2e-3)
        assert abs(deviations) == pytest.approx(t95(n - 1), rel=0.04), (
            "n / (n − 1) of the variance by clusters, no more"
        )
    if not better + worse:
        assert found.high == pytest.approx(t95(n - 1) ** 2 / (n + t95(n - 1) ** 2))


def test_a_difference_of_clusters_that_agree_is_as_unsure_as_one_value_each() -> None:
    values, clusters = [float(i % 2) for i in range(40) for _ in range(5)], [str(i) for i in range(40) for _ in range(5)]  # fmt: skip
    five, one = paired_difference(values, clusters), paired_difference(values[::5], clusters[::5])
    assert (five.value, five.high - five.low) == (0.5, pytest.approx(one.high - one.low, rel=0.05))
    assert paired_difference([1.0] * 30, ["a"] * 30)[1:] == (1.0, -1.0, 1.0), "one cluster tells nothing"
    assert paired_difference([0.5] * 30, clusters[:150:5])[1] == 0.5, "differences that never vary"
    assert cluster_sums([1.0, 2.0, 4.0], ["b", "a", "b"]) == [2.0, 5.0]


def test_the_detectable_difference_is_that_of_the_plan() -> None:
    alone = [str(i) for i in range(1000)]
    for n, expected in ((100, 0.089), (300, 0.051), (500, 0.040), (1000, 0.028)):
        assert detectable([0.0] * n, alone[:n]) == pytest.approx(expected, abs=5e-4)
    assert detectable([], []) == 1.0
    together = [1.0] * 10 + [-1.0] * 10 + [0.0] * 80
    assert detectable(together, ["a"] * 10 + ["b"] * 10 + alone[:80]) > 2 * detectable(together, alone[:100])


def test_a_comparison_names_every_fixed_and_broken_case() -> None:
    found = {d.name: d for d in compared(*runs(broken=2, fixed=1, n=50))}
    assert set(found) == {"kind_right", "contradicted"}
    kind = found["kind_right"]
    assert (kind.fixed, kind.broken) == (("g0-0",), ("g1-1", "g2-2"))
    assert (kind.before, kind.after, kind.gain.value) == (0.98, 0.96, pytest.approx(-0.02))
    assert (kind.p, kind.mcnemar, kind.adjusted, kind.sure) == (1.0, 1.0, 1.0, False)
    assert kind.effect == pytest.approx(-1 / 3)


def test_less_of_a_bad_thing_is_a_gain() -> None:
    (found,) = compared(record("a", {"g-1": {"false_answer": True}}), record("b", {"g-1": {"false_answer": False}}))
    assert (found.gain.value, found.fixed) == (1.0, ("g-1",))


def test_cases_of_one_guide_count_once() -> None:
    (alone, _), (together, _) = (compared(*runs(broken=10, share=share)) for share in (1, 10))
    assert (alone.mcnemar, alone.p) == (pytest.approx(2 / 1024), pytest.approx(2 / 1024))
    assert (together.mcnemar, together.p) == (pytest.approx(2 / 1024), 1.0)
    assert (alone.sure, together.sure) == (True, False)


def test_different_cases_are_not_compared() -> None:
    before, after = runs(broken=0, n=3)
    changed = after.cases[0].model_copy(update={"digest": "other"})
    with pytest.raises(SuiteError, match="只在 before 的 1 题，只在 after 的 0 题，题目改过的 1 题"):
        compared(before, after.model_copy(update={"cases": (changed, *after.cases[1:2])}))


@pytest.mark.parametrize(
    ("broken", "share", "enough", "code"),
    [(0, 1, 0.15, 0), (3, 1, 0.15, 0), (10, 1, 0.15, 1), (10, 10, 0.15, 3), (0, 1, 0.01, 3), (10, 1, 0.01, 1)],
    ids=["same", "noise", "worse", "one-guide-worse", "too-few", "worse-and-too-few"],
)  # fmt: skip
def test_the_gate_stops_what_is_surely_and_noticeably_worse(broken: int, share: int, enough: float, code: int) -> None:
    before, after = runs(broken=broken, share=share)
    assert gate(after, before, enough).code == code


def test_a_sure_but_small_drop_passes() -> None:
    before, after = runs(broken=10, n=2000)
    (kind, _) = compared(before, after)
    assert (kind.sure, kind.gain.value) == (True, pytest.approx(-0.005))
    assert gate(after, before, 0.15).code == 0


def test_getting_better_passes() -> None:
    before, after = runs(broken=0, fixed=20)
    assert gate(after, before, 0.15).code == 0


@pytest.mark.parametrize("name", ["contradicted", "leaked", "expired", "personal", "foreign_link"])
def test_one_case_of_the_unforgivable_is_enough(name: str) -> None:
    scores = {f"g-{i}": {"kind_right": True, name: i == 3} for i in range(100)}
    verdict = gate(record("run", scores), None, 0.15)
    assert (verdict.code, [line for line in verdict.lines if "g-3" in line]) == (1, list(verdict.lines))


@pytest.mark.parametrize(
    ("changes", "said"),
    [({"errors": 1}, "1 题出错"), ({"planned": 201}, "没有跑完：200/201 题"), ({"cases": ()}, "一题也没有")],
)  # fmt: skip
def test_a_broken_run_is_neither_good_nor_bad(changes: dict[str, object], said: str) -> None:
    before, after = runs(broken=10)
    verdict = gate(after.model_copy(update=changes), before, 0.15)
    assert (verdict.code, verdict.lines) == (2, (f"无效：{said}",))


def keep(folder: Path, run: Run, outcomes: list[Outcome]) -> Path:
    begin(folder, run.model_copy(update={"planned": len(outcomes)}))
    list(append(folder, outcomes))
    return folder


def test_the_commands_compare_gate_and_keep_a_baseline(
    a_run: Run, outcome: MakeOutcome, tmp_path: Path, capsys: Capture
) -> None:
    good = [outcome(case_id=f"c-{i}", cluster=str(i), **RIGHT) for i in range(100)]
    bad = [o.model_copy(update={"scores": WRONG}) if i < 20 else o for i, o in enumerate(good)]
    before, after = keep(tmp_path / "before", a_run, good), keep(tmp_path / "after", a_run, bad)
    kept = tmp_path / "baseline" / "ci.json"
    assert main(["baseline", str(before), "--out", str(kept)]) == 0
    assert main(["compare", str(before), str(after), "--out", str(tmp_path / "c.md")]) == 0
    said = capsys.readouterr().out
    assert said == (tmp_path / "c.md").read_text(encoding="utf-8")
    assert "| 答复类型对 | 1.000 | 0.800 | -0.200 [" in said and "变差" in said and "- 答复类型对：`c-0`、`c-1`" in said
    assert main(["gate", str(after), "--baseline", str(kept)]) == 1
    assert capsys.readouterr().out.splitlines()[-1] == "不通过（100 题）"
    assert main(["gate", str(before), "--baseline", str(kept)]) == 0
    assert main(["gate", str(before), "--baseline", str(kept), "--enough", "0.001"]) == 3
    assert "数据不够：答复类型对 100 题，只看得出 0.089 以上的差" in capsys.readouterr().out
    (after / "cases.jsonl").write_bytes(b"")
    assert main(["gate", str(after), "--baseline", str(kept)]) == 2
    assert main(["baseline", str(after), "--out", str(kept)]) == 2
    assert main(["compare", str(before), str(tmp_path / "none")]) == 2


def test_a_case_played_several_times_is_one_and_a_run_that_lacks_one_playing_is_not_whole(
    a_run: Run, outcome: MakeOutcome, tmp_path: Path
) -> None:
    twice = a_run.model_copy(update={"config": a_run.config.model_copy(update={"repeat": 2})})
    played = [outcome(case_id=f"c-{i}", cluster=str(i), repeat=r, **RIGHT) for r in range(2) for i in range(10)]
    whole, cut = read_record(keep(tmp_path / "whole", twice, played)), read_record(keep(tmp_path / "cut", twice, played[:-1]))  # fmt: skip
    assert (whole.planned, len(whole.cases), gate(whole, whole, 0.9).code) == (10, 10, 0)
    short = cut.model_copy(update={"planned": 10})
    assert (len(cut.cases), gate(short, whole, 0.9).lines) == (9, ("无效：没有跑完：9/10 题",))


def test_a_baseline_reads_back_with_what_the_gate_needs_and_no_question(tmp_path: Path) -> None:
    before, after = runs(broken=10)
    path = tmp_path / "baseline.json"
    path.write_text(baseline_text(before), encoding="utf-8")
    kept = read_record(path)
    assert [c.case_id for c in kept.cases] == [c.case_id for c in before.cases]
    assert {name for c in kept.cases for name in c.scores} == {"kind_right"}
    assert gate(after, kept, 0.15).code == 1
    assert set(json.loads(path.read_text(encoding="utf-8"))["cases"][0]) == {"case_id", "digest", "cluster", "scores"}
