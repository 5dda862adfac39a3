"""Run folders: what was run on what, one line a case written as it goes, so that an interrupted run goes on.

A folder holds `run.json` (written first), `cases.jsonl` (one outcome a line) and, once finished, the reports.
"""

import os
import platform
import subprocess
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from evals.outcome import Outcome
from evals.sample import SuiteError
from knowledge.model import Frozen

CASES, RUN = "cases.jsonl", "run.json"
PACKAGES = ("onnxruntime", "faiss-cpu", "bm25s", "jieba", "numpy", "pydantic", "opencc", "pypinyin")
ROOT = Path(__file__).parents[1]


class Config(Frozen):
    """What was asked for on the command line."""

    suites: tuple[str, ...]
    split: str
    target: str = "assistant"
    tag: str = ""
    limit: int | None = None
    sample: int | None = None
    seed: int = 7
    jobs: int = 1
    repeat: int = 1


class Run(Frozen):
    """One run: its settings, the data and the system it was made with, and how many outcomes it must have."""

    config: Config
    suites: dict[str, str]  # name → digest of the file
    target: dict[str, Any]
    environment: dict[str, Any]
    planned: int


def environment() -> dict[str, Any]:
    """What a number needs beside it to be a result: commit, packages, machine, day."""
    return {
        "commit": _git("rev-parse", "HEAD") or "unknown",
        "changed": bool(_git("status", "--porcelain", "--untracked-files=no")),
        "ran_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "python": platform.python_version(),
        "processors": os.cpu_count(),
        "packages": {name: found for name in PACKAGES if (found := _version(name))},
    }


def _git(*words: str) -> str:
    try:
        done = subprocess.run(["git", *words], capture_output=True, text=True, check=True, cwd=ROOT)
    except (OSError, subprocess.CalledProcessError):
        return ""
    return done.stdout.strip()


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def new_folder(parent: Path, tag: str) -> Path:
    """A new folder named by the time and the tag, under `parent`."""
    name = datetime.now().strftime("%Y%m%d-%H%M%S") + (f"-{tag}" if tag else "")
    folder = parent / name
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def begin(folder: Path, run: Run) -> None:
    """Write what is about to be run. Raises SuiteError where a run has been begun already: nothing is overwritten."""
    if (folder / RUN).exists():
        raise SuiteError(f"{folder} 里已经有一次评测：接着跑用 --resume {folder}，重新跑请换一个文件夹")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / CASES).write_bytes(b"")
    (folder / RUN).write_text(run.model_dump_json(indent=1) + "\n", encoding="utf-8")


def without_errors(folder: Path) -> list[Outcome]:
    """The outcomes so far that did not break; those that did are taken out of the file, to be played again."""
    outcomes = read_outcomes(folder)
    sound = [outcome for outcome in outcomes if outcome.error is None]
    if len(sound) < len(outcomes):
        rewritten = folder / f"{CASES}.new"
        rewritten.write_text("".join(outcome.model_dump_json() + "\n" for outcome in sound), encoding="utf-8")
        rewritten.replace(folder / CASES)
    return sound


def append(folder: Path, outcomes: Iterable[Outcome]) -> Iterator[Outcome]:
    """Write each outcome as it comes, and pass it on."""
    with (folder / CASES).open("a", encoding="utf-8") as file:
        for outcome in outcomes:
            file.write(outcome.model_dump_json() + "\n")
            file.flush()
            yield outcome


def read_run(folder: Path) -> Run:
    """The settings of a run. Raises SuiteError when the folder is none."""
    try:
        return Run.model_validate_json((folder / RUN).read_bytes())
    except (OSError, ValidationError) as error:
        raise SuiteError(f"{folder} 不是一次评测的文件夹：{type(error).__name__}") from error


def read_outcomes(folder: Path) -> list[Outcome]:
    """The outcomes so far; a last line cut short by an interruption is left out and removed from the file."""
    path = folder / CASES
    try:
        lines = path.read_bytes().splitlines(keepends=True)
    except OSError as error:
        raise SuiteError(f"{folder} 里没有 {CASES}：{type(error).__name__}") from error
    if lines and not lines[-1].endswith(b"\n"):
        path.write_bytes(b"".join(lines[:-1]))
        lines.pop()
    try:
        return [Outcome.model_validate_json(line) for line in lines]
    except ValidationError as error:
        raise SuiteError(f"{path} 里有一行读不懂：{error.errors()[0]['msg']}") from error
