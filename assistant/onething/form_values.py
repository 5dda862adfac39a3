"""What may be wrong with a value that somebody writes into a form. Pure; `ui/static/form_values.js` decides the same.

Only what a rule of writing decides is a fault: a check digit, a date that does not exist, a birthday that is not the one
in the identity number. Identity and credit codes follow GB 11643 and GB 32100, bank cards ISO/IEC 7812.
"""

import re
import unicodedata
from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from stdnum import luhn
from stdnum.cn import ric, uscc
from stdnum.exceptions import ValidationError

from assistant.model import Form, FormEntry

FAULTS: dict[str, str] = {  # what is wrong → how it is told
    "name": "姓名至少两个字，只写汉字、字母和间隔号“·”",
    "id-form": "公民身份号码是18位：前17位是数字，最后一位是数字或X",
    "id-date": "号码里的出生日期不存在，或者晚于今天，请对照证件",
    "id-check": "最后一位校验码不对，请对照证件一位一位核对",
    "sex": "请选男或者女",
    "sex-id": "和公民身份号码里的性别不一致",
    "date": "请写真有的一天，例如19850302或者1985-03-02",
    "date-future": "这一天还没有到，请核对",
    "birth-id": "和公民身份号码里的出生日期不一致",
    "choice": "请从列出的选项里选",
    "phone": "请写11位手机号，或者带区号的电话，例如0371-12345678",
    "email": "邮箱写成“名字@网站”的样子",
    "address": "地址太短了，请写到门牌号或者村组",
    "credit-form": "统一社会信用代码是18位数字和大写字母（没有I、O、S、V、Z）",
    "credit-check": "最后一位校验码不对，请对照营业执照核对",
    "bank-form": "银行卡号是15到19位数字",
    "bank-check": "卡号核对不上，请看着卡面再写一遍",
    "number": "这里只写数字，可以带小数点",
    "plate": "号牌写成“豫A12345”这样，新能源车多一位",
    "vin": "车辆识别代号是17位字母和数字（没有I、O、Q），照行驶证写",
    "unknown": "这张表里没有这一栏",
}
_DATES = frozenset(("birth_date", "past_date", "date"))
_COMPACT = frozenset(("id_number", "credit_code", "bank_card", "plate", "vin"))
_CODES = _DATES | _COMPACT | {"phone", "email", "number"}
_SHAPES: dict[str, str] = {
    "phone": r"1[3-9][0-9]{9}|0[0-9]{2,3}-?[0-9]{7,8}",
    "email": r"[^@\s]+@[^@\s]+\.[^@\s]+",
    "address": r"(?s:.{4,})",
    "number": r"[0-9]+(?:\.[0-9]+)?",
    "plate": r"[\u4e00-\u9fff][A-Z][A-Z0-9]{4,5}[A-Z0-9学警挂港澳]",
    "vin": r"[A-HJ-NPR-Z0-9]{17}",
}
_IDENTITY = re.compile(r"[1-9][0-9]{16}[0-9X]")
_CREDIT = re.compile(r"[0-9A-HJ-NPQRTUWXY]{2}[0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}")
_DATE = re.compile(r"([0-9]{4})(?:([0-9]{2})([0-9]{2})|[-./年]([0-9]{1,2})[-./月]([0-9]{1,2})日?)")


class Fault(NamedTuple):
    """One value that cannot be right: where it stands, and why."""

    key: str
    label: str  # 孩子·出生日期
    why: str


class Checked(NamedTuple):
    """What is wrong in a filled form, and what is still to be written, both in the form's order."""

    faults: tuple[Fault, ...]
    missing: tuple[str, ...]


def plain(kind: str, value: str) -> str:
    """A value as it is compared and exported: trimmed; codes half-width and without spaces, dates as 2026-11-22."""
    if kind not in _CODES:
        return value.strip()
    value = "".join(unicodedata.normalize("NFKC", value).split())
    if kind in _COMPACT:
        return value.replace("-", "").upper()
    if kind in _DATES and (read := _DATE.fullmatch(value)):
        year, *rest = filter(None, read.groups())
        return "-".join([year, *(part.zfill(2) for part in rest)])
    return value


