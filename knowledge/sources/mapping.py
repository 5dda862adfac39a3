"""Which column of a table, or heading of a document, fills which field of a draft: declared in a YAML file.

A rule is written short as a name or a list of names (the first that is filled wins), or long as
`{join: [法定办结时限, 法定办结时限单位]}` for a value that stands in several columns.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, NamedTuple

from pydantic import BeforeValidator, Field, model_validator

from knowledge.model import Frozen, Text
from knowledge.sources.library import LIBRARY, load_model

MAPPINGS = LIBRARY / "mappings"
FOR_DOCUMENTS = "guide-headings"
# A header such as 承诺办结时限（工作日） gives its unit to bare numbers below it.
_HEADER_UNIT = re.compile(r"(?P<name>.+?)\((?P<unit>个?工作日|自然日|日|天|元|次)\)")
_DECORATION = re.compile(r"[\s*★:]|\(必填\)|\(选填\)")


# The fields that a mapping may fill, by their Chinese names.
FIELD_NAMES = {
    "code": "实施编码", "basic_code": "基本编码", "jurisdiction": "地区代码", "name": "事项名称", "aliases": "别名", "sayings": "日常用语",
    "item_type": "事项类型", "category": "主题", "authority": "实施主体", "partners": "联办机构", "audience": "服务对象",
    "conditions": "受理条件", "materials": "申请材料", "steps": "办理流程", "statutory_limit": "法定时限", "promised_limit": "承诺时限",
    "stated_limits": "办结时限", "charged": "是否收费", "fees": "收费", "results": "办理结果", "validity": "有效期", "basis": "设定依据",
    "faq": "常见问题", "visits": "跑动次数", "forms": "办理形式", "platform": "网办平台", "url": "网办地址", "booking_url": "预约地址",
    "bookable": "能否预约", "courier": "能否快递", "location": "办理地点", "hours": "办理时间", "consult_phones": "咨询电话",
    "complaint_phones": "投诉电话",
}  # fmt: skip


class Source(Frozen):
    """Where the value of one field stands: one of several columns, or several columns joined."""

    any: tuple[Text, ...] = ()
    join: tuple[Text, ...] = ()


def _source(value: Any) -> Any:
    return {"any": [value]} if isinstance(value, str) else {"any": value} if isinstance(value, list) else value


class Mapping(Frozen):
    """The declared meaning of one system's columns."""

    mapping_id: Text
    name: Text
    note: str | None = None
    empty: tuple[str, ...] = ()  # spellings of "nothing" in this system, besides the usual ones
    ignore: tuple[str, ...] = ()  # columns that are known and carry nothing for a guide
    fields: dict[Text, Annotated[Source, BeforeValidator(_source)]] = Field(min_length=2)

    @model_validator(mode="after")
    def _known_fields(self) -> "Mapping":
        if unknown := [field for field in self.fields if field not in FIELD_NAMES]:
            raise ValueError(f"没有 {'、'.join(unknown)} 这个字段；可用的有：{'、'.join(FIELD_NAMES)}")
        if "name" not in self.fields:
            raise ValueError("至少要写明 name（事项名称）在哪一列")
        return self


class Column(NamedTuple):
    """One column of a table that fills a field; `unit` is given by its header."""

    header: str
    unit: str


class Columns(NamedTuple):
    """A mapping laid over the headers of one table."""

    fields: dict[str, tuple[tuple[Column, ...], ...]]  # field → alternatives, each of one or several columns
    unused: tuple[str, ...]


def header_key(header: str) -> str:
    """A header without decoration, so that `* 事项名称：` and `事项名称` are the same."""
    return _DECORATION.sub("", unicodedata.normalize("NFKC", header)).casefold()


def load_mapping(name_or_path: str) -> Mapping:
    """A shipped mapping by its name, or one from a file. Raises LibraryError."""
    shipped = MAPPINGS / f"{name_or_path}.yaml"
    return load_model(shipped if shipped.is_file() else Path(name_or_path), Mapping, f"对照表 {name_or_path} ")


@lru_cache(maxsize=1)
def shipped_mappings() -> tuple[Mapping, ...]:
    """Every mapping in the library, by name."""
    return tuple(load_mapping(path.stem) for path in sorted(MAPPINGS.glob("*.yaml")))


def lay(mapping: Mapping, headers: Iterable[str]) -> Columns:
    """Find the mapping's columns among the headers of a table."""
    known: dict[str, Column] = {}
    for header in headers:
        key = header_key(header)
        known.setdefault(key, Column(header, ""))
        if unit := _HEADER_UNIT.fullmatch(key):
            known.setdefault(unit["name"], Column(header, unit["unit"]))
    fields = {}
    for field, source in mapping.fields.items():
        wanted = [source.join] if source.join else [(name,) for name in source.any]
        found = [tuple(c for c in (known.get(header_key(name)) for name in names) if c) for names in wanted]
        if any(found):
            fields[field] = tuple(columns for columns in found if columns)
    used = {c.header for alternatives in fields.values() for columns in alternatives for c in columns}
    ignored = {header_key(name) for name in mapping.ignore}
    unused = tuple(c.header for key, c in known.items() if c.header not in used and key not in ignored)
    return Columns(fields, tuple(dict.fromkeys(unused)))


def choose(mappings: Sequence[Mapping], headers: Sequence[str]) -> Mapping | None:
    """The mapping that finds most of its fields, the name among them; None when none does."""
    counts = [(len(found), m) for m in mappings if "name" in (found := lay(m, headers).fields) and len(found) >= 2]
    return max(counts, key=lambda pair: pair[0])[1] if counts else None
