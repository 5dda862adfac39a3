"""What a conversation is made of: sessions, turns, replies and their traces. The reply's JSON is a public contract."""

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from knowledge.model import FieldKind, FieldName, Frozen, Slug


class RefusalReason(StrEnum):
    """Why no answer is given; each has its own wording and next step."""

    OUT_OF_SCOPE = "out_of_scope"
    NO_KNOWLEDGE = "no_knowledge"
    NOT_PUBLISHED_HERE = "not_published_here"
    OTHER_JURISDICTION = "other_jurisdiction"
    ACCOUNT_DATA = "account_data"
    UNSAFE = "unsafe"
    CRISIS = "crisis"


class ItemRef(Frozen):
    """A guide that a reply speaks about."""

    guide_id: str
    name: str
    jurisdiction: str


class Statement(Frozen):
    """One sentence of an answer, the guide field it comes from, and the numbers of its citations."""

    field: FieldName
    text: str
    citations: tuple[int, ...] = ()


class Citation(Frozen):
    """A link from a statement to a guide's field and the clause behind it."""

    n: int
    guide_id: str
    field: FieldName
    title: str
    basis: str | None = None
    clause: str | None = None  # the clause in plain words, shown when the citation is opened
    url: str | None = None
    updated_on: date
    certainty: str


class Option(Frozen):
    """One thing the citizen may tap instead of typing."""

    label: str
    value: str


class Contact(Frozen):
    """Where to turn next."""

    name: str
    phone: str | None = None
    url: str | None = None


class Way(StrEnum):
    """How an item can be handed in, as far as its guide says."""

    ONLINE = "online"  # only online ways are named
    EITHER = "either"  # online or at a window
    WINDOW = "window"  # no online way is named
    UNKNOWN = "unknown"


class StageItem(Frozen):
    """One item inside a stage of a plan."""

    item_id: Slug
    name: str
    reason: str
    authority: str
    within: str | None = None
    way: Way = Way.UNKNOWN
    visits: str | None = None  # what the guide says about going there
    waits_for: tuple[str, ...] = ()  # the names of the items whose results it needs
    asks: tuple[str, ...] = ()  # what must be known to say whether it applies or whether she qualifies
    check: tuple[str, ...] = ()  # conditions in words that she checks herself


class LeftOut(Frozen):
    """An item of the life event that is not in her plan, and why."""

    item_id: Slug
    name: str
    state: Literal["not_needed", "not_eligible"]
    because: tuple[str, ...]  # the fewest of her answers that decide it, in words
    clauses: tuple[str, ...] = ()  # the conditions not met, each with its clause
    change: tuple[str, ...] = ()  # the nearest change that would bring it in


class Need(Frozen):
    """What one item asks for in its own list."""

    item_id: Slug
    item: str
    form: str
    count: int
    condition: str | None = None
    note: str | None = None
    waived_by: Literal["shared", "commitment"] | None = None


class MergedMaterial(Frozen):
    """One document of the merged list: which items need it, and where it comes from."""

    kind: Slug
    name: str
    items: tuple[str, ...]
    count: int
    form: str
    issuer: str | None
    from_item: str | None = None  # the earlier item of this plan that issues it
    condition: str | None = None
    electronic: bool = False  # an electronic certificate is commonly accepted
    substitutes: tuple[str, ...] = ()  # accepted instead by every item that needs it
    needs: tuple[Need, ...] = ()  # every item's own row, so that its own list can be read back
    held: bool = False  # she said that she has it


class Finish(Frozen):
    """When all can be done by one reading of the published times."""

    earliest: date | None  # the last result; None where a time on the way is not published
    known_until: date  # the last result as far as times are published: it cannot be earlier
    critical: tuple[str, ...]  # the names of the items that fix the last date, first to last
    handed_in: dict[Slug, date]
    ready: dict[Slug, date | None]


class Schedule(Frozen):
    """The plan on the working calendar."""

    starts_on: date
    soonest: Finish  # by the promised times, else the shortest published case
    latest: Finish  # by the statutory limits, without extensions
    unpublished: tuple[str, ...]  # items for which no time is published
    estimated_years: tuple[int, ...]  # years whose days off are not yet known: only weekends count


class Trip(Frozen):
    """One visit: items of one stage at the same authority."""

    stage: int
    authority: str
    items: tuple[str, ...]
    needed: bool  # False when all of them can also be done online


class Charge(Frozen):
    """One fee of one item: an amount, or None where it is set locally or not published."""

    item: str
    name: str
    amount: str | None
    applies: str | None = None


class Cost(Frozen):
    """What the items cost: what is sure is added up, the rest is listed."""

    total: Decimal  # 元, the fees that every applicant pays
    sure: tuple[Charge, ...] = ()
    depends: tuple[Charge, ...] = ()  # only in some cases, or a share of a price
    unpublished: tuple[Charge, ...] = ()


class Due(Frozen):
    """A deadline that bites: in words, and on which day once the day it counts from is known."""

    item: str
    text: str
    counted_from: str | None = None  # the date to tell, in words
    fact: Slug | None = None  # … and its fact
    day: date | None = None
    act_by: date | None = None  # the last working day until then
    estimated: bool = False  # counted from a step of this plan, by its soonest date
    elsewhere: bool = False  # counts from something outside this plan: a refusal, a later change


class FormEntry(Frozen):
    """One field of the joined form, asked once: `key` is whose it is and what, e.g. `child.name`."""

    key: str
    label: str
    kind: FieldKind
    hint: str | None = None
    choices: tuple[str, ...] = ()
    optional: bool = False  # not everybody has something to write
    items: tuple[Slug, ...]  # the items that ask it


