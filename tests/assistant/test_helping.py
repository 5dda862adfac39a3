"""What the optional language model may do in a turn, and what the citizen gets when it does otherwise."""

import json
import random
import re
from collections.abc import Callable

import pytest

from assistant.assistant import Aids, Assistant
from assistant.errors import ModelUnavailable
from assistant.model import Answer, Session, Turn
from bench.model_lies import BENIGN, LIES
from tests.assistant.conftest import DAY, turns

ASKED = "身份证丢了补办多少钱"
RARE = {"以上以下", "法定承诺", "只、都", "先后"}
UNSURE = "身份证怎么办"  # a family's name alone: which of its items?


class Model:
    """A model that answers each prompt as a test says, and remembers the prompts."""

    def __init__(self, answer: Callable[[str], str]) -> None:
        self._answer = answer
        self.prompts: list[str] = []

    def say(self, prompt: str) -> str:
        self.prompts.append(prompt)
        return self._answer(prompt)


def points(prompt: str) -> list[str]:
    """The sentences that a prompt asks to reword."""
    return [line.split("：", 1)[1] for line in prompt.split("要点：\n")[1].splitlines() if line]


def politely(prompt: str) -> str:
    return "\n".join(f"也就是说，{line}" for line in points(prompt))


def rewording(by_words: Assistant, model: Model) -> Assistant:
    return Assistant(by_words.generation, by_words.sessions, 500, aids=Aids(rewording=model))


def proposing(by_words: Assistant, model: Model) -> Assistant:
    return Assistant(by_words.generation, by_words.sessions, 500, aids=Aids(proposing=model))


def only(who: Assistant, asked: str) -> Turn:
    return who.ask(Session(session_id="t"), asked, None, DAY)


def test_a_good_rewording_carries_every_value_and_says_that_a_model_wrote_it(by_words: Assistant) -> None:
    model = Model(politely)
    said, composed = only(rewording(by_words, model), ASKED).reply, only(by_words, ASKED).reply
    assert [s.text for s in said.statements] == [f"也就是说，{s.text}" for s in composed.statements]
    assert said.text.replace("也就是说，", "") == composed.text
    assert (said.ai_generated, composed.ai_generated) == (True, False)
    assert (said.citations, said.items, said.contacts) == (composed.citations, composed.items, composed.contacts)


def test_the_model_sees_tokens_and_never_a_value(by_words: Assistant) -> None:
    model = Model(politely)
    only(rewording(by_words, model), "身份证丢了补办要多少钱多久")
    (prompt,) = model.prompts
    assert "市民的问题：身份证丢了补办要多少钱多久" in prompt
    shown = prompt.split("要点：\n")[1]
    assert "⟦F1⟧" in shown
    assert not {"40", "20", "元", "工作日"} & {shown[i : i + n] for n in (1, 2, 3) for i in range(len(shown))}


def test_what_the_model_repeats_word_for_word_is_not_called_its_own(by_words: Assistant) -> None:
    said = only(rewording(by_words, Model(lambda prompt: "\n".join(points(prompt)))), ASKED)
    assert (said.reply.ai_generated, said.trace.warnings) == (False, only(by_words, ASKED).trace.warnings)


@pytest.mark.parametrize("said", ["只要20元，三天办好。", "", "好的。", "免费。"])
def test_words_that_break_a_rule_leave_the_composed_answer_and_a_note(said: str, by_words: Assistant) -> None:
    turn, composed = only(rewording(by_words, Model(lambda prompt: said)), ASKED), only(by_words, ASKED)
    assert turn.reply.model_copy(update={"trace_id": ""}) == composed.reply.model_copy(update={"trace_id": ""})
    assert turn.trace.warnings[-1].startswith("没有用语言模型：改写")


def test_the_gate_has_the_last_word(by_words: Assistant, monkeypatch: pytest.MonkeyPatch) -> None:
    def unruly(said: str, protected: object) -> dict[str, str]:
        return {given.sentence: "补领工本费4元/证。" for given in protected}  # type: ignore[attr-defined]

    monkeypatch.setattr("assistant.answering.rewriter.restore", unruly)
    turn = only(rewording(by_words, Model(politely)), ASKED)
    assert turn.reply.text == only(by_words, ASKED).reply.text
    assert turn.trace.warnings[-1] == "没有用语言模型：改写没有通过核对"


