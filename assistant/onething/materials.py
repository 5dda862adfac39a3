"""One merged material list over several items; every item's own list can be read back from it."""

from collections import defaultdict

from assistant.model import MergedMaterial, Need
from assistant.onething.eligibility import Answers, evaluate
from knowledge.catalog import Catalog
from knowledge.model import Guide, Material
from knowledge.sentences import FORM_LABELS

_STRENGTH = ("fill_in", "electronic", "copy", "original", "original_and_copy")
Row = tuple[Guide, Material]


def needed(guide: Guide, known: Answers) -> tuple[Material, ...]:
    """The materials of an item that what is known does not rule out."""
    return tuple(material for material in guide.materials if evaluate(material.when, known) is not False)


def merge(
    guides: list[Guide], known: Answers, catalog: Catalog, held: frozenset[str] = frozenset()
) -> tuple[tuple[MergedMaterial, ...], int]:
    """Unique materials by document kind with the items that need each, and how many rows there were before.

    A form to fill in belongs to its own item and is never merged with another's. A kind that another item of the same
    plan issues is marked with that item: it need not be brought, it comes out on the way. A kind that its own maker also
    asks for (the parents' household register, the seller's registration certificate) must be brought all the same.
    """
    makers = {kind: guide.name for guide in guides for kind in guide.results}
    rows: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for guide in guides:
        for material in needed(guide, known):
            own = guide.item_id if material.form == "fill_in" else ""
            rows[material.kind, own].append((guide, material))
    merged = tuple(
        _merged(kind, needs, makers, catalog).model_copy(update={"held": kind in held})
        for (kind, _), needs in rows.items()
    )
    return merged, sum(len(needs) for needs in rows.values())


def _form(materials: list[Material]) -> str:
    forms = {m.form for m in materials}
    if {"original", "copy"} <= forms:
        return "original_and_copy"
    return max(forms, key=_STRENGTH.index)


def _merged(kind: str, rows: list[Row], makers: dict[str, str], catalog: Catalog) -> MergedMaterial:
    document = catalog.documents[kind]
    materials = [material for _, material in rows]
    names = tuple(dict.fromkeys(guide.name for guide, _ in rows))
    maker = makers.get(kind)
    conditions = [m.condition for m in materials if m.condition]
    accepted = set.intersection(*(set(m.substitutes) for m in materials))
    return MergedMaterial(
        kind=kind,
        name=document.name,
        items=names,
        count=max(m.count for m in materials),
        form=FORM_LABELS[_form(materials)],
        issuer=document.issuer,
        from_item=None if maker in names else maker,
        condition="；".join(dict.fromkeys(conditions)) if len(conditions) == len(materials) else None,
        electronic=document.electronic,
        substitutes=tuple(catalog.documents[k].name for k in materials[0].substitutes if k in accepted),
        needs=tuple(_need(guide, material) for guide, material in rows),
    )


def _need(guide: Guide, material: Material) -> Need:
    return Need(
        item_id=guide.item_id, item=guide.name, form=FORM_LABELS[material.form], count=material.count,
        condition=material.condition, note=material.note, waived_by=material.waived_by,
    )  # fmt: skip


def own_list(merged: tuple[MergedMaterial, ...], item_id: str) -> tuple[tuple[str, Need], ...]:
    """An agency's own list, read back from the merged one: document kinds with that item's own terms."""
    return tuple((m.kind, need) for m in merged for need in m.needs if need.item_id == item_id)
