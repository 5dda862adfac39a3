"""Logs: one line an event, plain or JSON, personal data masked last of all; one line a request, without its content."""

import logging
import sys
import time
from collections.abc import MutableMapping
from typing import Any

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.safety.privacy import mask

OURS = frozenset({"timestamp", "level", "logger"})  # written by ourselves
log = logging.getLogger(__name__)


def configure(json: bool, level: str) -> None:
    """Send all logs of the process to standard error in this form."""
    before: list[structlog.typing.Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        _without_colours,
        structlog.processors.TimeStamper(fmt="iso", utc=not json),
        structlog.processors.format_exc_info,
    ]
    renderer = structlog.processors.JSONRenderer(ensure_ascii=False) if json else _plain
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=before,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, redact, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())


def _without_colours(logger: Any, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    event.pop("color_message", None)  # uvicorn says the same twice
    return event


def redact(logger: Any, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Mask personal data in every value that others wrote, however deep it lies."""
    return {key: value if key in OURS else _masked(value) for key, value in event.items()}


def _masked(value: Any) -> Any:
    match value:
        case bool() | int() | float() | None:
            return value
        case dict():
            return {_masked(str(key)): _masked(part) for key, part in value.items()}
        case list() | tuple():
            return [_masked(part) for part in value]
        case _:
            masked = mask(text := str(value))
            return masked.text if masked.kinds else text


def _plain(logger: Any, method: str, event: MutableMapping[str, Any]) -> str:
    head = f"{event.pop('timestamp')} {event.pop('level').upper()} {event.pop('logger')} {event.pop('event')}"
    fault = event.pop("exception", "")
    return "  ".join([head, *(f"{key}={value}" for key, value in event.items())]) + (f"\n{fault}" if fault else "")


class Journal:
    """One line a request: method, route, status, milliseconds; the address asked for may hold anything and is left out."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request, passed on."""
        if scope["type"] != "http" or not log.isEnabledFor(logging.INFO):
            await self._app(scope, receive, send)
            return
        started, status = time.perf_counter(), 0

        async def noting(message: Message) -> None:
            nonlocal status
            status = message.get("status", status)
            await send(message)

        try:
            await self._app(scope, receive, noting)
        finally:
            route = getattr(scope.get("route"), "path", scope.get("root_path") or "/")
            milliseconds = round((time.perf_counter() - started) * 1000)
            log.info("请求", extra={"method": scope["method"], "route": route, "status": status, "ms": milliseconds})
