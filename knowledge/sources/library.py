"""Reads the YAML library into one `Library`, or reports every broken file and field at once."""

import csv
import hashlib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from knowledge.errors import Finding, LibraryError
from knowledge.model import (
    Basis,
    CalendarYear,
    DocumentKind,
    Fact,
    Family,
    FormField,
    FormSection,
    Guide,
    ItemForm,
    Jurisdiction,
    Lexicon,
    Library,
    OutdatedText,
    Theme,
    Uncovered,
)
from knowledge.sources.versions import Written, assemble

LIBRARY = Path(__file__).resolve().parents[1] / "library"
Model = TypeVar("Model", bound=BaseModel)

PYDANTIC_CHINESE = {
    "missing": "缺少这一项",
    "extra_forbidden": "不认识的字段名，请对照 knowledge/model.py",
    "string_type": "应为文字",
    "model_type": "应写成“字段: 内容”",
    "tuple_type": "应写成列表",
    "bool_parsing": "应为 true 或 false",
    "date_from_datetime_parsing": "日期应写成 2026-11-22",
    "date_parsing": "日期应写成 2026-11-22",
    "date_type": "日期应写成 2026-11-22",
    "literal_error": "不在允许的取值之内：{expected}",
    "enum": "不在允许的取值之内：{expected}",
    "string_pattern_mismatch": "格式不对，应符合 {pattern}",
    "too_short": "至少要有 {min_length} 项",
    "string_too_short": "不能为空",
    "decimal_parsing": "应为数字",
    "greater_than_equal": "不能小于 {ge}",
}


class UniqueKeyLoader(yaml.CSafeLoader):
    """YAML that refuses a key written twice: PyYAML would keep the last one silently."""


def _mapping(loader: UniqueKeyLoader, node: yaml.MappingNode) -> dict[Any, Any]:
    seen: set[Any] = set()
    for key_node, _ in node.value:
        key = loader.construct_object(key_node, deep=True)
        if key in seen:
            raise yaml.constructor.ConstructorError(None, None, f"重复的键 {key}", key_node.start_mark)
        seen.add(key)
    return dict(loader.construct_pairs(node, deep=True))


UniqueKeyLoader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)


class _Reader:
    def __init__(self, root: Path) -> None:
        self.root = root
        self.findings: list[Finding] = []

    def fail(self, path: Path, field: str, problem: str) -> None:
        self.findings.append(Finding(str(path.relative_to(self.root)), field, problem))

    def yaml(self, path: Path) -> Any:
        try:
            return yaml.load(path.read_text(encoding="utf-8"), Loader=UniqueKeyLoader)
        except FileNotFoundError:
            self.fail(path, "", "缺少这个文件")
        except UnicodeDecodeError:
            self.fail(path, "", "不是 UTF-8 编码，请另存为 UTF-8")
        except yaml.MarkedYAMLError as error:
            line = error.problem_mark.line + 1 if error.problem_mark else "?"
            self.fail(path, f"第 {line} 行", f"YAML 写法有误（{error.problem}）")
        except yaml.YAMLError:
            self.fail(path, "", "含有不允许的控制字符")
        return None

    def model(self, path: Path, kind: type[Model], data: Any, at: str = "") -> Model | None:
        try:
            return kind.model_validate(data)
        except ValidationError as error:
            for item in error.errors():
                context = item.get("ctx", {})
                template = PYDANTIC_CHINESE.get(item["type"])
                text = template.format(**context) if template else item["msg"].removeprefix("Value error, ")
                self.fail(path, ".".join([at, *map(str, item["loc"])]).strip("."), text)
            return None

    def files(self, folder: str) -> Iterator[Written]:
        for path in sorted((self.root / folder).rglob("*.yaml")):
            data = self.yaml(path)
            if data is not None:
                yield Written(path, data)
            elif not any(f.file == str(path.relative_to(self.root)) for f in self.findings):
                self.fail(path, "", "文件是空的")

    def each(self, folder: str, kind: type[Model], name: Callable[[Model], str]) -> Iterator[Model]:
        for path, data in self.files(folder):
            model = self.model(path, kind, data)
            if model is not None:
                self.at_place(path, folder, name(model))
                yield model

    def at_place(self, path: Path, folder: str, name: str) -> None:
        if path.relative_to(self.root / folder).with_suffix("").as_posix() != name:
            self.fail(path, "", f"文件位置与内容不符，应放在 {folder}/{name}.yaml")

    def guides(self, places: tuple[Jurisdiction, ...]) -> Iterator[Guide]:
        seen: set[Path] = set()
        for path, guide in assemble(list(self.files("guides")), places, self.model, self.fail):
            if path not in seen:
                self.at_place(path, "guides", guide.guide_id)
            seen.add(path)
            yield guide

    def table(self, file: str, kind: type[Model], row: Callable[[str, Any], Any]) -> Iterator[Model]:
        path = self.root / file
        data = self.yaml(path) or {}
        if not isinstance(data, dict):
            self.fail(path, "", "应写成“编号: 内容”的对照表")
            return
        for key, value in data.items():
            try:
                fields = row(key, value)
            except (TypeError, ValueError):
                self.fail(path, str(key), "写法不对，请照文件开头的说明写")
                continue
            model = self.model(path, kind, fields, at=str(key))
            if model is not None:
                yield model

    def jurisdictions(self) -> Iterator[Jurisdiction]:
        path = self.root / "jurisdictions.csv"
        try:
            rows = csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines())
        except FileNotFoundError:
            self.fail(path, "", "缺少这个文件")
            return
        except UnicodeDecodeError:
            self.fail(path, "", "不是 UTF-8 编码，请另存为 UTF-8")
            return
        for row in rows:
            data = row | {"parent": row.get("parent") or None, "aliases": tuple((row.get("aliases") or "").split())}
            model = self.model(path, Jurisdiction, data, at=row.get("adcode") or "")
            if model is not None:
                yield model

    def lexicon(self) -> Lexicon:
        path = self.root / "lexicon.yaml"
        return self.model(path, Lexicon, self.yaml(path) or {}) or Lexicon()


