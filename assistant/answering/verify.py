"""The last gate before a reply leaves: each value, phone and link of a statement stands in what it cites."""

import re
from typing import NamedTuple

from assistant.model import Citation, Statement
from knowledge.catalog import Catalog
from knowledge.model import FieldName, Guide
from knowledge.quantities import read_values
from knowledge.sentences import sentences

_LINK = re.compile(r"(?:https?://|www\.)[^\s）)」】，。]+", re.IGNORECASE)
_PHONE = re.compile(
    r"(?<!\d)(?:0\d{2,3}-?\d{7,8}|1[3-9]\d{9}|400-?\d{3}-?\d{4}|1\d{4}|1[12]\d)(?!\d)(?=[^\d年月日元个工份条]|$)"
)
PUBLIC_PHONES = frozenset({"12345", "110", "119", "120", "122", "12356", "12348", "12333", "12393", "12329", "12366"})


class Verdict(NamedTuple):
    """Whether a statement may be shown, and which of its parts has no source."""

    supported: bool
    unsupported: tuple[str, ...]


def evidence_text(guide: Guide, field: FieldName, citations: tuple[Citation, ...], catalog: Catalog) -> str:
    """Everything a statement on this field may rest on: the field as published and the clauses it cites."""
    published = [sentence.text for sentence in sentences(guide, field, catalog)]
    clauses = [citation.clause or "" for citation in citations]
    links = [citation.url or "" for citation in citations] + [c.url or "" for c in guide.channels]
    return " ".join([*published, *clauses, *links])


def verify(text: str, evidence: str) -> Verdict:
    """Check one text against its evidence: every value by amount and unit, every phone and link to the letter."""
    known = {value.key for value in read_values(evidence)}
    missing = [value.text for value in read_values(text) if value.key not in known]
    missing += [phone for phone in _PHONE.findall(text) if phone not in PUBLIC_PHONES and phone not in evidence]
    missing += [link for link in _LINK.findall(text) if link not in evidence]
    return Verdict(not missing, tuple(missing))


def keep_supported(
    statements: tuple[Statement, ...], guide: Guide, citations: tuple[Citation, ...], catalog: Catalog
) -> tuple[tuple[Statement, ...], tuple[str, ...]]:
    """The statements that verify, and a line for each that was dropped."""
    kept, dropped = [], []
    for statement in statements:
        cited = tuple(c for c in citations if c.n in statement.citations)
        verdict = verify(statement.text, evidence_text(guide, statement.field, cited, catalog))
        if verdict.supported:
            kept.append(statement)
        else:
            dropped.append(f"{guide.guide_id}·{statement.field}：{'、'.join(verdict.unsupported)}")
    return tuple(kept), tuple(dropped)
