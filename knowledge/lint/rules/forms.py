"""一表申请: what the items of a life event ask on paper is known, and nothing is kept that no form asks."""

from collections.abc import Iterator

from knowledge.lint.finding import DESIGN, Card, Fault, library_rule
from knowledge.lint.rules.themes import ONE_THING
from knowledge.lint.shelf import Shelf


@library_rule(Card(
    "item-without-form", "一件事里的事项都写明表格填什么", "warning", ONE_THING + "：一表申请",
    good="出生登记：{child: [name, sex, birth-date], contact: [phone]}", bad="出生登记不在 item_forms.yaml 里",
))  # fmt: skip
def item_without_form(shelf: Shelf) -> Iterator[Fault]:
    """Every item of a theme says what its form asks, or with {} that it has none."""
    for theme in shelf.library.themes:
        for entry in theme.items:
            if entry.item_id in shelf.guides and entry.item_id not in shelf.item_forms:
                yield Fault(
                    "items", f"事项 {entry.item_id} 没有写表格填什么，一张表会少它的栏目",
                    "补进 item_forms.yaml；确实没有表格的写 {}", f"themes/{theme.theme_id}.yaml",
                )  # fmt: skip


@library_rule(Card(
    "field-asked-twice", "一个事项的表格里，一栏只问一次", "error", ONE_THING + "：一表申请",
    good="child: [name, sex]", bad="child: [name, sex, name]",
))  # fmt: skip
def field_asked_twice(shelf: Shelf) -> Iterator[Fault]:
    """No form asks the same of the same person twice."""
    for form in shelf.library.item_forms:
        for section, fields in form.asks.items():
            for field in sorted({field for field in fields if fields.count(field) > 1}):
                yield Fault(form.item_id, f"{section} 的 {field} 问了两次", "删去重复的", "item_forms.yaml")


@library_rule(Card(
    "unused-form-field", "表格字段和分栏都有事项用到", "warning", DESIGN,
    good="民族，出生登记要填", bad="血型，没有一个事项要填",
))  # fmt: skip
def unused_form_field(shelf: Shelf) -> Iterator[Fault]:
    """A field or section that no form asks, and a section of a theme's `who` that the item's form has not."""
    forms = shelf.library.item_forms
    asked = {field for form in forms for fields in form.asks.values() for field in fields}
    about = {section for form in forms for section in form.asks}
    about |= {section for theme in shelf.library.themes for e in theme.items for section in e.who.values()}
    for field in shelf.library.form_fields:
        if field.field_id not in asked:
            yield Fault(field.field_id, f"“{field.label}”没有一个事项要填", "用到，或者删去", "form_fields.yaml")
    for part in shelf.library.form_sections:
        if part.section_id not in about:
            yield Fault(part.section_id, f"“{part.title}”没有一个事项用到", "用到，或者删去", "form_sections.yaml")
    for theme in shelf.library.themes:
        for entry in theme.items:
            form = shelf.item_forms.get(entry.item_id)
            for section in sorted(entry.who.keys() - (form.asks.keys() if form else ())):
                yield Fault(
                    "items", f"事项 {entry.item_id} 的表格没有 {section} 这一栏", "删去 who 里的这一条",
                    f"themes/{theme.theme_id}.yaml",
                )  # fmt: skip


RULES = (item_without_form, field_asked_twice, unused_form_field)
