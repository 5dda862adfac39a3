"""A small assistant with the same methods as the real one: real replies of every kind, no index, no model."""

import csv
from datetime import date
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from assistant.errors import BadInput, NotFound
from assistant.front import Change, Front, Stage, Start
from assistant.model import (
    Answer,
    AnyReply,
    Charge,
    Citation,
    Clarification,
    Contact,
    Cost,
    Due,
    Finish,
    FlowStep,
    Focus,
    Form,
    FormEntry,
    FormPart,
    FormUser,
    ItemRef,
    LeftOut,
    MergedMaterial,
    Option,
    Plan,
    PlanReply,
    Progress,
    Refusal,
    RefusalReason,
    Schedule,
    Session,
    StageItem,
    Statement,
    Trace,
    Trip,
    Turn,
    Way,
)
from assistant.sessions import SessionStore
from assistant.takeaway.sheet import Part, Row, Sheet
from knowledge.model import Fact, FieldName

DAY = date(2026, 11, 22)
HOTLINE = Contact(name="12345 政务服务便民热线", phone="12345")
BASE: dict[str, Any] = {"jurisdiction": "410000", "as_of": DAY}
ANSWER = Answer(
    text="居民身份证补领的收费：\n丢失补领工本费40元/证。",
    items=(ItemRef(guide_id="410000/id-card-reissue", name="居民身份证补领", jurisdiction="410000"),),
    statements=(Statement(field=FieldName.FEES, text="丢失补领工本费40元/证。", citations=(1,)),),
    citations=(
        Citation(
            n=1, guide_id="410000/id-card-reissue", field=FieldName.FEES, title="居民身份证补领·收费",
            basis="《居民身份证法》第21条", clause="公民申请补领居民身份证，应当缴纳工本费。",
            url="https://www.gov.cn/a?b=1&c=2", updated_on=date(2026, 11, 1), certainty="已核对原文",
        ),
    ),
    options=(Option(label="申请材料", value="申请材料"),),
    contacts=(HOTLINE,),
    **BASE,
)  # fmt: skip
REST = Answer(
    text="登记表\n60日",
    items=ANSWER.items,
    statements=(
        Statement(field=FieldName.MATERIALS, text="申请表（现场填写）。", citations=(2,)),
        Statement(field=FieldName.LIMITS, text="法定时限60日。", citations=(2,)),
    ),
    citations=(ANSWER.citations[0].model_copy(update={"n": 2, "basis": "《居民身份证法》第12条", "clause": "六十日内发放。"}),),
    **BASE,
)  # fmt: skip
FRONT = Front(
    person=(
        Stage("出生", (Start("新生儿出生一件事", "孩子出生一件事"),)),
        Stage("证件", (Start("居民身份证补领", "身份证丢了"),)),
    ),
    business=(Stage("开办", (Start("开办餐饮店一件事", "开办餐饮店一件事"),)),),
    changes=(Change(date(2026, 7, 1), "社会救助法", (Start("最低生活保障", "最低生活保障"),)),),
)
HUKOU_FACT = Fact(fact_id="child-hukou-henan", label="孩子落户河南", kind="bool", question="孩子的户口准备落在河南吗？")
AGE_FACT = Fact(fact_id="age", label="年龄", kind="number", unit="岁", question="您今年多大？")
CLARIFICATION = Clarification(
    text="您要办的是哪一种？",
    options=(
        Option(label="丢了，补领", value="item:id-card-reissue"),
        Option(label="第一次办", value="item:id-card-first"),
    ),
    **BASE,
)
FLOW = FlowStep(
    text="孩子的户口准备落在河南吗？", theme="newborn", progress=Progress(asked=0, at_most=7),
    options=(Option(label="是", value="true"), Option(label="不是", value="false")), **BASE,
)  # fmt: skip
LIST = FlowStep(
    text="下面这几样，哪些符合？\n1. 有存款\n2. 有公积金\n3. 有房子", theme="newborn", progress=Progress(asked=1, at_most=7),
    ticks=(Option(label="有存款", value="deposit"), Option(label="有公积金", value="fund"), Option(label="有房子", value="house")),
    options=(Option(label="都不是", value="都不是"), Option(label="一个一个问我", value="一个一个问我")), **BASE,
)  # fmt: skip
BIRTH = StageItem(
    item_id="birth-certificate-issue", name="出生医学证明签发", reason="后面都要用。", authority="助产机构",
    within="3日", way=Way.WINDOW,
)  # fmt: skip
HUKOU = StageItem(
    item_id="birth-registration", name="出生登记", reason="上了户口才能参保。", authority="公安机关", way=Way.EITHER,
    waits_for=("出生医学证明签发",),
)  # fmt: skip
SUBSIDY = StageItem(
    item_id="childcare-subsidy", name="育儿补贴申领", reason="户口在河南可领。", authority="卫健部门",
    asks=("孩子落户河南",),
)  # fmt: skip
MONDAY, THURSDAY = date(2026, 11, 23), date(2026, 11, 26)
SOONEST = Finish(
    earliest=None, known_until=THURSDAY, critical=("出生医学证明签发", "出生登记"),
    handed_in={"birth-certificate-issue": MONDAY, "birth-registration": THURSDAY},
    ready={"birth-certificate-issue": THURSDAY, "birth-registration": None},
)  # fmt: skip
NOT_MARRIED = LeftOut(
    item_id="marriage-registration", name="结婚登记", state="not_eligible", because=("年龄：19岁",),
    clauses=("男方年满22周岁（《民法典》第1047条）",), change=("年龄：22岁",),
)  # fmt: skip
NOT_NEEDED = LeftOut(item_id="birth-permit", name="生育登记", state="not_needed", because=("生育登记已办：是",))
BOTH = ("birth-certificate-issue", "birth-registration")
FORM = Form(
    parts=(
        FormPart(section="child", title="孩子", entries=(
            FormEntry(key="child.name", label="姓名", kind="name", items=BOTH),
            FormEntry(key="child.sex", label="性别", kind="sex", items=BOTH),
            FormEntry(key="child.birth-date", label="出生日期", kind="birth_date", items=BOTH),
            FormEntry(key="child.id-number", label="公民身份号码", kind="id_number", items=BOTH[1:], hint="就是身份证号"),
            FormEntry(key="child.health", label="健康情况", kind="text", optional=True, items=BOTH[1:]),
        )),
        FormPart(section="contact", title="联系方式", entries=(
            FormEntry(key="contact.relation", label="和孩子的关系", kind="choice", choices=("母亲", "父亲"), items=BOTH[1:]),
            FormEntry(key="contact.address", label="现在的住址", kind="address", items=BOTH),
            FormEntry(key="contact.phone", label="手机号或电话", kind="phone", items=BOTH),
            FormEntry(key="contact.note", label="要说明的", kind="long_text", optional=True, items=BOTH[:1]),
        )),
    ),
    users=(
        FormUser(item_id="birth-certificate-issue", item="出生医学证明签发", authority="助产机构"),
        FormUser(item_id="birth-registration", item="出生登记", authority="公安机关", basis=("《户口登记条例》第7条",)),
    ),
    raw_fields=14,
)  # fmt: skip
PLAN = Plan(
    theme_id="newborn",
    name="新生儿出生一件事",
    stages=((BIRTH,), (HUKOU,)),
    open_items=(SUBSIDY,),
    materials=(
        MergedMaterial(
            kind="id-card", name="居民身份证", items=("出生医学证明签发", "出生登记"), count=2, form="原件",
            issuer="公安机关",
        ),
        MergedMaterial(
            kind="birth-certificate", name="出生医学证明", items=("出生登记",), count=1, form="原件", issuer=None,
            from_item="出生医学证明签发",
        ),
    ),
    raw_materials=4,
    answers={"child-hukou-henan": "true"},
    left_out=(NOT_MARRIED, NOT_NEEDED),
    schedule=Schedule(
        starts_on=date(2026, 11, 22), soonest=SOONEST, latest=SOONEST, unpublished=("出生登记",), estimated_years=(),
    ),
    trips=(Trip(stage=1, authority="助产机构", items=("出生医学证明签发",), needed=True),),
    cost=Cost(
        total=Decimal(10), sure=(Charge(item="出生登记", name="工本费", amount="10元/本"),),
        unpublished=(Charge(item="出生医学证明签发", name="工本费", amount=None),),
    ),
    deadlines=(Due(item="出生登记", text="出生后一个月以内申报", day=date(2026, 12, 12), act_by=date(2026, 12, 11)),),
    form=FORM,
)  # fmt: skip
PLAN_REPLY = PlanReply(
    text="“新生儿出生一件事”：要办2项，分2步。\n第1步：出生医学证明签发。\n时间：从周日开始。\n材料：各项合计4份\n□ 居民身份证\n这里有内容已经略去。",
    theme="newborn",
    plan=PLAN,
    **BASE,
)
SHEET = Sheet(
    title=PLAN.name, place="河南省", as_of=DAY, checked_on=date(2026, 11, 1), generation="7", plan=PLAN,
    address="https://bancheng.example/?theme=newborn",
    parts=(
        Part(title="第1步", rows=(
            Row(text="出生医学证明签发", note="后面都要用。", box=True), Row(text="窗口：助产机构。", clauses=("《母婴保健法》第23条",)),
        )),
        Part(title="材料", rows=(
            Row(text="居民身份证（原件2份）", note="用于出生登记。", clauses=("《户口登记条例》第7条", "《身份证法》第1条"), box=True),
            Row(text="结婚证（原件）", note="您说手里有。", box=True, ticked=True),
        )),
    ),
    letter=Part(title="授权委托书", rows=(Row(text="委托人：＿＿＿"), Row(text="出生登记", box=True))),
)  # fmt: skip
REFUSAL = Refusal(text="这个我答不了。", reason=RefusalReason.OUT_OF_SCOPE, contacts=(HOTLINE,), **BASE)
CRISIS = Refusal(
    text="请先别一个人扛着。", reason=RefusalReason.CRISIS, contacts=(Contact(name="急救", phone="120"),), **BASE
)
REPLIES: dict[str, AnyReply] = {
    "身份证丢": ANSWER, "reissue": ANSWER, "身份证": CLARIFICATION, "孩子": FLOW, "老人走了": LIST, "true": PLAN_REPLY, "有存款": PLAN_REPLY, "不想活": CRISIS,
}  # fmt: skip


