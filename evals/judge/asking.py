"""Asking the judge: every question several times, each with its own seed, what was once said kept on disk."""

import hashlib
import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple, Protocol

from assistant.errors import ModelUnavailable
from evals.judge.rubric import Question, read_answer
from evals.targets.target import TargetError

PAUSES = (2.0, 10.0, 40.0)  # seconds before asking again; longer than a breaker rests, in all
DOWN = 5  # questions on end without an answer: nobody is there


class Model(Protocol):
    """A language model that answers a prompt whole."""

    def say(self, prompt: str) -> str:
        """Raises ModelUnavailable."""
        ...


class Ballot(NamedTuple):
    """What came of one question: a vote for each repetition, None where the answer was neither yes nor no or never came."""

    question: Question
    votes: tuple[bool | None, ...]
    silent: int  # repetitions in which the model could not be asked

    @property
    def verdict(self) -> bool | None:
        """What more than half of the repetitions say; None without such a majority."""
        vote, count = Counter(self.votes).most_common(1)[0]
        return vote if 2 * count > len(self.votes) else None

    @property
    def steady(self) -> bool:
        """Whether every repetition said the same, and said something."""
        return len(set(self.votes)) == 1 and self.votes[0] is not None


class Answers:
    """What the model has said, one line each, by the digest of all that it was asked with; a line cut short is dropped."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        lines = path.read_bytes().splitlines(keepends=True) if path.exists() else []
        whole = [line for line in lines if line.endswith(b"\n")]
        if whole != lines:
            path.write_bytes(b"".join(whole))
        self._said = dict(json.loads(line) for line in whole)
        self._path, self._lock = path, threading.Lock()
        self.hits = 0

    def get(self, key: str) -> str | None:
        """What was said, counted as a hit."""
        with self._lock:
            self.hits += key in self._said
            return self._said.get(key)

    def put(self, key: str, text: str) -> None:
        """Keep what was said."""
        with self._lock, self._path.open("a", encoding="utf-8") as file:
            self._said[key] = text
            file.write(json.dumps([key, text], ensure_ascii=False) + "\n")


class Panel:
    """One model asked with several seeds. `name` is all that its answers depend on besides prompt and seed."""

    def __init__(self, name: str, models: Mapping[int, Model], answers: Answers, sleep: Callable[[float], None] = time.sleep) -> None:  # fmt: skip
        self._name, self._models, self._answers, self._sleep = name, models, answers, sleep
        self._down = 0

    def ballot(self, question: Question) -> Ballot:
        """Every repetition of one question. Raises TargetError when nobody has been there for a while."""
        said = [self._said(seed, question.prompt) for seed in self._models]
        self._down = self._down + 1 if all(text is None for text in said) else 0
        if self._down >= DOWN:
            raise TargetError(f"评判模型连着 {DOWN} 题没有回话，先停下；已经答的都存着，修好以后原样再跑一次就接着问")
        return Ballot(question, tuple(read_answer(text) if text else None for text in said), said.count(None))

    def _said(self, seed: int, prompt: str) -> str | None:
        key = hashlib.sha256(json.dumps([self._name, seed, prompt]).encode()).hexdigest()
        if (kept := self._answers.get(key)) is not None:
            return kept
        for pause in (*PAUSES, None):
            try:
                text = self._models[seed].say(prompt)
            except ModelUnavailable as error:
                if pause is not None:
                    self._sleep(max(pause, error.rest or 0.0))
            else:
                self._answers.put(key, text)
                return text
        return None


def ballots(panel: Panel, asked: Sequence[Question], jobs: int, progress: Callable[[int, int], None]) -> Iterator[Ballot]:  # fmt: skip
    """All ballots, in order; at most `jobs` at a time. Raises TargetError."""
    with ThreadPoolExecutor(jobs) as pool:
        waiting = [pool.submit(panel.ballot, question) for question in asked]
        try:
            for number, future in enumerate(waiting, 1):
                yield future.result()
                progress(number, len(asked))
        finally:
            pool.shutdown(wait=True, cancel_futures=True)