class FormPart(Frozen):
    """The fields about one person or thing."""

    section: Slug
    title: str
    entries: tuple[FormEntry, ...]


class FormUser(Frozen):
    """An item whose form the joined one stands for; clauses that list fields of it, none where it is common practice."""

    item_id: Slug
    item: str
    authority: str
    basis: tuple[str, ...] = ()


class Form(Frozen):
    """One form over the items of a plan (一表申请); what is written into it never comes here."""

    parts: tuple[FormPart, ...] = ()
    users: tuple[FormUser, ...] = ()
    raw_fields: int = 0  # how many fields the items' own forms have together


class Plan(Frozen):
    """One plan over several agencies: stages that run in order, items of a stage side by side."""

    theme_id: Slug
    name: str
    stages: tuple[tuple[StageItem, ...], ...]
    open_items: tuple[StageItem, ...]  # apply or not depending on what is still unknown
    materials: tuple[MergedMaterial, ...]
    raw_materials: int
    answers: dict[str, str]
    left_out: tuple[LeftOut, ...] = ()
    schedule: Schedule | None = None  # None when nothing is to be done
    trips: tuple[Trip, ...] = ()
    cost: Cost = Field(default_factory=lambda: Cost(total=Decimal(0)))
    deadlines: tuple[Due, ...] = ()
    form: Form = Form()


class Progress(Frozen):
    """How far a flow has come."""

    asked: int
    at_most: int


class Reply(Frozen):
    """What the citizen sees; the same shape for every kind (design §5)."""

    kind: Literal["answer", "clarification", "flow", "plan", "refusal"]
    text: str
    reason: RefusalReason | None = None
    items: tuple[ItemRef, ...] = ()
    statements: tuple[Statement, ...] = ()
    citations: tuple[Citation, ...] = ()
    options: tuple[Option, ...] = ()
    theme: Slug | None = None
    plan: Plan | None = None
    progress: Progress | None = None
    contacts: tuple[Contact, ...] = ()
    handover: str | None = None  # what she can read out to 12345, masked; only with a refusal
    jurisdiction: str
    as_of: date
    ai_generated: bool = False
    generation: str = ""
    trace_id: str = ""


class Answer(Reply):
    """Statements with citations."""

    kind: Literal["answer"] = "answer"


class Clarification(Reply):
    """One question whose answer changes what is said; options to tap."""

    kind: Literal["clarification"] = "clarification"


class FlowStep(Reply):
    """One question of a life event."""

    kind: Literal["flow"] = "flow"
    theme: Slug
    ticks: tuple[Option, ...] = ()  # statements of which several may hold; each value is the fact that it states


class PlanReply(Reply):
    """The plan of a life event."""

    kind: Literal["plan"] = "plan"
    theme: Slug
    plan: Plan


class Refusal(Reply):
    """No answer, why, and what to do instead."""

    kind: Literal["refusal"] = "refusal"
    reason: RefusalReason


AnyReply = Annotated[Answer | Clarification | FlowStep | PlanReply | Refusal, Field(discriminator="kind")]


class FlowState(Frozen):
    """Where a citizen is in a life event: what she told, what is being asked."""

    theme_id: Slug
    answers: dict[str, str] = Field(default_factory=dict)  # fact id → value, "unknown" for 不知道
    asking: Slug | None = None
    beside: tuple[Slug, ...] = ()  # asked in the same list as `asking`, each yes or no
    singly: bool = False  # she wants one question at a time
    heard: tuple[Slug, ...] = ()  # what the last message answered, when it answered a list
    held: tuple[Slug, ...] = ()  # kinds of papers she said she has


class Focus(Frozen):
    """What the conversation is about after a turn, carried to the next one."""

    items: tuple[Slug, ...] = ()
    fields: tuple[FieldName, ...] = ()
    jurisdiction: str | None = None
    options: tuple[Option, ...] = ()  # of the question that is open
    flow: FlowState | None = None
    told: str = ""  # the last message about the first item that told a number of hers


class Candidate(Frozen):
    """One retrieved document as the trace shows it."""

    key: str
    score: float
    cosine: float | None


class Trace(Frozen):
    """Why the reply is what it is; holds masked text only."""

    trace_id: str
    intent: str
    decision: str
    query: str = ""
    candidates: tuple[Candidate, ...] = ()
    confidence: float | None = None  # probability that the first candidate is the item asked for; None without a search
    dropped: tuple[str, ...] = ()  # statements that failed verification
    timings_ms: dict[str, float] = Field(default_factory=dict)
    masked: tuple[str, ...] = ()  # kinds of personal data that were masked
    warnings: tuple[str, ...] = ()


class Turn(Frozen):
    """One question (masked) and its reply, with the focus that follows."""

    question: str
    reply: AnyReply
    focus: Focus
    trace: Trace


class Session(Frozen):
    """Server-side state of one conversation; the client holds the id only."""

    session_id: str
    turns: tuple[Turn, ...] = ()
    jurisdiction: str | None = None

    @property
    def focus(self) -> Focus:
        """What the conversation is about now."""
        return self.turns[-1].focus if self.turns else Focus(jurisdiction=self.jurisdiction)

    def add(self, turn: Turn) -> "Session":
        """The session after one more turn; only the last twenty are kept."""
        return self.model_copy(update={"turns": (*self.turns, turn)[-20:], "jurisdiction": turn.focus.jurisdiction})
