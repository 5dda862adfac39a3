"""`python -m ui`: the page and the HTTP contract in one process."""

import argparse
import sys

from assistant.build import build_serving, open_door, open_stores
from assistant.config import read_settings
from assistant.errors import AssistantError
from ui.journal import configure
from ui.running import Service, serve, take_ports

DONE, USAGE = 0, 2
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


def main(argv: list[str] | None = None) -> int:
    """Start; exit code 2 when something that the operator can mend is missing."""
    arguments = _arguments(argv)
    try:
        settings = read_settings()
        configure(settings.log_json, settings.log_level)
        host, port = arguments.host or settings.host, arguments.port or settings.port
        ports = take_ports(host, port, settings)
        print("正在打开指南库……", flush=True)
        stores, door = open_stores(settings), open_door(settings)
        serving = build_serving(settings, stores, door)
        for problem in serving.problems:
            print(f"注意：{problem}", file=sys.stderr)
        shown = f"[{host}]" if ":" in host else host
        serve(Service(serving, stores, door), settings, ports, f"http://{shown}:{port}/")
    except KeyboardInterrupt:
        pass
    except AssistantError as error:
        print(error, file=sys.stderr)
        return USAGE
    print("已停止。")
    return DONE


if __name__ == "__main__":
    raise SystemExit(main())
