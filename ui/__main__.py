"""`python -m ui`: the page and the HTTP contract in one process."""

import argparse
import errno
import logging
import socket
import sys
import threading
from functools import partial

import uvicorn

from assistant.build import build_serving, open_stores
from assistant.config import Settings, read_settings
from assistant.errors import AssistantError
from assistant.kept import Stores
from assistant.serving import Serving
from ui.server import create_app

DONE, USAGE = 0, 2
SECONDS_BETWEEN_UPKEEPS = 5.0
EXAMPLES = """例子：
  python -m ui
  python -m ui --host 0.0.0.0 --port 8080
环境变量 BANCHENG_DATA_DIR 指向已发布的版本所在的文件夹。
"""
_FAULTS = {"argument ": "", "unrecognized arguments:": "不认识", "expected one argument": "后面要写一个值"}


class _Parser(argparse.ArgumentParser):
    """Faults in Chinese, exit code 2."""

    def error(self, message: str) -> None:  # type: ignore[override]
        for english, chinese in _FAULTS.items():
            message = message.replace(english, chinese)
        self.exit(USAGE, f"参数有误：{message}\n用 python -m ui --help 看说明\n")


def _port(text: str) -> int:
    if not text.isdigit() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"端口“{text}”应是 1 到 65535 的整数")
    return int(text)


def _arguments(argv: list[str] | None) -> argparse.Namespace:
    parser = _Parser(
        prog="python -m ui", description="启动“办成”网页和接口：python -m ui [选项]", epilog=EXAMPLES,
        add_help=False, usage=argparse.SUPPRESS, formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    options = parser.add_argument_group("选项")
    options.add_argument("-h", "--help", action="help", help="显示这段说明")
    options.add_argument("--host", metavar="地址", help="监听地址，默认 127.0.0.1（或 BANCHENG_HOST）")
    options.add_argument("--port", metavar="端口", type=_port, help="端口，默认 7860（或 BANCHENG_PORT）")
    return parser.parse_args(argv)


def _listen(host: str, port: int) -> socket.socket:
    """Take the port before anything slow is done; OSError when it is taken."""
    family, kind, proto, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    taken = socket.socket(family, kind, proto)
    try:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind(address)
    except OSError:
        taken.close()
        raise
    return taken


def _serve(serving: Serving, stores: Stores, settings: Settings, taken: socket.socket, address: str) -> None:
    config = uvicorn.Config(
        create_app(serving, settings, stores), log_level="warning", access_log=False, server_header=False,
        timeout_keep_alive=30, timeout_graceful_shutdown=5,
    )  # fmt: skip
    print(f"办成已启动：{address}  （按 Ctrl-C 停止）", flush=True)
    stop = threading.Event()
    for name, watch in (("watch-generations", serving.watch), ("keep-up", partial(_keep_up, stores))):
        threading.Thread(target=watch, args=(stop,), name=name, daemon=True).start()
    try:
        uvicorn.Server(config).run(sockets=[taken])
    finally:
        stop.set()


def _keep_up(stores: Stores, stop: threading.Event) -> None:
    while not stop.wait(SECONDS_BETWEEN_UPKEEPS):
        stores.keeper.upkeep()


def main(argv: list[str] | None = None) -> int:
    """Start; exit code 2 when something that the operator can mend is missing."""
    arguments = _arguments(argv)
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    try:
        settings = read_settings()
        host, port = arguments.host or settings.host, arguments.port or settings.port
        taken = _listen(host, port)
        print("正在打开指南库……", flush=True)
        stores = open_stores(settings)
        serving = build_serving(settings, stores)
        for problem in serving.problems:
            print(f"注意：{problem}", file=sys.stderr)
        shown = f"[{host}]" if ":" in host else host
        _serve(serving, stores, settings, taken, f"http://{shown}:{port}/")
    except OSError as error:
        why = "端口已被占用" if error.errno == errno.EADDRINUSE else "地址或端口不能用"
        print(f"不能在 {host}:{port} 上启动：{why}。请换一个端口，例如 python -m ui --port 7870", file=sys.stderr)
        return USAGE
    except KeyboardInterrupt:
        pass
    except AssistantError as error:
        print(error, file=sys.stderr)
        return USAGE
    print("已停止。")
    return DONE


if __name__ == "__main__":
    raise SystemExit(main())
