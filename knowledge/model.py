"""The only schema: what the YAML library, the index, the API and the evals all speak.

Every model is frozen and refuses unknown keys. A text that carries a value (fee, day, age …) names the clause it
comes from as `basis_id#article`; the lint checks that the value really stands in that clause's paraphrase.
"""

import re
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StrictBool, model_validator

ROOT_ADCODE = "410000"

Slug = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
Adcode = Annotated[str, Field(pattern=r"^\d{6}$")]
ClauseRef = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*(#[0-9A-Za-z.\-]+)?$")]
GuideId = Annotated[str, Field(pattern=r"^\d{6}/[a-z0-9]+(-[a-z0-9]+)*(@\d{4}-\d{2}-\d{2})?$")]
Text = Annotated[str, Field(min_length=1)]


def _compiles(value: str) -> str:
    try:
        re.compile(value)
    except re.error as error:
        raise ValueError(f"“{value}”不是正则表达式（{error}）") from None
    return value


Pattern = Annotated[str, Field(min_length=1), AfterValidator(_compiles)]


class Frozen(BaseModel):
    """Immutable, strict about keys; equal by value."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class Certainty(StrEnum):
    """How sure we are of a statement, after the marks of the fact sheet."""

    CONFIRMED = "confirmed"  # 查到: read in the law or an official page
    SECONDHAND = "secondhand"  # 查到·二手: read in a third party's account, to be re-checked
    UNCONFIRMED = "unconfirmed"  # 常识: common practice, may carry no number

    @property
    def label(self) -> str:
        """The Chinese word shown to people."""
        return {"confirmed": "已核对原文", "secondhand": "据公开转述，待复核", "unconfirmed": "通行做法，未核到原文"}[
            self
        ]


class FieldName(StrEnum):
    """The fields of a guide that a citizen can ask about; also the `field` of statements and citations."""

    SUMMARY = "summary"
    CONDITIONS = "conditions"
    MATERIALS = "materials"
    STEPS = "steps"
    LIMITS = "limits"
    FEES = "fees"
    DEADLINES = "deadlines"
    VALIDITY = "validity"
    BENEFITS = "benefits"
    CHANNELS = "channels"
    RESULTS = "results"
    VISITS = "visits"
    CROSS_REGION = "cross_region"
    PITFALLS = "pitfalls"
    BASES = "bases"
    LOCAL = "local"

    @property
    def label(self) -> str:
        """The Chinese heading of the field."""
        return FIELD_LABELS[self]


FIELD_LABELS: dict[FieldName, str] = {
    FieldName.SUMMARY: "说明", FieldName.CONDITIONS: "受理条件", FieldName.MATERIALS: "申请材料", FieldName.STEPS: "办理流程",
    FieldName.LIMITS: "办结时限", FieldName.FEES: "收费", FieldName.DEADLINES: "申请期限", FieldName.VALIDITY: "有效期",
    FieldName.BENEFITS: "待遇与标准", FieldName.CHANNELS: "办理渠道", FieldName.RESULTS: "办理结果", FieldName.VISITS: "跑动次数",
    FieldName.CROSS_REGION: "异地办理", FieldName.PITFALLS: "常见误区", FieldName.BASES: "办理依据",
    FieldName.LOCAL: "以当地公布为准",
}  # fmt: skip

Unit = Literal["元", "日", "工作日", "月", "年", "岁", "份", "次", "%", "吨", "张", "小时", "周"]
_QUANTITY = re.compile(r"^(\d+(?:\.\d+)?)\s*(\D+?)(?:/(\S+))?$")


class Quantity(Frozen):
    """A typed value. In YAML also written short: `20 工作日`, `120 元/本`."""

    amount: Decimal
    unit: Unit
    per: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        match = _QUANTITY.match(value.strip())
        if not match:
            raise ValueError(f"“{value}”不是“数字+单位”，例如“20 工作日”“120 元/本”")
        return {"amount": match[1], "unit": match[2].strip(), "per": match[3]}

    def __str__(self) -> str:
        unit = {"工作日": "个工作日", "月": "个月"}.get(self.unit, self.unit)
        return f"{self.amount:f}{unit}" + (f"/{self.per}" if self.per else "")


class Jurisdiction(Frozen):
    """A place: province, city, county or functional zone (71–73 codes, which are not administrative)."""

    adcode: Adcode
    name: Text
    parent: Adcode | None
    level: Literal["province", "city", "county"]
    zone: bool = False
    aliases: tuple[str, ...] = ()


class DocumentKind(Frozen):
    """A kind of paper or certificate in the shared vocabulary; look-alikes are different kinds."""

    kind_id: Slug
    name: Text
    aliases: tuple[str, ...] = ()
    issuer: str | None = None
    electronic: bool = False  # an electronic certificate is commonly accepted (在线政务规定 10 条)
    note: str | None = None


class Basis(Frozen):
    """A law, regulation or official document, once in the library, with the articles that guides cite, paraphrased."""

    basis_id: Slug
    title: Text
    number: str | None = None  # 文号
    issuer: str | None = None
    adopted_on: date | None = None
    effective_from: date | None = None
    effective_to: date | None = None
    url: str | None = None
    certainty: Certainty = Certainty.CONFIRMED
    note: str | None = None
    articles: dict[str, Text] = Field(default_factory=dict)


# ---- declared conditions: three-valued predicates over facts -------------------------------------------------------

Scalar = StrictBool | Decimal | str


class Comparison(Frozen):
    """One fact against one value; exactly one operator is given."""

    fact: Slug
    eq: Scalar | None = None
    ne: Scalar | None = None
    lt: Decimal | None = None
    le: Decimal | None = None
    gt: Decimal | None = None
    ge: Decimal | None = None
    one_of: tuple[Scalar, ...] | None = None

    @model_validator(mode="after")
    def _one_operator(self) -> "Comparison":
        given = [op for op in ("eq", "ne", "lt", "le", "gt", "ge", "one_of") if getattr(self, op) is not None]
        if len(given) != 1:
            raise ValueError("一个比较恰好写一个算子：eq、ne、lt、le、gt、ge、one_of")
        return self


class All(Frozen):
    """True when every part is."""

    all: tuple["Predicate", ...] = Field(min_length=1)


class AnyOf(Frozen):
    """True when at least one part is."""

    any: tuple["Predicate", ...] = Field(min_length=1)


class Not(Frozen):
    """True when the part is false."""

    not_: "Predicate" = Field(alias="not")
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


Predicate = Comparison | All | AnyOf | Not


class Fact(Frozen):
    """One thing worth knowing about a citizen, asked at most once."""

    fact_id: Slug
    label: Text
    kind: Literal["bool", "number", "choice", "date"]
    question: Text
    why: str | None = None
    unit: Unit | None = None
    options: tuple[tuple[str, str], ...] = ()  # (value, label) for choice
    years_since: Slug | None = None  # a number that follows from a date: whole years up to the day of the plan
    obtained_by: Slug | None = None  # the item after which a yes-or-no fact is true
    heard: tuple[tuple[str, Pattern], ...] = ()  # (value, how people say it when they tell of a life event)
    tick: str | None = None  # what a yes says, short, in a list of which several may be ticked
    about: Slug | None = None  # whom or what it concerns: only facts about the same stand in one list


# ---- the guide ------------------------------------------------------------------------------------------------------


class Point(Frozen):
    """One sentence of a guide with the clauses it rests on. In YAML a bare string is a sentence without clause."""

    text: Text
    basis: tuple[ClauseRef, ...] = ()
    certainty: Certainty = Certainty.CONFIRMED

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, value: Any) -> Any:
        return {"text": value, "certainty": Certainty.UNCONFIRMED} if isinstance(value, str) else value


class Condition(Point):
    """A condition of acceptance; `when` declares it for the computer where the facts allow.

    Every required condition must hold and, where a guide has alternatives, one of them; a case says only what else
    applies to whom.
    """

    when: Predicate | None = None
    role: Literal["required", "alternative", "case"] = "required"


class Material(Frozen):
    """One document to bring. `when` absent means always; `condition` says it in words."""

    kind: Slug
    form: Literal["original", "copy", "original_and_copy", "electronic", "fill_in"] = "original"
    count: int = Field(default=1, ge=1)
    condition: str | None = None
    when: Predicate | None = None
    substitutes: tuple[Slug, ...] = ()
    waived_by: Literal["shared", "commitment"] | None = None  # 数据共享核验到的免交；可以告知承诺代替
    note: str | None = None
    basis: tuple[ClauseRef, ...] = ()
    certainty: Certainty = Certainty.CONFIRMED


class Limit(Frozen):
    """How long the office may take. statutory: set by law or rule; promised: a shorter public promise.

    part: `whole` is from the application to the result, the longest where several stand side by side; `then` is a stage
    that follows the whole; an `extension` needs approval; `other` is no time of this application.
    """

    kind: Literal["statutory", "promised"]
    within: Quantity | Literal["当场", "当日"]
    part: Literal["whole", "then", "extension", "other"] = "whole"
    working_days: bool = False  # the clause writes 日, another counts it in 工作日
    when: Predicate | None = None
    applies: str | None = None  # which case, e.g. 材料齐全
    basis: tuple[ClauseRef, ...]
    certainty: Certainty = Certainty.CONFIRMED


class Fee(Frozen):
    """What it costs. An amount of 0 means free by a named rule; no amount means it is set locally or unconfirmed."""

    name: Text
    amount: Quantity | None = None
    applies: str | None = None
    basis: tuple[ClauseRef, ...] = ()
    certainty: Certainty = Certainty.CONFIRMED


class Deadline(Point):
    """Until when the citizen should act: `within` after `after`, or before it.

    The day counted from is her own (`event`, a date she may tell) or that on which a paper is `issued`.
    """

    within: Quantity | None = None
    after: str | None = None
    event: Slug | None = None
    issued: Slug | None = None
    before: bool = False


class Channel(Frozen):
    """Where it can be done. A url stands here only if an official source names it."""

    kind: Literal["online", "window", "phone", "kiosk"]
    name: Text
    note: str | None = None
    url: str | None = None
    phone: str | None = None
    basis: tuple[ClauseRef, ...] = ()
    certainty: Certainty = Certainty.CONFIRMED


class LocalRule(Frozen):
    """What differs from place to place and therefore carries no number: what, who publishes it."""

    field: FieldName
    what: Text
    publisher: Text


class Source(Frozen):
    """A text that the guide was checked against."""

    title: Text
    url: str | None = None


def _as_points(value: Any) -> Any:
    return [value] if isinstance(value, str | dict) else value


Points = Annotated[tuple[Point, ...], BeforeValidator(_as_points)]


class Window(Frozen):
    """From which day to which a text applies, and which one it takes over from."""

    effective_from: date | None = None
    effective_to: date | None = None
    supersedes: GuideId | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.supersedes and self.effective_from is None:
            raise ValueError("接替别的版本时要写 effective_from：自哪一天起施行")
        if self.effective_from and self.effective_to and self.effective_to < self.effective_from:
            raise ValueError("effective_to 不能早于 effective_from")
        return self


class Guide(Window):
    """The published text of one service item in one jurisdiction and version; complete, also where it inherits.

    A file with `overrides` names only what differs from its parent place. The loader merges the two and notes in
    `own_fields` what is the place's own and in `parent_id` whose text the rest is.
    """

    item_id: Slug
    jurisdiction: Adcode
    name: Text
    aliases: tuple[str, ...] = ()
    sayings: tuple[str, ...] = ()  # how people say it: 口语
    family: Slug | None = None  # look-alike items that one question tells apart
    category: Text
    item_type: str | None = None
    audience: Literal["person", "organization", "both"] = "person"
    authority: Text
    summary: Point
    conditions: tuple[Condition, ...] = ()
    materials: tuple[Material, ...] = ()
    steps: Points = ()
    limits: tuple[Limit, ...] = ()
    fees: tuple[Fee, ...] = ()
    deadlines: tuple[Deadline, ...] = ()
    validity: Points = ()
    benefits: Points = ()
    channels: tuple[Channel, ...] = ()
    results: tuple[Slug, ...] = ()
    visits: Points = ()
    cross_region: Points = ()
    pitfalls: Points = ()
    local: tuple[LocalRule, ...] = ()
    related: tuple[Slug, ...] = ()
    sources: tuple[Source, ...] = Field(min_length=1)
    checked_on: date
    certainty: Certainty
    overrides: Adcode | None = None  # the parent place whose text this one changes
    parent_id: GuideId | None = None
    own_fields: tuple[str, ...] = ()

    @property
    def guide_id(self) -> str:
        """`adcode/item_id`, and `@` the first day of a version that takes over from another."""
        first = f"{self.jurisdiction}/{self.item_id}"
        return f"{first}@{self.effective_from}" if self.supersedes else first


class ThemeItem(Frozen):
    """One item of a life event, with the condition under which it applies."""

    item_id: Slug
    reason: Text
    when: Predicate | None = None
    who: dict[Slug, Slug] = Field(default_factory=dict)  # section of its form → whose data that is in this life event


class Theme(Frozen):
    """A life event (一件事): items that one plan joins; the order follows from document kinds, not from this list."""

    theme_id: Slug
    jurisdiction: Adcode
    name: Text
    aliases: tuple[str, ...] = ()
    sayings: tuple[str, ...] = ()
    summary: Point
    items: tuple[ThemeItem, ...] = Field(min_length=2)
    told: dict[Slug, str] = Field(default_factory=dict)  # what the life event itself says: a restaurant sells dishes
    notes: Points = ()
    sources: tuple[Source, ...] = Field(min_length=1)
    checked_on: date
    certainty: Certainty


class FamilyOption(Frozen):
    """One answer to the question that tells look-alike items apart."""

    label: Text
    item_id: Slug


class Family(Frozen):
    """Look-alike items and the one question that separates them."""

    family_id: Slug
    name: Text
    aliases: tuple[str, ...] = ()  # bare words that name the family and none of its items: 身份证
    question: Text
    options: tuple[FamilyOption, ...] = Field(min_length=2)


FieldKind = Literal[
    "text", "long_text", "name", "sex", "id_number", "birth_date", "past_date", "date", "choice", "phone", "email",
    "address", "credit_code", "bank_card", "number", "plate", "vin",
]  # fmt: skip


class FormSection(Frozen):
    """Whom or what a part of a form is about: the child, the company, the house."""

    section_id: Slug
    title: Text
    optional: bool = False  # not everybody has one


class FormField(Frozen):
    """One thing that agencies' forms ask; the kind says how it is checked."""

    field_id: Slug
    label: Text
    kind: FieldKind
    hint: str | None = None
    choices: tuple[Text, ...] = ()
    optional: bool = False  # not everybody has something to write

    @model_validator(mode="after")
    def _choices_where_one_chooses(self) -> Self:
        if (self.kind == "choice") != (len(set(self.choices)) > 1):
            raise ValueError("kind 是 choice 的写两个以上不同的 choices，别的不写")
        return self


class ItemForm(Frozen):
    """What the form of one item commonly asks, by section; nothing where the item has no form.

    `basis` names clauses that themselves list fields of it; without one the list is common practice.
    """

    item_id: Slug
    asks: dict[Slug, tuple[Slug, ...]] = Field(default_factory=dict)
    basis: tuple[ClauseRef, ...] = ()


class Holiday(Frozen):
    """Days off in a row, first and last included."""

    name: Text
    first: date
    last: date


class CalendarYear(Frozen):
    """One year's days off and working weekends by the State Council's notice."""

    year: int
    title: Text
    number: Text
    url: Text
    holidays: tuple[Holiday, ...] = Field(min_length=1)
    workdays: tuple[date, ...] = ()  # Saturdays and Sundays that are worked

    @model_validator(mode="after")
    def _in_the_year(self) -> Self:
        days = [day for holiday in self.holidays for day in (holiday.first, holiday.last)] + list(self.workdays)
        if any(day.year != self.year for day in days) or any(h.last < h.first for h in self.holidays):
            raise ValueError("放假和上班的日子都要在当年，first 不能晚于 last")
        if any(day.weekday() < 5 or any(h.first <= day <= h.last for h in self.holidays) for day in self.workdays):
            raise ValueError("workdays 只写要上班的周六、周日，不能同时放假")
        return self


class OutdatedText(Frozen):
    """A rule no longer in force that is still copied into guides; a sentence that calls it old is no fault."""

    trap_id: Slug
    title: Text  # what is old
    items: tuple[str, ...] = ()  # words, one of which stands in the item's name; none: every item
    kinds: tuple[Slug, ...] = ()  # materials that are no longer asked for
    pattern: Pattern | None = None  # how the old rule is worded
    allowed_beside: Pattern | None = None  # a guide that also says this is not misled
    since: date | None = None  # old since that day
    now: Text
    source: Text


class Uncovered(Frozen):
    """A public service that the library knows by name only, so that no look-alike guide answers for it."""

    name: str
    sayings: tuple[str, ...] = ()


class Library(Frozen):
    """Everything the government publishes, as one value: what a generation stores and a catalog looks up."""

    guides: tuple[Guide, ...]
    themes: tuple[Theme, ...]
    bases: tuple[Basis, ...]
    documents: tuple[DocumentKind, ...]
    facts: tuple[Fact, ...]
    families: tuple[Family, ...]
    jurisdictions: tuple[Jurisdiction, ...]
    lexicon: "Lexicon"
    outdated: tuple[OutdatedText, ...] = ()
    calendars: tuple[CalendarYear, ...] = ()
    uncovered: tuple[Uncovered, ...] = ()
    form_sections: tuple[FormSection, ...] = ()
    form_fields: tuple[FormField, ...] = ()
    item_forms: tuple[ItemForm, ...] = ()


class Lexicon(Frozen):
    """Words that the assistant must know beyond the guides."""

    synonyms: dict[str, str] = Field(default_factory=dict)  # everyday or dialect word → the guides' word
    elsewhere: tuple[str, ...] = ()  # places outside the province
    politeness: tuple[str, ...] = ()  # says nothing about the need
    lookalikes: tuple[str, ...] = ()  # groups of characters that are taken for each other (形近字)
    life_events: tuple[str, ...] = ()  # "all formalities of …": asks for a theme rather than an item
