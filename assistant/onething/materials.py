"""One merged material list over several items; every item's own list can be read back from it."""

from collections import defaultdict

from assistant.model import MergedMaterial
from assistant.onething.eligibility import Answers, evaluate
from knowledge.catalog import Catalog
from knowledge.model import Guide, Material
from knowledge.sentences import FORM_LABELS

_STRENGTH = ("fill_in", "electronic", "copy", "original", "original_and_copy")


def _form(materials: list[Material]) -> str:
    forms = {m.form for m in materials}
    if {"original", "copy"} <= forms:
        return "original_and_copy"
    return max(forms, key=_STRENGTH.index)


def merge(guides: list[Guide], answers: Answers, catalog: Catalog) -> tuple[tuple[MergedMaterial, ...], int]:
    """Unique materials by document kind with the items that need each, and how many rows there were before.

    A form to fill in belongs to its own item and is never merged with another's. A kind that another item of the same
    plan issues is marked with that item: it need not be brought, it comes out on the way. A kind that its own maker also
    asks for (the parents' household register, the seller's registration certificate) must be brought all the same.
    """
    makers = {kind: guide.name for guide in guides for kind in guide.results}
    rows: dict[tuple[str, str], list[tuple[Guide, Material]]] = defaultdict(list)
    raw = 0
    for guide in guides:
        for material in guide.materials:
            if evaluate(material.when, answers) is False:
                continue
            raw += 1
            own = guide.item_id if material.form == "fill_in" else ""
            rows[(material.kind, own)].append((guide, material))
    return tuple(_merged(kind, needs, makers, catalog) for (kind, _), needs in rows.items()), raw


def _merged(kind: str, needs: list[tuple[Guide, Material]], makers: dict[str, str], catalog: Catalog) -> MergedMaterial:
    document = catalog.documents[kind]
    materials = [material for _, material in needs]
    names = tuple(dict.fromkeys(guide.name for guide, _ in needs))
    maker = makers.get(kind)
    conditions = [m.condition for m in materials if m.condition]
    return MergedMaterial(
        kind=kind,
        name=document.name,
        items=names,
        count=max(m.count for m in materials),
        form=FORM_LABELS[_form(materials)],
        issuer=document.issuer,
        from_item=None if maker in names else maker,
        condition="；".join(dict.fromkeys(conditions)) if len(conditions) == len(materials) else None,
    )
