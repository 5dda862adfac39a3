"""The optional language model behind a real server on loopback: it may word, never assert, and nobody waits for it."""

import contextlib
import logging
import time
from collections.abc import Iterator

import pytest
from pydantic import SecretStr

from assistant.answering.breaker import FAILURES, REST, Breaker, State
from assistant.answering.llm import LangChainEndpoint
from assistant.answering.upstream import GRACE, LATE, RESTING, SLOW, Deadlines, LanguageModel
from assistant.errors import ModelUnavailable
from bench.model_wires import FAULTS
from evals.scripted_model import ScriptedModel, saying, scripted_model
from knowledge.deadline import within

DEADLINES = Deadlines(first=0.25, total=0.6)
GOOD = "补领的工本费是⟦F1⟧/证。"
KEY = "sk-very-secret"


@pytest.fixture(scope="module")
def servers() -> Iterator[tuple[ScriptedModel, ScriptedModel]]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("no_proxy", "127.0.0.1")
        patch.setenv("NO_PROXY", "127.0.0.1")
        with scripted_model() as primary, scripted_model() as fallback:
            yield primary, fallback


@pytest.fixture
def primary(servers: tuple[ScriptedModel, ScriptedModel]) -> ScriptedModel:
    servers[0].asked.clear()
    return servers[0]


@pytest.fixture
def fallback(servers: tuple[ScriptedModel, ScriptedModel]) -> ScriptedModel:
    servers[1].asked.clear()
    return servers[1]


def endpoint(url: str) -> LangChainEndpoint:
    return LangChainEndpoint(url, "qwen", SecretStr(KEY), DEADLINES.total)


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_the_model_is_not_asked_when_the_question_has_no_time_left(primary: ScriptedModel) -> None:
    with within(0.0), pytest.raises(ModelUnavailable, match=LATE):
        LanguageModel([endpoint(primary.url)], DEADLINES).say("改写")
    assert primary.asked == []


def test_what_the_model_says_comes_whole_over_the_real_protocol(primary: ScriptedModel) -> None:
    primary.script = saying(GOOD)
    assert LanguageModel([endpoint(primary.url)], DEADLINES).say("改写") == GOOD
    (asked,) = primary.asked
    assert (asked["model"], asked["stream"], asked["temperature"]) == ("qwen", True, 0)
    assert asked["messages"] == [{"content": "改写", "role": "user"}]


@pytest.mark.parametrize("name", FAULTS)
def test_every_fault_ends_in_words_or_in_a_reason_before_the_deadline(
    name: str, primary: ScriptedModel, fallback: ScriptedModel, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    fault = FAULTS[name]
    scripts = iter([fault.first(GOOD)])
    primary.script = lambda wire: next(scripts, fault.later(GOOD))(wire)
    endpoints = [endpoint(primary.url)]
    if fault.fallback:
        fallback.script = fault.fallback(GOOD)
        endpoints.append(endpoint(fallback.url))
    started = time.monotonic()
    try:
        said: str | None = LanguageModel(endpoints, DEADLINES).say("改写")
    except ModelUnavailable as error:
        said = None
        assert KEY not in str(error) and str(error)
    assert time.monotonic() - started < DEADLINES.total + GRACE + 0.5
    assert said == (GOOD if fault.served else None)
    assert KEY not in caplog.text


@pytest.mark.parametrize("name, requests", [
    ("500", 2), ("一连上就断", 2), ("一次 500 后正常", 2), ("429 带 Retry-After", 1), ("401", 1), ("开口前停住", 1), ("中途断开", 1), ("话说一半就结束", 1),
])  # fmt: skip
def test_one_more_try_only_before_the_first_word_and_where_it_may_help(
    name: str, requests: int, primary: ScriptedModel
) -> None:
    fault = FAULTS[name]
    scripts = iter([fault.first(GOOD)])
    primary.script = lambda wire: next(scripts, fault.later(GOOD))(wire)
    with contextlib.suppress(ModelUnavailable):
        LanguageModel([endpoint(primary.url)], DEADLINES).say("改写")
    assert len(primary.asked) == requests


@pytest.mark.parametrize(
    "name, reason", [("开口前停住", SLOW), ("中途停住", LATE), ("一字一顿没个完", LATE), ("401", "接口返回 401")]
)
def test_the_reason_is_said(name: str, reason: str, primary: ScriptedModel) -> None:
    primary.script = FAULTS[name].first(GOOD)
    with pytest.raises(ModelUnavailable, match=reason):
        LanguageModel([endpoint(primary.url)], DEADLINES).say("改写")


def test_a_model_that_is_not_there_is_a_reason_too() -> None:
    with pytest.raises(ModelUnavailable, match="接口出错"):
        LanguageModel([endpoint("http://127.0.0.1:9/v1")], DEADLINES).say("改写")


def test_after_three_failures_it_rests_then_one_probe_opens_it_again(primary: ScriptedModel) -> None:
    clock = Clock()
    model = LanguageModel([endpoint(primary.url)], DEADLINES, clock)
    primary.script = FAULTS["401"].first(GOOD)
    for _ in range(FAILURES):
        with pytest.raises(ModelUnavailable, match="401"):
            model.say("改写")
    with pytest.raises(ModelUnavailable, match=RESTING):
        model.say("改写")
    assert len(primary.asked) == FAILURES
    clock.now += REST
    with pytest.raises(ModelUnavailable, match="401"):
        model.say("改写")
    with pytest.raises(ModelUnavailable, match=RESTING):
        model.say("改写")
    clock.now += REST
    primary.script = saying(GOOD)
    assert model.say("改写") == model.say("改写") == GOOD
    assert len(primary.asked) == FAILURES + 3


def test_a_resting_primary_costs_nothing_when_there_is_a_fallback(
    primary: ScriptedModel, fallback: ScriptedModel
) -> None:
    primary.script, fallback.script = FAULTS["429 带 Retry-After"].first(GOOD), saying(GOOD)
    model = LanguageModel([endpoint(primary.url), endpoint(fallback.url)], DEADLINES)
    assert [model.say("改写") for _ in range(4)] == [GOOD] * 4
    assert (len(primary.asked), len(fallback.asked)) == (1, 4)


def test_a_breaker_lets_one_probe_through_and_no_second() -> None:
    clock = Clock()
    breaker = Breaker(clock)
    for _ in range(FAILURES):
        assert breaker.admits()
        breaker.failed()
    assert (breaker.state, breaker.admits()) == (State.OPEN, False)
    clock.now += REST
    assert (breaker.state, breaker.admits(), breaker.admits()) == (State.HALF_OPEN, True, False)
    breaker.failed()
    assert breaker.state is State.OPEN
    clock.now += REST
    assert breaker.admits()
    breaker.succeeded()
    assert (breaker.state, breaker.admits(), breaker.admits()) == (State.CLOSED, True, True)


def test_a_server_that_says_for_how_long_is_left_alone_for_so_long() -> None:
    clock = Clock()
    breaker = Breaker(clock)
    breaker.failed(rest=2 * REST)
    clock.now += 2 * REST - 1
    assert breaker.state is State.OPEN
    clock.now += 1
    assert breaker.state is State.HALF_OPEN


def test_failures_with_an_answer_between_them_do_not_add_up() -> None:
    breaker = Breaker(Clock())
    for _ in range(2):
        for _ in range(FAILURES - 1):
            breaker.failed()
        breaker.succeeded()
    assert breaker.state is State.CLOSED
