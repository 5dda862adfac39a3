"""A writer to be killed: for each job on stdin, forks a child that builds and publishes, and tells what became of it.

One start of Python and one dictionary pay for hundreds of killings. `Writer` is the other end.
"""

import os
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from bench.faults.editions import EMBEDDER, edition, one_dictionary
from knowledge.errors import GenerationError
from knowledge.index.generation import GenerationStore
from knowledge.model import Library

NOBODY = 65534
STEPS = {"os.rename", "os.mkdir", "os.remove", "os.rmdir", "shutil.rmtree"}
DONE, KILLED = "done", "killed"


class Job(BaseModel):
    """Build and publish editions into a folder, under some hardship."""

    data: Path
    edition: int
    rounds: int = 1
    die_before: int | None = None  # SIGKILL before this file operation, counted from 0
    largest_file: int | None = None  # bytes
    as_nobody: bool = False


class Writer:
    """A process that takes one job at a time."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        assert process.stdin and process.stdout
        self._jobs, self._told = process.stdin, process.stdout

    def start(self, job: Job) -> int:
        """Begin a job; the pid to kill."""
        self._jobs.write(job.model_dump_json() + "\n")
        self._jobs.flush()
        return int(self._told.readline())

    def told(self) -> str:
        """Wait for the end: DONE, KILLED, the message of a fault, or "crash: …"."""
        return self._told.readline().rstrip("\n")

    def run(self, job: Job) -> str:
        """The whole job."""
        self.start(job)
        return self.told()


@contextmanager
def writer() -> Iterator[Writer]:
    """Start a writer process and end it."""
    command = [sys.executable, "-m", "bench.faults.writing"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield Writer(process)
        finally:
            process.kill()


def _die_before(step: int, data: Path) -> None:
    """Kill this process at a file operation; operations that Python does not announce (fsync, write) lie between."""
    left = step

    def hook(event: str, args: tuple[Any, ...]) -> None:
        nonlocal left
        if event in STEPS or (event == "open" and str(args[0]).startswith(str(data))):
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            left -= 1

    sys.addaudithook(hook)


def _work(job: Job, small: Library) -> str:
    if job.as_nobody:
        os.setuid(NOBODY)
    if job.largest_file is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (job.largest_file, job.largest_file))
    if job.die_before is not None:
        _die_before(job.die_before, job.data)
    try:
        for number in range(job.edition, job.edition + job.rounds):
            GenerationStore(job.data).build(edition(small, number), EMBEDDER)
            GenerationStore(job.data).publish()
    except GenerationError as error:
        return str(error).replace("\n", " ")
    except BaseException as error:
        return f"crash: {type(error).__name__}: {error}"
    return DONE


def _in_a_child(job: Job, small: Library) -> None:
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())  # where faiss tells of a failed close
        os.write(writing, _work(job, small).encode())
        os._exit(0)
    os.close(writing)
    sys.stdout.write(f"{child}\n")
    sys.stdout.flush()
    with open(reading, encoding="utf-8") as pipe:
        said = pipe.read()
    os.waitpid(child, 0)
    sys.stdout.write(f"{said or KILLED}\n")
    sys.stdout.flush()


def main() -> None:
    """Serve jobs until stdin ends."""
    small = one_dictionary()
    for line in sys.stdin:
        _in_a_child(Job.model_validate_json(line), small)


if __name__ == "__main__":
    main()
