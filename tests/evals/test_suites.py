"""Case files: the shipped ones are clean, a stale or broken one is named to the line."""

from pathlib import Path

import pytest

from evals.lint_data import findings, renewed
from evals.sample import NAMES, Case, Suite, SuiteError, drawn, load_suite
from knowledge.model import Library
from tests.evals.conftest import Make

GOOD = '{"case_id": "a-1", "suite": "answer", "split": "dev", "style": "plain", "turns": ["问"], "expect": {"kinds": ["answer"]}}'


def suite(*cases: object) -> Suite:
    return Suite(name="answer", digest="0", cases=cases)


@pytest.mark.parametrize("name", NAMES)
def test_a_shipped_suite_has_both_splits_and_its_own_name_on_every_case(name: str) -> None:
    loaded = load_suite(name)
    assert {c.split for c in loaded.cases} == {"dev", "test"}
    assert {c.suite for c in loaded.cases} == {name}


def test_the_shipped_suites_agree_with_the_shipped_library(library: Library) -> None:
    assert findings([load_suite(name) for name in NAMES], library) == []


def test_a_stale_value_is_found(case: Make, library: Library) -> None:
    stale = case(case_id="stale", items=("id-card-reissue",), values=("41元",))
    fresh = case(case_id="fresh", turns=("另问",), items=("id-card-reissue",), values=("40元",))
    assert findings([suite(stale, fresh)], library) == [
        "stale：指南里已没有41元（id-card-reissue），题目过时或指南漏写"
    ]


def test_what_does_not_exist_is_found(case: Make, library: Library) -> None:
    assert findings([suite(case(items=("no-such",), theme="no-theme"))], library) == [
        "c-1：事项 no-such 不在指南库里",
        "c-1：一件事 no-theme 不在指南库里",
    ]


def test_a_value_that_is_none_is_found(case: Make, library: Library) -> None:
    assert findings([suite(case(items=("id-card-reissue",), values=("不多",)))], library) == ["c-1：“不多”读不出数值"]


def test_a_number_given_twice_and_a_question_in_both_splits_are_found(case: Make, library: Library) -> None:
    assert findings([suite(case(), case(split="test"))], library) == [
        "c-1：编号重复",
        "c-1：同一问题同时出现在 dev 和 test",
    ]


def test_a_good_file_loads_and_its_digest_is_its_contents(tmp_path: Path) -> None:
    (tmp_path / "answer.jsonl").write_text(GOOD + "\n", encoding="utf-8")
    first = load_suite("answer", tmp_path)
    (tmp_path / "answer.jsonl").write_text(GOOD.replace("问", "另问") + "\n", encoding="utf-8")
    second = load_suite("answer", tmp_path)
    assert [c.case_id for c in first.cases] == ["a-1"]
    assert first.digest != second.digest


@pytest.mark.parametrize(
    "line",
    ["{", "", GOOD.replace('"dev"', '"train"'), GOOD.replace("answer\", \"split", "unknown\", \"split"), GOOD[:-1] + ', "more": 1}', GOOD.replace('["answer"]', '["poem"]')],
    ids=["not-json", "blank", "bad-split", "bad-suite", "unknown-key", "bad-kind"],
)  # fmt: skip
def test_a_broken_line_is_named_with_its_file_and_number(line: str, tmp_path: Path) -> None:
    (tmp_path / "answer.jsonl").write_text(f"{GOOD}\n{line}\n{GOOD}\n", encoding="utf-8")
    with pytest.raises(SuiteError, match="answer.jsonl 第 2 行"):
        load_suite("answer", tmp_path)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(SuiteError, match="answer.jsonl"):
        load_suite("answer", tmp_path)


def test_cases_of_one_guide_are_one_cluster(case: Make) -> None:
    assert case(items=("a", "b")).cluster == "a"
    assert case(kinds=("refusal",), reason="crisis", group="g").cluster == "g"
    assert case(kinds=("refusal",), reason="crisis").cluster == "c-1"
    assert case(theme="newborn").cluster == "newborn"
    assert case().cluster == "c-1"


def test_a_changed_field_makes_its_cases_stale_until_a_person_has_looked(case: Make, library: Library) -> None:
    fees = "410000/id-card-reissue#fees"
    made = case(items=("id-card-reissue",), gold={fees: "00000000", "410000/passport#poems": "0", "theme:newborn": "0"})
    assert findings([suite(made)], library) == [
        f"c-1：{fees} 已经改过，请看题目还对不对（对就 evals lint-data --renew c-1）",
        "c-1：指南库里没有 410000/passport#poems",
        "c-1：theme:newborn 已经改过，请看题目还对不对（对就 evals lint-data --renew c-1）",
    ]
    other = case(case_id="c-2", turns=("另问",), gold={fees: "00000000"})
    text = "".join(c.model_dump_json(exclude_defaults=True) + "\n" for c in (made, other))
    first, second = map(Case.model_validate_json, renewed(text, {"c-1"}, library).splitlines())
    assert (findings([suite(first)], library), second) == (["c-1：指南库里没有 410000/passport#poems"], other)


def test_a_draw_takes_the_styles_in_turn_and_moves_no_other_case_when_one_is_added(case: Make) -> None:
    cases = [case(case_id=f"c-{n}").model_copy(update={"style": "typo" if n < 3 else "plain"}) for n in range(20)]
    first = drawn(cases, 6, 7)
    assert [sum(c.style == style for c in first) for style in ("typo", "plain")] == [3, 3]
    more = drawn([*cases, case(case_id="c-new")], 6, 7)
    assert len({c.case_id for c in first} & {c.case_id for c in more}) >= 5
    assert drawn(cases, 6, 8) != first
    assert drawn(cases, None, 7) == drawn(cases, 99, 7) == cases