class FakeAssistant:
    """Answers by keyword; everything else is out of scope."""

    generation_number = "7"
    warnings = ()

    def __init__(self, sessions: SessionStore) -> None:
        table = Path(__file__).parents[2] / "knowledge" / "library" / "jurisdictions.csv"
        rows = csv.DictReader(table.read_text(encoding="utf-8").splitlines())
        places = [
            SimpleNamespace(adcode=r["adcode"], name=r["name"], parent=r["parent"] or None, level=r["level"])
            for r in rows
        ]
        themes = {"newborn": SimpleNamespace(name="孩子出生一件事")}
        facts = {fact.fact_id: fact for fact in (HUKOU_FACT, AGE_FACT)}
        self.catalog = SimpleNamespace(library=SimpleNamespace(jurisdictions=places), themes=themes, facts=facts)
        self.sessions = sessions
        self.asked: list[tuple[int, str, str | None]] = []

    def ask(self, session: Session, text: str, city: str | None = None, as_of: date | None = None) -> Turn:
        if not any(c.isalnum() for c in text):
            raise BadInput("请写下您要办的事。")
        if len(text) > 500:
            raise BadInput(f"问题太长了（{len(text)}字）。")
        if city and city not in {"郑州", "410000", "410100", "410184"}:
            raise BadInput(f"不认识的地区“{city}”。")
        if "出错" in text:
            raise RuntimeError("secret detail")
        self.asked.append((len(session.turns), text, city))
        place = "410100" if city == "郑州" else city or session.focus.jurisdiction or "410000"
        reply = next((r for word, r in REPLIES.items() if word in text), REFUSAL)
        trace = f"t{len(self.asked)}"
        reply = reply.model_copy(
            update={"jurisdiction": place, "as_of": as_of or DAY, "generation": "7", "trace_id": trace}
        )
        focus = Focus(jurisdiction=place, options=reply.options)
        return Turn(question=text, reply=reply, focus=focus, trace=Trace(trace_id=trace, intent="ask", decision="x"))

    def rest(self, answer: Answer) -> Answer:
        return REST

    def front(self, today: date) -> Front:
        return FRONT

    def search(self, query: str, city: str | None, as_of: date | None, k: int) -> list[dict[str, Any]]:
        return [{"guide_id": "410000/id-card-reissue", "name": "居民身份证补领", "score": 0.9}][:k]

    def guide_view(self, adcode: str, item_id: str, as_of: date | None) -> dict[str, Any]:
        if item_id != "id-card-reissue":
            raise NotFound(f"指南库里没有 {adcode}/{item_id}")
        return {"guide_id": f"{adcode}/{item_id}", "name": "居民身份证补领"}

    def themes_summary(self) -> list[dict[str, Any]]:
        return [{"theme_id": "newborn", "name": "新生儿出生一件事"}]

    def plan(
        self, theme_id: str, answers: dict[str, str], city: str | None, as_of: date | None, have: list[str]
    ) -> Plan:
        if theme_id != "newborn":
            raise NotFound(f"没有“{theme_id}”这个一件事")
        return PLAN

    def sheet(
        self, theme_id: str, answers: dict[str, str], city: str | None, as_of: date | None, have: list[str]
    ) -> Sheet:
        return SHEET.model_copy(update={"plan": self.plan(theme_id, answers, city, as_of, have)})
