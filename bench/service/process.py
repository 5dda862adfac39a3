"""The service as a process of its own: started over a prepared data folder, looked at, killed, started again."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx

STARTING = 300.0  # seconds
PREPARED = ("model", "generations", "CURRENT", "CURRENT.copy")


def data_folder(prepared: Path, folder: Path) -> Path:
    """A data folder of its own with the prepared model and generations, copied."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in PREPARED:
        source = prepared / name
        copy = shutil.copytree if source.is_dir() else shutil.copyfile
        copy(source, folder / name)
    return folder


def free_port() -> int:
    """A port of loopback that is free now."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


class Service:
    """`python -m ui` with its own settings; `start` returns when it answers."""

    def __init__(self, data: Path, **settings: str) -> None:
        self.data, self.port = data, free_port()
        self._settings = {f"BANCHENG_{name.upper()}": value for name, value in settings.items()}
        self._process: subprocess.Popen[bytes] | None = None
        self.address = f"http://127.0.0.1:{self.port}"
        self.log = data / "service.log"

    def start(self) -> float:
        """Start and wait until it is ready; seconds that it took."""
        begun = time.monotonic()
        kept = {name: value for name, value in os.environ.items() if not name.startswith("BANCHENG_")}
        environment = {**kept, "BANCHENG_DATA_DIR": str(self.data), **self._settings}
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "ui", "--port", str(self.port)], env=environment, stdout=log, stderr=log
            )
        while time.monotonic() - begun < STARTING:
            if self._process.poll() is not None:
                raise RuntimeError(f"服务没有起来：{self.log.read_text(encoding='utf-8')[-500:]}")
            try:
                if httpx.get(f"{self.address}/readyz", timeout=2).status_code == 200:
                    return time.monotonic() - begun
            except httpx.TransportError:
                time.sleep(0.1)
        self.kill()
        raise RuntimeError("服务没有起来")

    def kill(self) -> None:
        """Kill -9."""
        self._signal(signal.SIGKILL)

    def stop(self) -> float:
        """SIGTERM, and wait; seconds until it ended."""
        begun = time.monotonic()
        self._signal(signal.SIGTERM)
        return time.monotonic() - begun

    def terminate(self) -> None:
        """SIGTERM without waiting."""
        self._running().send_signal(signal.SIGTERM)

    def wait(self) -> int:
        """Wait until it has ended; its exit code."""
        return self._running().wait(60)

    @property
    def megabytes(self) -> float:
        """Resident memory now."""
        status = Path(f"/proc/{self._running().pid}/status").read_text(encoding="ascii")
        return int(status.split("VmRSS:")[1].split()[0]) / 1024

    def problems(self) -> list[str]:
        """What /readyz names."""
        body = httpx.get(f"{self.address}/readyz", timeout=30).json()
        return [str(problem) for problem in body["problems"]]

    def ask(self, text: str, session_id: str | None = None, timeout: float = 30) -> httpx.Response:
        """One question from an address of its own."""
        with httpx.Client(transport=httpx.HTTPTransport(local_address="127.9.9.9"), timeout=timeout) as client:
            return client.post(f"{self.address}/api/v1/chat", json={"message": text, "session_id": session_id})

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            raise RuntimeError("服务没有起来")
        return self._process

    def _signal(self, number: int) -> None:
        process = self._running()
        if process.poll() is None:
            process.send_signal(number)
            process.wait(120)

    def __enter__(self) -> "Service":
        self.start()
        return self

    def __exit__(self, *raised: object) -> None:
        self.kill()
