"""A draft: one imported item before a person has read it. Typed where the source was understood, its text where not.

A draft is never answered from. It becomes a `Guide` only by an editor's hand, who gives every number its clause.
"""

from decimal import Decimal
from typing import Literal

from pydantic import Field

from knowledge.model import Adcode, Frozen, Quantity, Text

DraftId = str
FREE = Quantity(amount=Decimal(0), unit="元")


class Origin(Frozen):
    """Where a draft was read: file, sheet and row as a person would count them."""

    file: Text
    sheet: str | None = None
    row: int = Field(ge=1)

    def __str__(self) -> str:
        return f"{self.file}{f'·{self.sheet}' if self.sheet else ''} 第 {self.row} 行"


class DraftLimit(Frozen):
    """How long the office may take; unstated where the source does not say whether by law or by promise."""

    kind: Literal["statutory", "promised", "unstated"]
    within: Quantity | Literal["当场", "当日"]


class DraftFee(Frozen):
    """One fee line; 0 元 means that the source says it is free."""

    name: str = ""
    amount: Quantity


class DraftPhone(Frozen):
    """One number that can be dialled as written, with the area code that the source gives."""

    number: Text
    extension: str | None = None
    label: str = ""


class DraftMaterial(Frozen):
    """One document to bring, by the source's own name for it."""

    name: Text
    form: Literal["original", "copy", "original_and_copy", "electronic"] | None = None
    count: int | None = Field(default=None, ge=1)


class Draft(Frozen):
    """One service item of a catalogue or a document, as far as it was understood."""

    draft_id: DraftId = Field(pattern=r"^[0-9A-Za-z][0-9A-Za-z-]{0,63}$")
    jurisdiction: Adcode
    name: Text
    code: str = ""
    basic_code: str = ""
    aliases: tuple[str, ...] = ()
    sayings: tuple[str, ...] = ()
    item_type: str = ""
    category: str = ""
    authority: str = ""
    partners: str = ""
    audience: tuple[str, ...] = ()
    conditions: str = ""
    materials: tuple[DraftMaterial, ...] = ()
    steps: str = ""
    limits: tuple[DraftLimit, ...] = ()
    charged: bool | None = None
    fees: tuple[DraftFee, ...] = ()
    results: tuple[str, ...] = ()
    validity: str = ""
    basis: str = ""
    faq: str = ""
    visits: int | None = None
    forms: tuple[Literal["online", "window", "courier", "kiosk", "phone"], ...] = ()
    platform: str = ""
    url: str = ""
    booking_url: str = ""
    bookable: bool | None = None
    courier: bool | None = None
    location: str = ""
    hours: str = ""
    consult_phones: tuple[DraftPhone, ...] = ()
    complaint_phones: tuple[DraftPhone, ...] = ()
    system: str = ""  # the mapping it was read with
    unread: dict[str, str] = Field(default_factory=dict)  # field → text that was not understood
    origins: tuple[Origin, ...] = Field(min_length=1)

    def to_json(self) -> str:
        """The file of a draft; equal drafts give equal bytes."""
        return self.model_dump_json(indent=1, exclude_defaults=True) + "\n"


def joined(first: Draft, second: Draft) -> tuple[Draft, tuple[str, ...]]:
    """Two rows of one item: the first speaks, the second fills what it left out. Also the fields where they differ."""
    update: dict[str, object] = {"origins": first.origins + second.origins}
    differing = []
    for field in sorted(second.model_fields_set - {"draft_id", "jurisdiction", "origins"}):
        mine, theirs = getattr(first, field), getattr(second, field)
        if not mine and mine is not False and mine != 0:
            update[field] = theirs
        elif mine != theirs and theirs not in ("", (), {}, None):
            differing.append(field)
    return first.model_copy(update=update), tuple(differing)
