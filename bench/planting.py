"""Seeded defects as data: one YAML line says which text of the library to break, and how (tests/knowledge/lint_corpus).

A seed names its target (`guide`, `theme`, `basis`, `document`, `fact`, `family`, `place`, `section`,
`field`, `form`), or makes a new one (`copy` a guide, `new_document`, `new_fact`, …), and changes it: `set` a path, `add` to a list, `repeat` an element.
"""

import re
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from knowledge.model import Library

CORPUS = Path(__file__).parents[1] / "tests/knowledge/lint_corpus"
Data = dict[str, Any]
# target → the library's list, the id field, the file of a finding about it
TARGETS = {
    "guide": ("guides", "item_id", "guides/410000/{}.yaml"), "theme": ("themes", "theme_id", "themes/{}.yaml"),
    "basis": ("bases", "basis_id", "bases/{}.yaml"), "document": ("documents", "kind_id", "documents.yaml"),
    "fact": ("facts", "fact_id", "facts.yaml"), "family": ("families", "family_id", "families.yaml"),
    "place": ("jurisdictions", "adcode", "jurisdictions.csv"),
    "section": ("form_sections", "section_id", "form_sections.yaml"),
    "field": ("form_fields", "field_id", "form_fields.yaml"), "form": ("item_forms", "item_id", "item_forms.yaml"),
}  # fmt: skip
LONG = "申请人应当在规定的时间内携带规定的材料到规定的窗口按照规定的顺序依次办理规定的手续，" * 4


class Planted(NamedTuple):
    """A library with one defect in it, and the file in which it must be found (None: in any)."""

    library: Library
    file: str | None


def seeds() -> dict[str, list[Data]]:
    """Every seed of the corpus by the rule that must find it."""
    found: dict[str, list[Data]] = {}
    for path in sorted(CORPUS.glob("*.yaml")):
        found |= yaml.safe_load(path.read_text(encoding="utf-8"))
    return found


def plant(library: Library, seed: Data) -> Planted:
    """A copy of the library with the seed's defect."""
    lists: dict[str, list[Any]] = {
        name: list(getattr(library, name)) for name, _, _ in TARGETS.values()
    }  # fmt: skip
    file = _apply(lists, seed)
    for more in seed.get("also", ()):
        _apply(lists, more)
    expected = seed.get("expect", file)
    broken = library.model_copy(update={name: tuple(items) for name, items in lists.items()})
    return Planted(broken, None if expected == "either" else expected)


def _apply(lists: dict[str, list[Any]], seed: Data) -> str:
    kind, name, new = _target(seed)
    listed, id_field, file = TARGETS[kind]
    items = lists[listed]
    place = next((i for i, item in enumerate(items) if getattr(item, id_field) == name), None)
    model = type(items[0])
    data = {id_field: name, "label": name} if place is None else items[place].model_dump(by_alias=True)
    if place is None and listed not in ("facts", "form_fields"):
        data = {id_field: name}
    _change(data, seed)
    if "copy" in seed:
        data |= {"item_id": seed.get("as", name), "jurisdiction": str(seed.get("place", data["jurisdiction"]))}
    made = model.model_validate(data)
    if new or place is None:
        items.append(made)
    else:
        items[place] = made
    if listed == "guides":
        return f"guides/{made.guide_id}.yaml"
    return file.format(name)


def _target(seed: Data) -> tuple[str, str, bool]:
    if "copy" in seed:
        return "guide", seed["copy"], True
    for kind in TARGETS:
        if kind in seed and not (kind == "place" and "copy" in seed):
            return kind, str(seed[kind]), False
        if f"new_{kind}" in seed:
            return kind, seed[f"new_{kind}"], True
    raise ValueError(f"没有写改哪一份：{seed}")


def _change(data: Data, seed: Data) -> None:
    for path, value in seed.get("set", {}).items():
        _set(data, path, value)
    for field, values in seed.get("add", {}).items():
        data[field] = [*data[field], *values]
    if "repeat" in seed:
        field, index = re.fullmatch(r"(\w+)\[(\d+)\]", seed["repeat"]).groups()  # type: ignore[union-attr]
        data[field] = [*data[field], data[field][int(index)]]
    if "long" in seed:
        data[seed["long"]] = [*data[seed["long"]], {"text": LONG + "。"}]
    if seed.get("unbased"):
        _scrub(data)
    if "unsay" in seed:
        _unsay(data, seed["unsay"])


def _set(data: Any, path: str, value: Any) -> None:
    *steps, last = re.findall(r"\w+", path)
    for step in steps:
        index = int(step) if step.isdigit() else step
        if isinstance(data[index], tuple):
            data[index] = list(data[index])
        data = data[index]
    data[last] = value


def _scrub(data: Any) -> None:
    """Take every clause out."""
    for item in data.values() if isinstance(data, dict) else data:
        if isinstance(item, dict | list | tuple):
            _scrub(item)
    if isinstance(data, dict) and "basis" in data:
        data["basis"] = ()


def _unsay(data: Any, word: str) -> None:
    """Drop a word wherever it is said."""
    for key, item in list(data.items()) if isinstance(data, dict) else []:
        if isinstance(item, str):
            data[key] = item.replace(word, "有关法律")
        elif isinstance(item, dict):
            _unsay(item, word)
        elif isinstance(item, list | tuple):
            for part in item:
                _unsay(part, word)
