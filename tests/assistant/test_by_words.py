"""Without the embedding model: the assistant still answers from words, and says so."""

from pathlib import Path

import pytest

from assistant.assistant import Assistant
from assistant.build import build_assistant
from assistant.config import Settings, read_settings
from assistant.errors import BadInput, NotReady, SettingsError
from assistant.model import Session
from tests.assistant.conftest import DAY, turns


def test_a_missing_model_is_a_warning_and_the_words_still_answer(hashed_data: Path) -> None:
    who = build_assistant(Settings(data_dir=hashed_data))
    (turn,) = turns(who, "身份证丢了怎么补")
    assert [w.startswith("向量模型不可用，只按词语检索") for w in who.warnings] == [True]
    assert [i.guide_id for i in turn.reply.items] == ["410000/id-card-reissue"]
    assert turn.trace.warnings == ("只按词语检索",)
    assert turn.trace.candidates[0].cosine is None


def test_nothing_published_is_an_error_that_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(NotReady, match="python -m knowledge build"):
        build_assistant(Settings(data_dir=tmp_path))


@pytest.mark.parametrize("typo", ["身份正丢了怎么补", "身份症丢了怎么补"])
def test_homophones_are_mended_before_anything_is_understood(typo: str, by_words: Assistant) -> None:
    (turn,) = turns(by_words, typo)
    assert [i.guide_id for i in turn.reply.items] == ["410000/id-card-reissue"]
    assert turn.question == typo


def test_an_alarm_keeps_what_the_talk_is_about(by_words: Assistant) -> None:
    first, second = turns(by_words, "身份证丢了怎么补", "我不想活了")
    assert second.focus == first.focus
    assert (second.trace.decision, second.trace.intent) == ("guard:despair", "despair")


def test_small_talk_offers_how_to_begin(by_words: Assistant) -> None:
    (turn,) = turns(by_words, "你好")
    assert (turn.reply.kind, len(turn.reply.options), turn.reply.statements) == ("answer", 4, ())


def test_the_length_limit_is_the_settings(by_words: Assistant) -> None:
    short = Assistant(by_words.generation, by_words.sessions, 50)
    with pytest.raises(BadInput, match="51字.*50字"):
        short.ask(Session(session_id="a"), "长" * 51)
    assert short.ask(Session(session_id="a"), "身份证丢了怎么补", None, DAY).reply.kind == "answer"


def test_settings_are_read_from_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("BANCHENG_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("BANCHENG_MAX_CHARS", "300")
    settings = read_settings()
    assert (settings.data_dir, settings.model_dir, settings.max_chars) == (tmp_path, tmp_path / "model", 300)


def test_every_bad_setting_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BANCHENG_PORT", "http")
    monkeypatch.setenv("BANCHENG_MAX_CHARS", "1")
    with pytest.raises(SettingsError, match="BANCHENG_PORT.*BANCHENG_MAX_CHARS|BANCHENG_MAX_CHARS.*BANCHENG_PORT"):
        read_settings()


def test_the_key_of_the_language_model_never_shows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BANCHENG_LLM_API_KEY", "sk-secret")
    assert "sk-secret" not in repr(read_settings())


def test_what_cannot_be_used_is_told_and_the_assistant_answers_all_the_same(hashed_data: Path) -> None:
    settings = Settings(data_dir=hashed_data, reranker=str(hashed_data / "nothing"), llm_fallback_model="qwen")
    who = build_assistant(settings)
    assert [w.split("：")[0] for w in who.warnings[1:]] == [
        "重排模型不可用，按原来的次序回答",
        "BANCHENG_LLM_FALLBACK_BASE_URL 和 BANCHENG_LLM_FALLBACK_MODEL 要一起设，现在只设了一个，这个语言模型没有用",
    ]
    (turn,) = turns(who, "身份证丢了怎么补")
    assert turn.reply.kind == "answer"
