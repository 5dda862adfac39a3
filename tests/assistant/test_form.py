"""One form over a plan: each field once, every agency's own list in it, and what may be wrong with a written value."""

import json
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from assistant.model import Form, FormEntry, FormPart, FormUser, Plan
from assistant.onething.eligibility import Case, cases_of
from assistant.onething.flow import open_flow
from assistant.onething.form import asked_by, own_fields
from assistant.onething.form_values import FAULTS, Checked, Fault, check, entries_of, fault, plain
from assistant.onething.planning import make_plan
from assistant.onething.telling import form_lines
from bench.theme_walks import walk
from knowledge.catalog import Catalog
from tests.assistant.conftest import DAY

VECTORS: list[dict[str, Any]] = json.loads((Path(__file__).parent / "form_vectors.json").read_text(encoding="utf-8"))


def plan_of(theme_id: str, catalog: Catalog, **answers: str) -> Plan:
    given = {name.replace("_", "-"): value for name, value in answers.items()}
    return make_plan(catalog.themes[theme_id], given, catalog, "410000", DAY)


def test_the_form_of_one_life_event_as_a_whole(shipped: Catalog) -> None:
    both = ("credit-report-query", "credit-report-objection")
    assert plan_of("credit-query", shipped, credit_report_wrong="true").form == Form(
        parts=(
            FormPart(section="applicant", title="申请人", entries=(
                FormEntry(key="applicant.name", label="姓名", kind="name", items=both),
                FormEntry(
                    key="applicant.id-number", label="公民身份号码", kind="id_number", items=both,
                    hint="就是身份证号；用护照等别的证件的，在窗口另填",
                ),
            )),
            FormPart(section="matter", title="办理内容", entries=(
                FormEntry(key="matter.query-purpose", label="查询用途", kind="text", items=both[:1]),
                FormEntry(key="matter.objection", label="哪条信息有误，要求怎么改", kind="long_text", items=both[1:]),
            )),
            FormPart(section="contact", title="联系方式", entries=(
                FormEntry(key="contact.address", label="现在的住址", kind="address", hint="写到门牌号或者村组", items=both[1:]),
                FormEntry(key="contact.phone", label="手机号或电话", kind="phone", items=both),
            )),
        ),
        users=(
            FormUser(item_id=both[0], item="个人信用报告查询", authority="中国人民银行（征信中心）"),
            FormUser(item_id=both[1], item="个人征信异议申请", authority="中国人民银行（征信中心）、报送信息的金融机构"),
        ),
        raw_fields=9,
    )  # fmt: skip


def test_the_form_of_another_as_it_is_told(shipped: Catalog) -> None:
    form = plan_of("used-car-trade", shipped).form
    assert list(form_lines(form)) == [
        "一张表：各项表格常填的合计24栏，合并后14栏，各填一次；实际以窗口的表为准：",
        "✎ 卖方：姓名、公民身份号码、现在的住址、手机号或电话",
        "✎ 买方：姓名、公民身份号码、现在的住址、手机号或电话",
        "✎ 旧车（要卖、要报废的）：号牌号码、车辆识别代号、品牌型号、使用性质、成交价（元）、发票号码",
    ]
    assert own_fields(form, "used-car-transfer") == (
        "seller.name", "seller.id-number", "buyer.name", "buyer.id-number", "buyer.address", "buyer.phone",
        "old-vehicle.plate", "old-vehicle.vin", "old-vehicle.vehicle-model", "old-vehicle.vehicle-use",
        "old-vehicle.invoice-number",
    )  # fmt: skip


def test_whose_data_it_is_follows_from_the_life_event(shipped: Catalog) -> None:
    newborn = plan_of("newborn", shipped, child_hukou_henan="true").form
    assert {key for key in own_fields(newborn, "social-security-card") if key.endswith("id-number")} == {
        "child.id-number"
    }
    own = plan_of("social-security-card-service", shipped, has_social_security_card="false").form
    assert "applicant.id-number" in own_fields(own, "social-security-card")