def fault(kind: str, value: str, identity: str, choices: tuple[str, ...], today: date) -> str | None:
    """Why a value of this kind cannot be right (a key of FAULTS), or None; an empty one is no fault.

    `identity` is the identity number of the same person, empty where none is asked.
    """
    value = plain(kind, value)
    if not value:
        return None
    match kind:
        case "name":
            return None if 2 <= len(value) <= 50 and all(c.isalpha() or c in "·•．. '’-" for c in value) else "name"
        case "id_number":
            return _identity_fault(value, today)
        case "credit_code":
            return _code_fault("credit", bool(_CREDIT.fullmatch(value)), value[-1] == _credit_digit(value))
        case "bank_card":
            return _code_fault("bank", bool(re.fullmatch("[0-9]{15,19}", value)), luhn.is_valid(value))
        case "birth_date" | "past_date" | "date":
            return _date_fault(kind, value, identity, today)
        case "sex":
            return "sex" if value not in ("男", "女") else _sex_fault(value, identity, today)
        case "choice":
            return None if value in choices else "choice"
    shape = _SHAPES.get(kind)
    return None if shape is None or re.fullmatch(shape, value) else kind


def _code_fault(code: str, formed: bool, checked: bool) -> str | None:
    return f"{code}-form" if not formed else None if checked else f"{code}-check"


def _credit_digit(value: str) -> str:
    return uscc.calc_check_digit(value) if _CREDIT.fullmatch(value) else ""


def _identity_fault(value: str, today: date) -> str | None:
    if not _IDENTITY.fullmatch(value):
        return "id-form"
    try:
        born = ric.get_birth_date(value)
    except ValidationError:
        return "id-date"
    if not date(1900, 1, 1) <= born <= today:
        return "id-date"
    return None if value[-1] == ric.calc_check_digit(value) else "id-check"


def _sound(identity: str, today: date) -> str:
    """An identity number to compare with, or nothing where it is itself at fault."""
    number = plain("id_number", identity)
    return "" if not number or _identity_fault(number, today) else number


def _day(value: str) -> date | None:
    try:
        return date.fromisoformat(value) if _DATE.fullmatch(value) else None
    except ValueError:  # 2026-02-30
        return None


def _date_fault(kind: str, value: str, identity: str, today: date) -> str | None:
    day = _day(value)
    if day is None:
        return "date"
    if kind != "date" and day > today:
        return "date-future"
    number = _sound(identity, today) if kind == "birth_date" else ""
    return "birth-id" if number and number[6:14] != f"{day:%Y%m%d}" else None


def _sex_fault(value: str, identity: str, today: date) -> str | None:
    number = _sound(identity, today)
    return "sex-id" if number and (value == "男") != (int(number[16]) % 2 == 1) else None


def check(form: Form, values: Mapping[str, str], today: date) -> Checked:
    """Look through a filled form; `values` are field keys → what is written there."""
    faults, missing = [], []
    for part in form.parts:
        identity = values.get(f"{part.section}.id-number", "")
        for entry in part.entries:
            written = values.get(entry.key, "")
            label = f"{part.title}·{entry.label}"
            if why := fault(entry.kind, written, identity, entry.choices, today):
                faults.append(Fault(entry.key, label, FAULTS[why]))
            elif not plain(entry.kind, written) and not entry.optional:
                missing.append(label)
    known = {entry.key for entry in entries_of(form)}
    faults += [Fault(key, key, FAULTS["unknown"]) for key in values if key not in known]
    return Checked(tuple(faults), tuple(missing))


def entries_of(form: Form) -> tuple[FormEntry, ...]:
    """Every field of a form, in its order."""
    return tuple(entry for part in form.parts for entry in part.entries)