@pytest.mark.parametrize("kind", LIES)
def test_no_lie_is_ever_shown(kind: str, by_words: Assistant) -> None:
    rng, told = random.Random(1), list[bool]()

    def lying(prompt: str) -> str:
        said = LIES[kind](tuple(points(prompt)), rng)
        told.append(said is not None)
        return said or ""

    for asked in (ASKED, "户口迁移要什么材料", "失业金怎么领", "个体户注销要多久"):
        turn, composed = only(rewording(by_words, Model(lying)), asked), only(by_words, asked)
        assert (turn.reply.text, turn.reply.ai_generated) == (composed.reply.text, False)
    assert any(told) or kind in RARE, "none of these answers can be lied about like that"


def test_harmless_words_are_shown(by_words: Assistant) -> None:
    rng = random.Random(1)
    model = Model(lambda prompt: BENIGN["加连接词"](tuple(points(prompt)), rng) or "")
    turn, composed = only(rewording(by_words, model), ASKED), only(by_words, ASKED)
    assert turn.reply.ai_generated and turn.reply.text != composed.reply.text
    assert re.findall(r"\d+", turn.reply.text) == re.findall(r"\d+", composed.reply.text)


def test_a_model_that_is_down_leaves_the_composed_answer(by_words: Assistant) -> None:
    def down(prompt: str) -> str:
        raise ModelUnavailable("接口返回 503")

    turn = only(rewording(by_words, Model(down)), ASKED)
    assert turn.reply.text == only(by_words, ASKED).reply.text
    assert turn.trace.warnings[-1] == "没有用语言模型：接口返回 503"


def test_only_answers_about_items_are_reworded(by_words: Assistant) -> None:
    model = Model(politely)
    answered, refused, greeted = turns(rewording(by_words, model), ASKED, "今天天气怎么样", "你好")
    assert [t.reply.ai_generated for t in (answered, refused, greeted)] == [True, False, False]
    assert len(model.prompts) == 1


def test_a_proposal_is_one_of_the_offered_items_and_said_to_be_a_guess(by_words: Assistant) -> None:
    offered = only(by_words, UNSURE).reply.options
    model = Model(lambda prompt: json.dumps({"item": "B", "fields": ["fees"]}))
    turn = only(proposing(by_words, model), UNSURE)
    assert f"A. {offered[0].label}\nB. {offered[1].label}" in model.prompts[0]
    assert isinstance(turn.reply, Answer) and not turn.reply.ai_generated
    assert turn.reply.text.startswith(f"先按“{offered[1].label}”回答，不是的话直接告诉我。")
    assert turn.focus.items[0] == offered[1].value.removeprefix("item:")
    assert (turn.focus.fields, turn.trace.decision) == (("fees",), "proposed")


@pytest.mark.parametrize("said", [
    "B", '{"item": "Z"}', '{"item": "B", "fields": ["prices"]}', '{"item": "B", "answer": "免费"}', '{"item": 1}', "[]", "", "⟦F1⟧", '{"item": "居民身份证补领"}',
])  # fmt: skip
def test_a_proposal_in_any_other_shape_is_dropped_and_she_is_asked(said: str, by_words: Assistant) -> None:
    turn = only(proposing(by_words, Model(lambda prompt: said)), UNSURE)
    assert turn.reply.text == only(by_words, UNSURE).reply.text
    assert turn.trace.warnings[-1] == "没有用语言模型：没有给出合格的判断"


def test_a_model_that_is_not_sure_leaves_the_question(by_words: Assistant) -> None:
    turn = only(proposing(by_words, Model(lambda prompt: '{"item": null}')), UNSURE)
    assert (turn.reply.text, turn.trace.decision) == (only(by_words, UNSURE).reply.text, "clarify")


def test_no_proposal_is_asked_for_where_the_rules_are_sure(by_words: Assistant) -> None:
    model = Model(lambda prompt: '{"item": "A"}')
    turns(proposing(by_words, model), ASKED, "你好", "今天天气怎么样")
    assert model.prompts == []