def test_what_not_everybody_has_may_stay_empty(shipped: Catalog) -> None:
    form = plan_of("public-rental", shipped, needs_no_house_proof="true", housing_help_way="unit").form
    optional = {entry.key for entry in entries_of(form) if entry.optional}
    assert optional == {
        "applicant.employer", "spouse.name", "spouse.id-number", "spouse.employer", "own-home.home-address",
        "own-home.home-certificate",
    }  # fmt: skip


def test_a_clause_that_lists_fields_stands_beside_the_item(shipped: Catalog) -> None:
    form = plan_of("childcare-subsidy-claim", shipped, child_hukou_henan="true").form
    assert {user.item_id: user.basis for user in form.users if user.basis} == {
        "childcare-subsidy": ("《育儿补贴制度管理规范》",)
    }  # fmt: skip


def test_a_plan_with_nothing_to_do_has_no_form(shipped: Catalog) -> None:
    plan = plan_of("marriage-childbearing", shipped)
    assert (plan.stages, plan.form, list(form_lines(plan.form))) == ((), Form(), [])


def own_forms(plan: Plan, cases: dict[str, Case], catalog: Catalog) -> dict[str, set[str]]:
    planned = [item.item_id for stage in plan.stages for item in stage]
    return {item: {".".join(place) for place in asked_by(cases[item], catalog)} for item in planned}


def test_every_form_asks_each_field_once_and_holds_every_items_own_list(shipped: Catalog) -> None:
    for theme in shipped.themes.values():
        flow = open_flow(theme, shipped, "410000", DAY)
        cases = {case.entry.item_id: case for case in cases_of(theme, shipped, "410000", DAY)}
        for answers in islice(walk(flow), 40):
            plan = make_plan(theme, answers, shipped, "410000", DAY)
            own = own_forms(plan, cases, shipped)
            keys = [entry.key for entry in entries_of(plan.form)]
            assert len(keys) == len(set(keys)), theme.theme_id
            assert set(keys) == set().union(*own.values()), theme.theme_id
            assert {item: set(own_fields(plan.form, item)) for item in own} == own, theme.theme_id
            assert plan.form.raw_fields == sum(map(len, own.values())), theme.theme_id
            assert [user.item_id for user in plan.form.users] == [i for i in cases if own.get(i)], theme.theme_id


def test_the_order_does_not_hang_on_the_plan(shipped: Catalog) -> None:
    order = [f"{s}.{f}" for s in shipped.form_sections for f in shipped.form_fields]
    for theme_id in shipped.themes:
        keys = [entry.key for entry in entries_of(plan_of(theme_id, shipped).form)]
        assert keys == sorted(keys, key=order.index), theme_id


@pytest.mark.parametrize("vector", VECTORS, ids=lambda v: f"{v['kind']}-{v['value'][:20]}")
def test_a_written_value(vector: dict[str, Any]) -> None:
    found = fault(vector["kind"], vector["value"], vector.get("identity", ""), tuple(vector.get("choices", ())), DAY)
    assert (found or "", plain(vector["kind"], vector["value"])) == (vector["fault"], vector["plain"])


def test_every_fault_is_tried_and_told() -> None:
    assert {vector["fault"] for vector in VECTORS} - {""} == FAULTS.keys() - {"unknown"}


def test_a_filled_form_is_looked_through_in_its_order(shipped: Catalog) -> None:
    form = plan_of("newborn", shipped, birth_certificate_done="true").form
    values = {entry.key: "" for entry in entries_of(form)} | {
        "child.name": "王小宝", "child.id-number": "410105198503020039", "child.sex": "女", "child.birth-date": "19850303", "x.y": "1",
    }  # fmt: skip
    found = check(form, values, date(2026, 11, 22))
    assert found == Checked(
        faults=(
            Fault("child.sex", "孩子·性别", "和公民身份号码里的性别不一致"),
            Fault("child.birth-date", "孩子·出生日期", "和公民身份号码里的出生日期不一致"),
            Fault("x.y", "x.y", "这张表里没有这一栏"),
        ),
        missing=("孩子·民族", "孩子·户口所在地", "母亲·姓名", "办理内容·是第一次申领还是补领", "联系方式·现在的住址", "联系方式·手机号或电话"),
    )  # fmt: skip
