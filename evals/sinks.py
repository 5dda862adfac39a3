"""Looks for planted personal data in everything that keeps or passes on text, after a run of many turns.

Sinks: replies and traces, the store as the file lies on disk, every log line of every logger, the texts and tracebacks
of errors, what a language model was asked, and what the HTTP interface answers and writes to its log.
"""

import json
import logging
import random
import re
import traceback
from collections.abc import Callable, Iterator
from typing import NamedTuple
from urllib.parse import quote

from assistant.assistant import Assistant
from assistant.build import build_assistant
from assistant.config import Settings
from assistant.errors import AssistantError
from assistant.model import Session
from evals.doors import http_door
from evals.own_data import own_data
from evals.privacy import Sample, plain, samples, secret
from evals.sample import AS_OF
from evals.scripted_model import answering, scripted_model
from knowledge.index.spelling import Spelling

TURNS_A_SESSION = 5
EVERY_FAULT, HTTP_TURNS, MAX_CHARS = 10, 120, 500
log = logging.getLogger(__name__)
Progress = Callable[[int, int], None]


class Sink(NamedTuple):
    """One place that keeps text: its name, how much text it held, and the planted values that were found there."""

    name: str
    characters: int
    found: tuple[str, ...]


class Listening(logging.Handler):
    """Every record of every logger, as it would be written, with its traceback."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: set[str] = set()

    def emit(self, record: logging.LogRecord) -> None:
        """Keep one record."""
        self.lines.add(f"{record.getMessage()} {record.exc_text or ''} {record.args!r}")
        if record.exc_info:
            self.lines.add("".join(traceback.format_exception(*record.exc_info)))


def search(name: str, texts: set[str], values: list[str]) -> Sink:
    """The planted values that can be read in some texts. Numbers are looked for in runs of letters and digits only."""
    read = "\n".join(plain(text) for text in texts)
    runs = "\n".join(set(re.findall(r"[0-9A-Z@]{5,}", read)))
    hidden = {plain(secret(value)) for value in values}
    found = [h for h in hidden if h in (runs if h.isascii() else read)]
    return Sink(name, sum(map(len, texts)), tuple(sorted(found)))


def run(settings: Settings, turns: int, seed: int, progress: Progress) -> list[Sink]:
    """Ask `turns` questions that hold personal data, at the assistant and over HTTP, and search every sink."""
    planted = list(samples(turns, "dev", True, random.Random(seed)))
    with own_data(settings) as own:
        texts = asked(own, planted, progress) | over_http(own, planted[:HTTP_TURNS])
    return [search(name, kept, [sample.value for sample in planted]) for name, kept in texts.items()]


def asked(settings: Settings, planted: list[Sample], progress: Progress) -> dict[str, set[str]]:
    """What the assistant, with a language model that repeats its prompt, leaves in each sink of its process."""
    listening = Listening()
    root, level = logging.getLogger(), logging.getLogger().level
    root.addHandler(listening)
    root.setLevel(logging.DEBUG)
    try:
        with scripted_model(answering(lambda prompt: prompt)) as model:
            spoken = settings.model_copy(update={"llm_base_url": model.url, "llm_model": "scripted"})
            texts = _played(build_assistant(spoken), planted, progress)
    finally:
        root.removeHandler(listening)
        root.setLevel(level)
    files = settings.data_dir.glob("bancheng.sqlite3*")
    return texts | {
        "存下的对话（文件）": {path.read_bytes().decode("utf-8", "ignore") for path in files},
        "语言模型收到的请求": {json.dumps(body, ensure_ascii=False) for body in model.asked},
        "日志（全部，DEBUG）": listening.lines,
    }


def _played(assistant: Assistant, planted: list[Sample], progress: Progress) -> dict[str, set[str]]:
    """What replies, traces and errors say; the sessions are stored as the page stores them."""
    replies, traces, errors = set[str](), set[str](), set[str]()
    broken = Assistant(assistant.generation._replace(spelling=_Broken()), assistant.sessions, MAX_CHARS)
    session = Session(session_id="0")
    for number, sample in enumerate(planted):
        if number % TURNS_A_SESSION == 0:
            session = Session(session_id=str(number))
        turn = assistant.ask(session, sample.text, None, AS_OF)
        session = session.add(turn)
        assistant.sessions.put(session)
        replies |= {turn.question, turn.reply.model_dump_json()}
        traces.add(turn.trace.model_dump_json())
        if number % EVERY_FAULT == 0:
            errors |= set(_faults(assistant, broken, sample))
        progress(number + 1, len(planted))
    return {"答复和存下的问题": replies, "轨迹": traces, "错误和异常": errors}


class _Broken(Spelling):
    """Fails at the first word of every question, repeating it."""

    def __init__(self) -> None:
        return

    def mend(self, text: str) -> str:
        """Never returns."""
        raise RuntimeError(text)


def _faults(assistant: Assistant, broken: Assistant, sample: Sample) -> Iterator[str]:
    """The tracebacks of the errors that bad input raises, and of a fault within, logged as the page logs it."""
    attempts: tuple[Callable[[], object], ...] = (
        lambda: broken.ask(Session(session_id="x"), sample.text),
        lambda: assistant.ask(Session(session_id="x"), sample.text * 40),
        lambda: assistant.ask(Session(session_id="x"), "身份证丢了怎么补", sample.text),
        lambda: assistant.search("身份证", sample.text),
        lambda: assistant.guide_view("410000", sample.text),
        lambda: assistant.plan(sample.text, {}),
        lambda: assistant.plan(next(iter(assistant.catalog.themes)), {sample.text: sample.text}),
    )
    for attempt in attempts:
        try:
            attempt()
        except (AssistantError, RuntimeError) as error:
            log.exception("出错")
            yield "".join(traceback.format_exception(error))


def over_http(settings: Settings, planted: list[Sample]) -> dict[str, set[str]]:
    """What a real server answers and logs, to questions and to requests that are wrong in every field."""
    log = settings.data_dir / "server.log"
    answers = set[str]()
    with http_door(settings, log) as door:
        for sample in planted:
            for path, body in _requests(sample):
                answers.add(door.request(path, body)[1])
    return {"HTTP 的答复和错误": answers, "服务进程的输出": {log.read_text(encoding="utf-8")}}


def _requests(sample: Sample) -> Iterator[tuple[str, object | None]]:
    yield "/api/v1/chat", {"message": sample.text}
    yield "/api/v1/chat", {"message": "身份证丢了", "jurisdiction": sample.value, sample.value: 1}
    yield "/api/v1/chat", {"message": "身份证丢了", "jurisdiction": sample.value}
    yield f"/api/v1/guides/410000/{quote(sample.value)}", None
    yield f"/api/v1/search?q={quote(sample.text[:90])}&jurisdiction={quote(sample.value)}", None
    yield f"/api/v1/themes/{quote(sample.value)}/plan", {"answers": {sample.value: sample.value}}


def table(sinks: list[Sink], turns: int) -> str:
    """The table for people."""
    lines = [f"# {turns} 轮带个人信息的提问之后", "", "| 去处 | 字数 | 找到的个人信息 |", "|---|---|---|"]
    lines += [f"| {s.name} | {s.characters:,} | {len(s.found)} {'、'.join(s.found[:5])} |" for s in sinks]
    return "\n".join(lines) + "\n"
