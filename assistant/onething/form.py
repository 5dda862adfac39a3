"""One form over the items of a plan (一表申请): each field once for each person, with the items that ask it.

Every item's own list can be read back from it. The order is that of the library's sections and fields, whatever the plan.
"""

from collections import defaultdict
from collections.abc import Iterable

from assistant.model import Form, FormEntry, FormPart, FormUser
from assistant.onething.eligibility import Case
from knowledge.catalog import Catalog

Place = tuple[str, str]  # whose it is, and what is asked: ("child", "name")
Askers = dict[str, dict[str, list[str]]]  # section → field → the items that ask it


def joined_form(cases: Iterable[Case], catalog: Catalog) -> Form:
    """The union of what the forms of these items ask; an item without a form adds nothing."""
    askers: Askers = defaultdict(lambda: defaultdict(list))
    users = []
    for case in cases:
        if own := asked_by(case, catalog):
            users.append(_user(case, catalog))
        for section, field in own:
            askers[section][field].append(case.entry.item_id)
    parts = tuple(_part(section, askers, catalog) for section in catalog.form_sections if section in askers)
    raw = sum(len(items) for fields in askers.values() for items in fields.values())
    return Form(parts=parts, users=tuple(users), raw_fields=raw)


def asked_by(case: Case, catalog: Catalog) -> tuple[Place, ...]:
    """What an item's own form asks, and of whom in this life event."""
    form = catalog.item_forms.get(case.entry.item_id)
    asks = form.asks.items() if form else ()
    whose = case.entry.who
    return tuple(dict.fromkeys((whose.get(section, section), field) for section, fields in asks for field in fields))


def own_fields(form: Form, item_id: str) -> tuple[str, ...]:
    """An agency's own list, read back from the joined form: the keys of its fields."""
    return tuple(entry.key for part in form.parts for entry in part.entries if item_id in entry.items)


def _part(section_id: str, askers: Askers, catalog: Catalog) -> FormPart:
    section, asked = catalog.form_sections[section_id], askers[section_id]
    entries = (
        FormEntry(
            key=f"{section_id}.{field.field_id}", label=field.label, kind=field.kind, hint=field.hint,
            choices=field.choices, optional=section.optional or field.optional, items=tuple(asked[field.field_id]),
        )
        for field in catalog.form_fields.values() if field.field_id in asked
    )  # fmt: skip
    return FormPart(section=section_id, title=section.title, entries=tuple(entries))


def _user(case: Case, catalog: Catalog) -> FormUser:
    refs = catalog.item_forms[case.entry.item_id].basis
    return FormUser(
        item_id=case.entry.item_id, item=case.guide.name, authority=case.guide.authority,
        basis=tuple(catalog.clause(ref).label for ref in refs),
    )  # fmt: skip
