"""One process from its first socket to its last answer: the citizens' port, the admin port, what is looked after beside."""

import errno
import signal
import socket
import threading
from functools import partial
from typing import Any, NamedTuple, cast

import uvicorn
from starlette.types import ASGIApp
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from assistant.config import Settings
from assistant.door import Door
from assistant.errors import SettingsError
from assistant.kept import Stores
from assistant.serving import Serving
from ui.admin import create_admin
from ui.guards import RememberPeer
from ui.metrics import Metrics
from ui.server import create_app

SECONDS_BETWEEN_UPKEEPS = 2.0


class Service(NamedTuple):
    """What one process serves with."""

    serving: Serving
    stores: Stores
    door: Door


class Ports(NamedTuple):
    """The sockets it listens on; no admin port unless one is set."""

    citizens: socket.socket
    admin: socket.socket | None


def take_ports(host: str, port: int, settings: Settings) -> Ports:
    """Take the ports before anything slow is done. Raises SettingsError."""
    citizens = _listen(host, port, "请换一个端口，例如 python -m ui --port 7870")
    if settings.admin_port is None:
        return Ports(citizens, None)
    return Ports(citizens, _listen(settings.admin_host, settings.admin_port, "请改 BANCHENG_ADMIN_PORT"))


def serve(service: Service, settings: Settings, ports: Ports, address: str) -> None:
    """Serve until told to stop; what is being answered is finished, what waited for the database is written."""
    service.stores.keeper.prepare()
    app = create_app(service.serving, settings, service.stores)
    admin = _admin(service, settings, app.state.metrics)
    stop = threading.Event()
    threading.Thread(target=service.serving.watch, args=(stop,), name="watch-generations", daemon=True).start()
    threading.Thread(target=_keep_up, args=(service, stop), name="keep-up", daemon=True).start()
    if ports.admin:
        threading.Thread(target=partial(admin.run, [ports.admin]), name="admin", daemon=True).start()
    config = uvicorn.Config(
        app, log_config=None, log_level="warning", access_log=False, server_header=False, timeout_keep_alive=30,
        timeout_graceful_shutdown=settings.stop_seconds, proxy_headers=False,
    )  # fmt: skip
    config.app = behind_proxies(app, config.forwarded_allow_ips)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # uvicorn raises it again when it has stopped
    print(f"办成已启动：{address}  （按 Ctrl-C 停止）", flush=True)
    try:
        uvicorn.Server(config).run(sockets=[ports.citizens])
    finally:
        stop.set()
        admin.should_exit = True
        service.stores.keeper.upkeep()
        service.stores.keeper.close()


def behind_proxies(app: Any, trusted: list[str] | str) -> ASGIApp:
    """What uvicorn does for proxies by itself (FORWARDED_ALLOW_IPS), with the address of the connection kept."""
    return RememberPeer(cast(ASGIApp, ProxyHeadersMiddleware(app, trusted)))


def _admin(service: Service, settings: Settings, metrics: Metrics) -> uvicorn.Server:
    app = create_admin(service.serving, settings, service.stores, service.door, metrics)
    return uvicorn.Server(
        uvicorn.Config(app, log_config=None, log_level="warning", access_log=False, server_header=False)
    )


def _keep_up(service: Service, stop: threading.Event) -> None:
    while not stop.wait(SECONDS_BETWEEN_UPKEEPS):
        service.door.controls.refresh()
        service.stores.keeper.upkeep()


def _listen(host: str, port: int, remedy: str) -> socket.socket:
    try:
        family, kind, proto, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        taken = socket.socket(family, kind, proto)
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind(address)
    except OSError as error:
        why = "端口已被占用" if error.errno == errno.EADDRINUSE else "地址或端口不能用"
        raise SettingsError(f"不能在 {host}:{port} 上启动：{why}。{remedy}") from error
    return taken
