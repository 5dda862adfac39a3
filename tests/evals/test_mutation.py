"""The mutation eval: its mutants are false, its paraphrases true, and it can tell a good gate from none."""

import random
from datetime import date

import pytest

from assistant.answering import gate
from assistant.answering.gate import Passed
from evals import mutation
from evals.mutants import stated
from evals.mutators import MUTATORS, Lender
from evals.paraphrases import FAITHFUL, in_chinese
from knowledge.catalog import Catalog
from knowledge.model import Library
from knowledge.quantities import read_values

DAY = date(2026, 11, 22)
BORROWED = Lender(("20元",), {"户口簿": "book", "出生医学证明": "birth"}, ("郑州市", "洛阳市"), ("公安机关", "税务机关"), ("契税法",))  # fmt: skip


@pytest.fixture(scope="module")
def shipped(library: Library) -> Catalog:
    return Catalog(library)


@pytest.mark.parametrize("kind, text, false", [
    ("数值·单位", "20个工作日内办结", ["20日内办结"]),
    ("数值·以上以下", "60周岁以上的老人", ["60周岁以下的老人"]),
    ("数值·以上以下", "县级以上政府", []),
    ("时限·法定承诺", "法定时限5日", ["承诺时限5日"]),
    ("材料·原件复印件", "户口簿（原件）", ["户口簿（复印件）"]),
    ("收费·别的事项的数", "收40元", ["收20元"]),
    ("收费·改成免费", "收40元/证", ["收免费"]),
    ("收费·免费改收费", "首次不收费", ["首次收20元"]),
    ("材料·换一种", "带户口簿", ["带出生医学证明"]),
    ("地点·地区", "郑州市办理", ["洛阳市办理"]),
    ("地点·部门", "到公安机关", ["到税务机关"]),
    ("法律·题名", "《身份证法》规定", ["《契税法》规定"]),
], ids=range(12))  # fmt: skip
def test_a_mutator_makes_the_false_sentences_it_promises(kind: str, text: str, false: list[str]) -> None:
    assert list(MUTATORS[kind](text, BORROWED, random.Random(1))) == false


@pytest.mark.parametrize("kind", ["数值·改一位", "数值·小数点", "数值·换成中文数字"])
def test_a_changed_number_is_never_the_same_number(kind: str) -> None:
    for number in ("1", "20", "4.5", "105"):
        for false in MUTATORS[kind](f"收{number}元", BORROWED, random.Random(1)):
            assert [v.key for v in read_values(false)] != [v.key for v in read_values(f"收{number}元")]


def test_a_paraphrase_keeps_every_value() -> None:
    text = "自2025年1月1日起20个工作日内，满16周岁每人40元，2年以上不收费，6个月以内"
    for name, reword in FAITHFUL.items():
        assert [v.measure for v in read_values(reword(text))] == [v.measure for v in read_values(text)], name


def test_numbers_are_written_as_people_write_them() -> None:
    assert [in_chinese(n) for n in (0, 10, 15, 105, 1020)] == ["零", "十", "十五", "一百零五", "一千零二十"]


def test_the_gate_is_good_enough_and_no_gate_is_not(shipped: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = mutation.table(mutation.run(shipped, DAY, 7, 40, lambda done, total: None))
    assert (mutation.good_enough(rows), rows[mutation.CAUGHT].n > 100, rows[mutation.ALARMS].successes) == (True, True, 0)  # fmt: skip
    monkeypatch.setattr(gate.Gate, "check", lambda self, reply: Passed(reply, ()))
    blind = mutation.table(mutation.run(shipped, DAY, 7, 40, lambda done, total: None))
    assert (blind[mutation.CAUGHT].successes, mutation.good_enough(blind)) == (0, False)


def test_each_sentence_of_a_reply_is_mutated_once(shipped: Catalog) -> None:
    for gold in random.Random(1).sample(mutation.gold_replies(shipped, DAY, 7), 40):
        said = stated(gold.reply)
        assert len(said) == len(set(said)) and all(s in gold.reply.text or gold.reply.statements for s in said)
