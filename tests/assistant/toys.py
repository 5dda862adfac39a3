"""A province with one city and four guides, small enough to compare whole answers."""

from datetime import date
from typing import Any

from knowledge.model import (
    Basis,
    Certainty,
    DocumentKind,
    Family,
    Fee,
    Guide,
    Jurisdiction,
    Lexicon,
    Library,
    LocalRule,
    Material,
    Point,
    Quantity,
    Source,
)  # fmt: skip

CHECKED = date(2026, 11, 1)


def point(text: str, *basis: str) -> Point:
    """A confirmed sentence."""
    return Point(text=text, basis=basis, certainty=Certainty.CONFIRMED)


def guide(item_id: str, name: str, jurisdiction: str = "410000", **fields: Any) -> Guide:
    """A guide of which only what matters is said."""
    return Guide(
        item_id=item_id, name=name, jurisdiction=jurisdiction, category="户政", authority="公安机关",
        summary=point(f"{name}由公安机关办理。"), sources=(Source(title="办事指南"),), checked_on=CHECKED,
        certainty=Certainty.CONFIRMED, **fields,
    )  # fmt: skip


CARD = guide(
    "card", "证件补领",
    materials=(Material(kind="form", form="fill_in"), Material(kind="book", substitutes=("letter",), count=2, basis=("card-law#1",))),
    fees=(Fee(name="工本费", amount=Quantity(amount=40, unit="元", per="证"), basis=("price-rule#3",)),),
    limits=({"kind": "statutory", "within": "20 工作日", "basis": ("card-law#1",)},),
    family="cards", sayings=("证丢了",),
)  # fmt: skip
RENEW = guide(
    "card-renew", "证件换领", family="cards", sayings=("证过期了",), pitfalls=(point("过期证件要先换新证。"),)
)
ALLOWANCE = guide(
    "allowance", "高龄补贴",
    benefits=(point("年满80岁的老人每月发50元。", "old-rule#2"),),
    fees=(Fee(name="申请", basis=("old-rule#2",)),),
)  # fmt: skip
RELIEF = guide(
    "relief", "困难救助",
    local=(LocalRule(field="benefits", what="救助金额的标准。", publisher="各市民政部门"),),
    conditions=({"text": "家庭困难的可以申请。", "basis": ("old-rule#2",)},),
)  # fmt: skip
CITY_CARD = guide("card", "证件补领", "410100", fees=(Fee(name="工本费", amount=Quantity(amount=0, unit="元"), basis=("price-rule#3",)),))  # fmt: skip

TOYS = Library(
    guides=(CARD, RENEW, ALLOWANCE, RELIEF),
    themes=(),
    bases=(
        Basis(
            basis_id="card-law", title="中华人民共和国证件法", number="主席令第1号", url="https://www.gov.cn/card-law",
            articles={"1": "自受理之日起二十个工作日内发证，交户口簿2份。"},
        ),
        Basis(basis_id="price-rule", title="收费规定", articles={"3": "补领每证收工本费40元。"}),
        Basis(basis_id="old-rule", title="高龄规定", certainty=Certainty.SECONDHAND, articles={"2": "年满80岁每月50元。"}),
    ),
    documents=(
        DocumentKind(kind_id="form", name="申请表"),
        DocumentKind(kind_id="book", name="户口簿", issuer="公安机关"),
        DocumentKind(kind_id="letter", name="户籍证明"),
    ),
    facts=(),
    families=(
        Family(
            family_id="cards", name="证件", aliases=("证",), question="补还是换？",
            options=({"label": "丢了", "item_id": "card"}, {"label": "过期", "item_id": "card-renew"}),
        ),
    ),
    jurisdictions=(
        Jurisdiction(adcode="410000", name="河南省", parent=None, level="province"),
        Jurisdiction(adcode="410100", name="郑州市", parent="410000", level="city", aliases=("郑州",)),
    ),
    lexicon=Lexicon(),
)  # fmt: skip
