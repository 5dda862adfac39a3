"""The door lets so many in, lets a few wait, turns the rest away at once, and can be shut; switches are followed."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import pytest

from assistant.assistant import Aids, Assistant
from assistant.controls import Controls, LiveControls, Switched
from assistant.door import Door
from assistant.errors import Busy, Late, ModelUnavailable, Shut
from assistant.model import Session
from knowledge import deadline
from knowledge.index.fusion import Scores
from tests.assistant.conftest import DAY


def test_the_door_lets_two_in_one_wait_and_turns_the_rest_away_at_once() -> None:
    door, release, inside = Door(at_once=2, waiting=1, patience=30), threading.Event(), threading.Semaphore(0)

    def visit() -> None:
        with door.entered():
            inside.release()
            release.wait()

    with ThreadPoolExecutor(3) as people:
        visits = [people.submit(visit) for _ in range(3)]
        inside.acquire()
        inside.acquire()
        while not door.waiting:
            time.sleep(0.001)
        assert (door.running, door.waiting) == (2, 1)
        with pytest.raises(Busy, match="^现在问的人很多，请过 60 秒再问；急事请拨打 12345。$") as busy, door.entered():
            pass
        assert (busy.value.retry_after, door.turned_away) == (60, 1)
        release.set()
        assert [visit.result(30) for visit in visits] == [None] * 3
    assert (door.running, door.waiting) == (0, 0)


def test_whoever_waits_too_long_is_turned_away_and_a_place_is_not_lost() -> None:
    door = Door(at_once=1, waiting=1, patience=0.01)
    with door.entered(), pytest.raises(Busy), door.entered():
        pass
    with pytest.raises(ZeroDivisionError), door.entered():
        1 / 0  # noqa: B018
    with door.entered():
        assert (door.running, door.waiting, door.turned_away) == (1, 0, 1)


def test_whoever_takes_too_long_is_told_to_ask_again_and_counted(
    by_words: Assistant, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    clock = SimpleNamespace(now=100.0, searches=0)
    clock.monotonic = lambda: clock.now
    monkeypatch.setattr(deadline, "time", clock)
    words = by_words.generation.retriever.index.words
    scores = words.scores

    def slow(tokens: list[str]) -> Scores:
        clock.now += 4.0
        clock.searches += 1
        return scores(tokens)

    monkeypatch.setattr(words, "scores", slow)
    doors = [Door(seconds=seconds) for seconds in (1000.0, 7.0)]
    patient, hurried = (Assistant(by_words.generation, by_words.sessions, 500, aids=Aids(door=door)) for door in doors)
    question, session = "身份证丢了怎么补，还有护照怎么办", Session(session_id="a")
    assert (patient.ask(session, question, None, DAY).reply.kind, clock.searches) == ("answer", 3)
    with pytest.raises(Late, match="^这一问查得太久，先停下了，请过 5 秒再问一次；急事请拨打 12345。$"):
        hurried.ask(session, question, None, DAY)
    assert clock.searches == 3 + 2, "two searches end after eight seconds, and the third does not begin"
    assert [(door.late, door.running) for door in doors] == [(0, 0), (1, 0)]
    assert caplog.messages == ["一问超过 7 秒，停在：检索"]
    assert hurried.ask(session, "我不想活了", None, DAY).reply.reason == "crisis"


def test_a_notice_shuts_the_door_for_every_process_of_the_folder(tmp_path: Path) -> None:
    ours, other = (Door(controls=LiveControls(tmp_path / "controls.json")) for _ in range(2))
    ours.controls.change(Controls(notice="今晚八点以后再来。"))
    other.controls.refresh()
    for door in (ours, other):
        with pytest.raises(Shut, match="^今晚八点以后再来。$"), door.entered():
            pass
    ours.controls.change(Controls())
    other.controls.refresh()
    with ours.entered(), other.entered():
        pass
    assert LiveControls(tmp_path / "controls.json").current == Controls()


@pytest.mark.parametrize("written", ["{", "[]", '{"notice": 3}', '{"refuse_below": 2}', '{"other": 1}', "\udcff"])
def test_a_file_that_is_no_controls_changes_nothing_and_is_told(written: str, tmp_path: Path) -> None:
    path = tmp_path / "controls.json"
    controls = LiveControls(path)
    controls.change(Controls(notice="关"))
    path.write_bytes(written.encode("utf-8", "surrogateescape"))
    controls.refresh()
    assert controls.current == Controls(notice="关")
    assert controls.problem is not None and "开关没有变" in controls.problem
    path.unlink()
    controls.refresh()
    assert (controls.current, controls.problem) == (Controls(), None)


def test_a_higher_bar_asks_instead_of_answering_from_the_next_question_on(by_words: Assistant) -> None:
    door = Door()
    who = Assistant(by_words.generation, by_words.sessions, 500, aids=Aids(door=door))

    def asked() -> tuple[str, float]:
        turn = who.ask(Session(session_id="a"), "刻章咋办", None, DAY)
        return turn.reply.kind, turn.trace.confidence or 0.0

    kind, sure = asked()
    assert kind == "answer" and sure < 0.99
    door.controls.change(Controls(refuse_below=0.99))
    assert asked()[0] == "clarification"
    door.controls.change(Controls(refuse_below=0.5))
    assert asked()[0] == "answer"


def test_a_language_model_that_is_switched_off_says_nothing() -> None:
    class Parrot:
        def say(self, prompt: str) -> str:
            return prompt

    controls = LiveControls()
    model = Switched(Parrot(), controls)
    assert model.say("话") == "话"
    controls.change(Controls(language_model=False))
    with pytest.raises(ModelUnavailable, match="已由管理员关掉"):
        model.say("话")
