"""Cases from RGB and CRUD-RAG files (hand-made in their formats), and how replies to them are judged."""

from pathlib import Path
from typing import Any

import pytest

from assistant.model import Answer, AnyReply, Focus, Refusal, RefusalReason, Trace, Turn
from evals.__main__ import main
from evals.importing import Mix, imported
from evals.sample import Case, SuiteError, read_suite
from evals.scorers.understood import overlap, understood
from knowledge.catalog import Catalog

FILES = Path(__file__).parent / "foreign"
HERE: dict[str, Any] = {"jurisdiction": "410000", "as_of": "2026-11-22"}


def rgb(noise: float, passages: int = 3, seed: int = 7) -> list[Case]:
    return imported("rgb", FILES / "zh.json", "rgb_zh", Mix(noise, passages, seed))


def turn(reply: AnyReply) -> Turn:
    return Turn(question="问", reply=reply, focus=Focus(), trace=Trace(trace_id="t", intent="", decision=""))


def said(text: str) -> Turn:
    return turn(Answer(text=text, **HERE))


REFUSED = turn(Refusal(text="信息不足", reason=RefusalReason.NO_KNOWLEDGE, **HERE))


def test_rgb_rows_become_cases_with_as_many_noisy_passages_as_asked() -> None:
    first, second, third = rgb(0.5)
    assert (first.case_id, first.turns, first.expect.kinds, first.expect.says) == (
        "rgb_zh-0", ("甲市图书馆哪年开馆？",), ("answer",), (("2011年",),),
    )  # fmt: skip
    assert (second.expect.says, third.expect.says) == ((("月季", "月季花"), ("牡丹",)), (("五个",),))
    assert set(first.documents) == {"甲市图书馆于2011年开馆。", "乙市图书馆有两层。", "甲市博物馆免费。"}
    assert set(second.documents) == {"甲市市花是月季。", "丙市市树是国槐。"}
    assert rgb(0.5) == rgb(0.5)


def test_rgb_with_nothing_but_noise_asks_for_a_refusal() -> None:
    first, *_ = rgb(1.0)
    assert (first.expect.kinds, set(first.documents)) == (("refusal",), {"乙市图书馆有两层。", "甲市博物馆免费。", "丙市有三座公园。"})  # fmt: skip


@pytest.mark.parametrize(
    ("reply", "false_answer", "right_anyway"),
    [(REFUSED, False, False), (said("是 2011 年。"), True, True), (said("是2012年。"), True, False)],
    ids=["refused", "right-anyway", "wrong"],
)  # fmt: skip
def test_refused_right_anyway_and_wrong_are_three_outcomes(
    reply: Turn, false_answer: bool, right_anyway: bool, shipped: Catalog
) -> None:
    judged = understood(rgb(1.0)[0], reply, shipped)
    assert (reply.reply.kind != "refusal", judged.right_anyway, judged.said_right) == (false_answer, right_anyway, None)


@pytest.mark.parametrize(
    ("text", "right"),
    [("甲市是月季花，乙市是牡丹。", True), ("甲市是月季，乙市不清楚。", False)],
)  # fmt: skip
def test_every_part_of_an_answer_must_be_said_in_one_of_its_wordings(text: str, right: bool, shipped: Catalog) -> None:
    assert understood(rgb(0.0)[1], said(text), shipped).said_right is right


def test_crud_questions_become_cases_with_their_documents_and_an_ideal_answer() -> None:
    cases = imported("crud", FILES / "crud.json", "crud", Mix(0, 5, 7))
    assert [(c.case_id, c.style, c.documents, c.expect.ideal) for c in cases] == [
        ("crud-a1", "1doc", ("甲市图书馆于2011年开馆。",), "甲市图书馆于2011年开馆。"),
        ("crud-b1", "2docs", ("甲市市花是月季。", "乙市市花是牡丹。"), "甲市是月季，乙市是牡丹。"),
    ]


@pytest.mark.parametrize(
    ("text", "ideal", "share"), [("收40元。", "收４０元", 1.0), ("完全", "不同", 0.0), ("四十", "四十元钱", 2 / 3)]
)
def test_texts_are_compared_by_their_characters(text: str, ideal: str, share: float) -> None:
    assert overlap(text, ideal) == pytest.approx(share)


def test_the_command_writes_a_suite_that_reads_back(tmp_path: Path) -> None:
    out = tmp_path / "rgb_zh.jsonl"
    assert main(["import", "rgb", str(FILES / "zh.json"), "--out", str(out), "--noise", "1"]) == 0
    assert read_suite(out).cases == tuple(imported("rgb", FILES / "zh.json", "rgb_zh", Mix(1.0, 5, 7)))


@pytest.mark.parametrize(
    ("form", "text"),
    [("rgb", '{"id": 0}'), ("rgb", "{"), ("crud", '{"questanswer_1doc": [{"ID": 1}]}'), ("crud", "[]")],
)
def test_a_file_of_another_format_is_named(form: str, text: str, tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SuiteError, match=f"第 1 条不是 {form} 格式"):
        imported(form, path, "x", Mix(0, 5, 7))
