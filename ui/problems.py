"""Errors as RFC 9457 problem documents, in Chinese; never a stack trace, never the caller's own text, never personal data."""

import json
from http import HTTPStatus
from typing import Any
from urllib.parse import unquote

from assistant.safety.privacy import mask

TITLES = {
    400: "请求有误",
    404: "没有这个地址或内容",
    405: "不支持这种请求方法",
    413: "内容太长",
    415: "不支持这种内容格式",
    422: "填写的内容不符合要求",
    429: "请求太频繁",
    500: "服务出了点问题",
    503: "现在不能回答",
}
DETAILS = {
    400: "请求正文应是用 UTF-8 编码的 JSON。",
    404: "请核对地址。",
    405: "请查看接口说明，换用正确的请求方法。",
    413: "请求正文不能超过 64 KB。",
    429: "请过几秒再试。",
    500: "请稍后再试；急事请拨打 12345。",
    503: "请稍后再试；急事请拨打 12345。",
}
MEDIA_TYPE = "application/problem+json"
_FIELD_ERRORS = {
    "missing": "没有填写",
    "extra_forbidden": "不认识这个字段",
    "json_invalid": "不是有效的 JSON",
    "model_attributes_type": "应为 JSON 对象",
    "dict_type": "应为 JSON 对象",
    "string_type": "应为文字",
    "string_too_long": "太长了",
    "date_from_datetime_parsing": "日期请写成 2026-11-22 这样",
    "date_parsing": "日期请写成 2026-11-22 这样",
    "date_type": "日期请写成 2026-11-22 这样",
    "int_parsing": "应为整数",
    "less_than_equal": "数值太大",
    "greater_than_equal": "数值太小",
}


DOCUMENTED: dict[int | str, dict[str, Any]] = {
    status: {
        "description": TITLES[status],
        "content": {
            MEDIA_TYPE: {
                "schema": {
                    "type": "object",
                    "required": ["type", "title", "status", "detail", "instance"],
                    "properties": {
                        "type": {"type": "string"}, "title": {"type": "string"}, "status": {"type": "integer"},
                        "detail": {"type": "string"}, "instance": {"type": "string"},
                    },
                    "additionalProperties": False,
                }
            }
        },
    }
    for status in (400, 404, 405, 413, 422, 429, 500, 503)
}  # fmt: skip


def problem(status: int, instance: str, detail: str | None = None) -> dict[str, Any]:
    """The document of one error."""
    return {
        "type": f"urn:bancheng:problem:{HTTPStatus(status).name.lower().replace('_', '-')}",
        "title": TITLES.get(status, "请求没有完成"),
        "status": status,
        "detail": detail or DETAILS.get(status, "请求没有完成。"),
        "instance": "/" if mask(unquote(instance)).kinds else instance,
    }


def problem_bytes(status: int, instance: str, detail: str | None = None) -> bytes:
    """The same as bytes, for places that answer below the framework."""
    return json.dumps(problem(status, instance, detail), ensure_ascii=False).encode()


def field_errors(errors: list[dict[str, Any]]) -> str:
    """The faults of a request body in one Chinese sentence; the bad values themselves are not repeated."""
    lines = []
    for error in errors:
        where = [str(part) for part in error["loc"][1:] if error["type"] != "json_invalid"]
        name = mask(".".join(where)).text or "请求正文"
        lines.append(f"{name}：{_FIELD_ERRORS.get(error['type'], '格式不对')}")
    return "；".join(dict.fromkeys(lines)) + "。"