def _document(key: str, value: Any) -> dict[str, Any]:
    if not isinstance(value, list):
        raise TypeError(value)
    name, issuer, *extras = value
    return {"kind_id": key, "name": name, "issuer": issuer} | (extras[0] if extras else {})


def _item_form(key: str, value: Any) -> dict[str, Any]:
    asks = dict(value)
    return {"item_id": key, "basis": asks.pop("basis", ()), "asks": asks}


def load_library(root: Path = LIBRARY) -> Library:
    """Load and check the library under `root`. Raises LibraryError carrying every finding."""
    reader = _Reader(root)
    places = tuple(reader.jurisdictions())
    library = Library(
        guides=tuple(reader.guides(places)),
        themes=tuple(reader.each("themes", Theme, lambda t: t.theme_id)),
        bases=tuple(reader.each("bases", Basis, lambda b: b.basis_id)),
        documents=tuple(reader.table("documents.yaml", DocumentKind, _document)),
        facts=tuple(reader.table("facts.yaml", Fact, lambda key, value: {"fact_id": key} | value)),
        families=tuple(reader.table("families.yaml", Family, lambda key, value: {"family_id": key} | value)),
        jurisdictions=places,
        lexicon=reader.lexicon(),
        calendars=tuple(reader.each("calendar", CalendarYear, lambda c: str(c.year))),
        outdated=tuple(reader.table("outdated.yaml", OutdatedText, lambda key, value: {"trap_id": key} | value)),
        uncovered=tuple(reader.table("uncovered.yaml", Uncovered, lambda key, value: {"name": key, "sayings": value})),
        form_sections=tuple(
            reader.table("form_sections.yaml", FormSection, lambda key, value: {"section_id": key} | value)
        ),
        form_fields=tuple(reader.table("form_fields.yaml", FormField, lambda key, value: {"field_id": key} | value)),
        item_forms=tuple(reader.table("item_forms.yaml", ItemForm, _item_form)),
    )
    if reader.findings:
        raise LibraryError(reader.findings)
    return library


def source_digests(root: Path = LIBRARY) -> dict[str, str]:
    """One sha256 for each file and each folder directly under `root`, over the paths and bytes inside."""
    return {entry.name: _digest(entry) for entry in sorted(root.iterdir())}


def _digest(entry: Path) -> str:
    seen = hashlib.sha256()
    for path in sorted(p for p in (entry, *entry.rglob("*")) if p.is_file()):
        seen.update(f"{path.relative_to(entry).as_posix()}\0{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return seen.hexdigest()


def yaml_text(data: Mapping[str, Any]) -> str:
    """A file of the library as people write it: keys in the given order, short rows on one line."""
    return str(yaml.safe_dump(data, allow_unicode=True, sort_keys=False, default_flow_style=None, width=10_000))


def load_model(path: Path, kind: type[Model], what: str) -> Model:
    """Load one YAML file of its own as a model. Raises LibraryError that calls the file `what`."""
    reader = _Reader(path.parent)
    data = reader.yaml(path)
    model = reader.model(path, kind, data) if not reader.findings else None
    if model is None:
        raise LibraryError(reader.findings, what)
    return model
