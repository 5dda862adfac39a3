"""A reviewed draft → the guide file that an editor completes. A number without a clause never gets in: it is told instead.

What the draft states in words goes in as unconfirmed; a field whose numbers had to stay out says who publishes them, and
a field that is left empty is what the check lists as missing.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from knowledge.lint.rules.values import UNTRACED_UNITS
from knowledge.model import FieldName
from knowledge.quantities import read_values
from knowledge.sources.draft import FREE, Draft, DraftMaterial

_SENTENCE = re.compile(r"[。；;\n]+")
_NUMBERING = re.compile(r"^(?:第[一二三四五六七八九十\d]+步|[（(]?[一二三四五六七八九十\d]{1,2}[）).、．])[:：、 ]*")
_PERSON, _FIRM = re.compile("自然人|个人|公民|群众"), re.compile("法人|企业|单位|组织|个体")
COPIED = ("jurisdiction", "name", "aliases", "sayings", "category", "item_type", "authority")
_COUNTED = (
    (FieldName.CONDITIONS, "conditions"), (FieldName.STEPS, "steps"), (FieldName.VALIDITY, "validity"),
)  # fmt: skip
NEW_KIND = "unlisted-{}"  # no such document kind: the check names it until the editor adds or chooses one


class Skeleton(NamedTuple):
    """The guide's data in the order of the schema, and what the draft says that is not in it: field and words."""

    guide: dict[str, Any]
    left_out: tuple[tuple[str, str], ...]


def skeleton(draft: Draft, item_id: str, kinds: Mapping[str, str], today: date) -> Skeleton:
    """Lay a draft out as a guide. `kinds` maps every name and alias of a paper to its document kind."""
    guide: dict[str, Any] = {"item_id": item_id}
    guide |= {name: getattr(draft, name) for name in COPIED}
    guide |= {"audience": _audience(draft.audience), "summary": "" if _counts(draft.name) else draft.name}
    left, local = list(_values_left_out(draft)), []
    for field, name in _COUNTED:
        kept, numbered = _parted(getattr(draft, name))
        guide[name] = kept
        left += [(field.label, sentence) for sentence in numbered]
        if kept and numbered:
            what = f"{field.label}里的期限、数额"
            local.append({"field": field.value, "what": what, "publisher": draft.authority or "当地主管部门"})
    guide["materials"] = [_material(m, index, kinds) for index, m in enumerate(draft.materials) if not _counts(m.name)]
    left += [(FieldName.MATERIALS.label, m.name) for m in draft.materials if _counts(m.name)]
    guide["results"] = [kinds[name] for name in draft.results if name in kinds]
    left += [(FieldName.RESULTS.label, name) for name in draft.results if name not in kinds]
    guide |= {"channels": list(_channels(draft)), "local": local}
    guide["sources"] = [{"title": f"{Path(origin.file).stem}第 {origin.row} 行（导入）"} for origin in draft.origins]
    filled = {name: list(value) if isinstance(value, tuple) else value for name, value in guide.items() if value}
    return Skeleton(filled | {"checked_on": today, "certainty": "unconfirmed"}, tuple(left))


def _counts(text: str) -> bool:
    return any(value.unit not in UNTRACED_UNITS for value in read_values(text))


def _parted(text: str) -> tuple[list[str], list[str]]:
    """The sentences of a text without a number, and those with one."""
    sentences = [_NUMBERING.sub("", part.strip()) for part in _SENTENCE.split(text)]
    full = [sentence + "。" for sentence in sentences if sentence]
    return [s for s in full if not _counts(s)], [s for s in full if _counts(s)]


def _audience(words: Iterable[str]) -> str:
    said = " ".join(words)
    firm = _FIRM.search(said)
    return "both" if firm and _PERSON.search(said) else "organization" if firm else "person"


def _material(material: DraftMaterial, index: int, kinds: Mapping[str, str]) -> dict[str, Any]:
    kind = kinds.get(material.name)
    row: dict[str, Any] = {"kind": kind or NEW_KIND.format(index + 1)}
    if material.form:
        row["form"] = material.form
    if material.count and material.count > 1:
        row["count"] = material.count
    return row | ({} if kind else {"note": material.name}) | {"certainty": "unconfirmed"}


def _channels(draft: Draft) -> Iterator[dict[str, Any]]:
    if draft.location and not _counts(draft.location):
        yield {"kind": "window", "name": draft.location, "certainty": "unconfirmed"}
    if draft.url:
        yield {
            "kind": "online",
            "name": _unnumbered(draft.platform, "网上办理"),
            "url": draft.url,
            "certainty": "unconfirmed",
        }
    for phone in draft.consult_phones:
        number = phone.number + (f"转{phone.extension}" if phone.extension else "")
        yield {
            "kind": "phone",
            "name": _unnumbered(phone.label, "咨询电话"),
            "phone": number,
            "certainty": "unconfirmed",
        }


def _unnumbered(name: str, otherwise: str) -> str:
    return name if name and not _counts(name) else otherwise


def _values_left_out(draft: Draft) -> Iterator[tuple[str, str]]:
    """Typed values have no clause yet; the check says that the field is missing, the editor looks the clause up."""
    kinds = {"statutory": "法定", "promised": "承诺", "unstated": ""}
    for limit in draft.limits:
        yield FieldName.LIMITS.label, f"{kinds[limit.kind]}{limit.within}"
    for fee in draft.fees:
        yield FieldName.FEES.label, f"{fee.name}{'不收费' if fee.amount == FREE else fee.amount}"
    if draft.charged is False:
        yield FieldName.FEES.label, "不收费"
    if draft.visits is not None:
        yield FieldName.VISITS.label, f"到现场{draft.visits}次"
    if _counts(draft.location):
        yield FieldName.CHANNELS.label, draft.location
    texts = {"办理依据": draft.basis, "常见问题": draft.faq, "办理时间": draft.hours, "实施编码": draft.code}
    for name, text in [*texts.items(), *draft.unread.items()]:
        if text:
            yield name, text
