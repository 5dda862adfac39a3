"""What a citizen may begin with: life stages with their life events and items, and the rules that changed lately."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

from knowledge.catalog import Catalog
from knowledge.model import Basis, FieldName, Guide
from knowledge.sentences import sentences

LATELY, SOON = timedelta(days=365), timedelta(days=90)
_PERSON: dict[str, tuple[str, ...]] = {  # stage → life events and items, by id
    "出生": ("newborn", "childcare-subsidy-claim", "marriage-childbearing", "birth-service-registration", "vaccination-record-issue"),
    "入学": ("school-enrolment", "student-aid", "student-loan", "graduation"),
    "就业": ("finding-work", "start-business", "flexible-employment", "unemployment-benefit", "work-injury-decision"),
    "买房": ("used-house-trade", "housing-fund-loan-purchase", "housing-fund-home-withdrawal", "public-rental", "deed-tax"),
    "看病": ("medical-expense", "remote-medical-filing", "resident-medical-insurance", "medical-insurance-code", "long-term-care"),
    "退休": ("retirement", "elderly-welfare", "resident-pension", "pension-transfer"),
    "身后": ("after-death", "funeral-allowance", "property-inheritance", "housing-fund-inheritance"),
    "证件出行": ("id-card-reissue", "passport", "driving-licence-renew", "residence-permit", "social-security-card-service"),
}  # fmt: skip
_BUSINESS: dict[str, tuple[str, ...]] = {
    "开办": ("company-opening", "open-restaurant", "open-convenience-store", "sole-trader-registration", "food-business-licence"),
    "变更": ("company-change", "tax-change-registration", "employer-insurance-change", "credit-repair-service"),
    "注销": ("company-closing", "simple-deregistration", "tax-deregistration", "business-suspension"),
}  # fmt: skip


class Start(NamedTuple):
    """One thing to begin with: what is shown, and what is asked."""

    label: str
    question: str


class Stage(NamedTuple):
    """One stage of a life or of a business."""

    name: str
    starts: tuple[Start, ...]


class Change(NamedTuple):
    """A document that came or comes into force, and the items whose guides rest on it."""

    since: date
    title: str
    items: tuple[Start, ...]


class Front(NamedTuple):
    """The first screen of one library on one day."""

    person: tuple[Stage, ...]
    business: tuple[Stage, ...]
    changes: tuple[Change, ...]  # latest first


def front(catalog: Catalog, today: date) -> Front:
    """What this library has to begin with; what it has not is left away."""
    return Front(_stages(_PERSON, catalog), _stages(_BUSINESS, catalog), changes(catalog, today))


def changes(catalog: Catalog, today: date) -> tuple[Change, ...]:
    """The documents that took effect within a year before a day or will within three months, by their own dates."""
    found: dict[str, tuple[Basis, list[Start]]] = {}
    for guide in sorted(map(catalog.general, catalog.items), key=_everyday):
        for basis in {basis.basis_id: basis for basis in _bases(guide, catalog) if _is_new(basis, today)}.values():
            found.setdefault(basis.basis_id, (basis, []))[1].append(Start(guide.name, guide.name))
    dated = [Change(basis.effective_from or today, basis.title, tuple(items)) for basis, items in found.values()]
    return tuple(sorted(dated, key=lambda change: change.since, reverse=True))


def _stages(named: dict[str, tuple[str, ...]], catalog: Catalog) -> tuple[Stage, ...]:
    stages = (Stage(name, tuple(_starts(ids, catalog))) for name, ids in named.items())
    return tuple(stage for stage in stages if stage.starts)


def _starts(ids: tuple[str, ...], catalog: Catalog) -> Iterator[Start]:
    for name in ids:
        if theme := catalog.themes.get(name):
            yield Start(theme.name.removesuffix("一件事"), theme.name)
        elif name in catalog.items:
            guide = catalog.general(name)
            yield Start(guide.name, guide.name)


def _bases(guide: Guide, catalog: Catalog) -> Iterator[Basis]:
    for field in FieldName:
        if field is not FieldName.BASES:
            yield from (catalog.clause(ref).basis for s in sentences(guide, field, catalog) for ref in s.basis)


def _everyday(guide: Guide) -> tuple[bool, int]:
    """What people ask for themselves first, and what they have most words for."""
    return guide.audience == "organization", -len(guide.sayings)


def _is_new(basis: Basis, today: date) -> bool:
    return basis.effective_from is not None and today - LATELY <= basis.effective_from <= today + SOON
