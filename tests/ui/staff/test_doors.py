"""What a caseworker finds behind each door of the desk, over a small library with real stores."""

import json
import re
from datetime import UTC, datetime
from html import unescape

from fastapi.testclient import TestClient

from assistant.assistant import Assistant
from assistant.casework.records import Records
from assistant.feedback import Complaint, Feedback, Verdict
from assistant.kept import Stores
from assistant.model import Session
from assistant.worklist import Kind, State
from tests.ui.staff.conftest import Open, log_in, post

NOTE = "灰兔子窗口周三下午不收件"


def shown(client: TestClient, path: str, status: int = 200) -> str:
    """The text of a page's main part, on one line."""
    answer = client.get(path)
    assert answer.status_code == status, answer.text
    return words(answer.text)


def words(html: str) -> str:
    body = html.partition("<main")[2].partition("</main>")[0] or html
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())


def found(client: TestClient, query: str) -> list[str]:
    """The names in a result list."""
    html = client.get(f"/staff/results?{query}").text
    return [unescape(name) for name in re.findall(r"<li>\s*<a href=[^>]*>([^<]*)</a>\s*<p>", html)]


def test_search_by_words_and_by_every_filter(staff: TestClient) -> None:
    assert found(staff, "q=身份证丢了")[0] == "居民身份证补领"
    everything = found(staff, "")
    assert set(everything) == {"出生医学证明签发", "出生登记", "居民身份证补领", "居民身份证换领", "老年乘车卡办理"}
    for query, names in {
        "authority=交通运输部门": {"老年乘车卡办理"}, "category=养老": {"老年乘车卡办理"},
        "channel=window": {"居民身份证补领"}, "certainty=secondhand": set(), "audience=organization": set(),
        "authority=交通运输部门&q=身份证办卡": {"老年乘车卡办理"}, "item_type=行政许可": set(),
        "as_of=2027-02-01&certainty=secondhand": {"老年乘车卡办理"},
        "as_of=2025-06-01&category=养老": {"老年优待证办理", "老年乘车卡办理"},
    }.items():  # fmt: skip
        assert set(found(staff, query)) == names, query
    assert "郑州市公安局 郑州市" in shown(staff, "/staff/results?place=410100&q=身份证丢了")


def test_a_name_in_the_search_never_stays_in_the_address(staff: TestClient) -> None:
    answer = staff.get("/staff/?q=410105201911010045丢了身份证&category=养老")
    assert answer.status_code == 303
    assert "410105201911010045" not in answer.headers["location"] and "category=" in answer.headers["location"]
    assert "410105201911010045" not in staff.get("/staff/results?q=410105201911010045").text


def test_a_guide_shows_all_of_it(staff: TestClient) -> None:
    text = shown(staff, "/staff/guides/410184/bus-card?place=410184")
    for said in (
        "老年乘车卡办理", "新郑市", "收费 沿用郑州市 首次办卡不收费", "承诺时限5个工作日", "受理条件 沿用全省 年满65周岁",
        "没有单独规定的字段沿用郑州市", "还有谁要这样材料", "来源和版本 郑州市老年乘车优待规定", "至 2026-12-31 止（现行）", "自 2027-01-01 起",
    ):  # fmt: skip
        assert said in text, said
    assert "济源市没有单独的规定，下面是河南省的指南" in shown(staff, "/staff/guides/419001/card-reissue")
    assert "自收到登记表之日起六十日内发证。" in shown(staff, "/staff/guides/410000/card-reissue")


def test_what_changed_since_a_day_and_since_a_generation(staff: TestClient) -> None:
    path = "/staff/guides/410000/bus-card@2027-01-01/changes"
    text = shown(staff, f"{path}?since=2026-03")
    assert "规定的变化 2026年3月1日 到今天 两天适用的是同一份文本，规定没有变。" in text
    assert "将要变的 自 2027年1月1日 起：" in text
    assert "收费 改动 首次办卡工本费20元/张。 首次办卡工本费10元/张。" in text
    edited = shown(staff, "/staff/guides/410000/card-reissue/changes?edition=1")
    assert "改动：居民身份证补领（1 处）" in edited and "收费 新增 没有 补领工本费40元/证。" in edited
    everywhere = shown(staff, "/staff/changes?since=2024-01-01&edition=1")
    assert "老年乘车卡办理：自 2027年1月1日 起" in everywhere and "改动：居民身份证补领（1 处）" in everywhere
    assert shown(staff, "/staff/changes?edition=99", 404) != "" and "不是日期" in shown(
        staff, "/staff/changes?since=三月", 422
    )


def test_two_places_side_by_side(staff: TestClient) -> None:
    text = shown(staff, "/staff/compare?item=老年乘车卡办理&a=410000&b=410100")
    assert "收费 首次办卡工本费20元/张。" in text and "首次办卡不收费。" in text
    assert "全都相同的：名称、主管部门" in text
    assert "两边用的是同一份指南" in shown(staff, "/staff/compare?item=card-renew&a=419001&b=410000")
    assert "居民身份证换领" in shown(staff, "/staff/compare?item=card-reissue&a=410000&other=card-renew&b=410000")
    assert "没有叫“没有的事”的事项" in shown(staff, "/staff/compare?item=没有的事", 404)


def test_who_needs_a_paper(staff: TestClient) -> None:
    text = shown(staff, "/staff/materials/id-card")
    assert "老年乘车卡办理 交通运输部门 居民身份证（原件）。" in text
    assert "办完能拿到它的事项 居民身份证补领" in text
    assert "可以用它代替别的材料的事项 居民身份证补领" in text
    assert shown(staff, "/staff/materials/nothing", 404)


def test_the_counter_says_what_is_missing_with_its_clause(staff: TestClient) -> None:
    path = "/staff/guides/419001/card-reissue/counter"
    row = "0-household-register"
    draft = shown(staff, f"{path}?paper=tell&fact.card-state=lost")
    assert "一次性告知书" in draft and "济源市" in draft
    assert "居民户口簿（原件） 也可以用居民身份证。 〔《居民身份证法》（主席令第51号）第12条〕" in draft
    assert "法定时限60日" in draft and "补领工本费40元/证" in draft and "已经齐全" not in draft
    mended = shown(staff, f"{path}?paper=mend&has={row}")
    assert "补正材料通知书" in mended and "指南列的材料已经齐全" in mended and "已经收到 居民户口簿（原件）。" in mended
    assert "按回答不符合 居民身份证丢失。" in shown(staff, f"{path}?fact.card-state=expired")
    assert "一次性告知书" not in shown(staff, f"{path}?paper=other").partition("受理条件")[2].replace(
        "出一次性告知书", ""
    )


def test_a_paper_without_a_clause_is_never_simply_demanded(staff: TestClient, assistant: Assistant) -> None:
    from assistant.casework.counter import Brought, checklist

    guide = assistant.catalog.guide("410000/bus-card")
    bare = guide.model_copy(update={"materials": (guide.materials[0].model_copy(update={"basis": ()}),)})
    listed = checklist(bare, assistant.catalog, "410000", Brought())
    assert ([row.name for row in listed.missing], [row.name for row in listed.doubtful]) == ([], ["居民身份证"])


def test_a_plan_for_a_visitor_leaves_no_answer_in_an_address(staff: TestClient) -> None:
    assert "新生儿" in shown(staff, "/staff/themes")
    empty = shown(staff, "/staff/themes/newborn")
    assert "来人的情况" in empty and "按这个顺序办" not in empty
    answer = post(staff, "/staff/themes/newborn", place="410100")
    assert answer.status_code == 200 and "按这个顺序办" in answer.text
    assert 'formaction="/api/v1/themes/newborn/take.pdf"' in answer.text
    bad = post(staff, "/staff/themes/newborn", **{"fact.no-such": "1"})
    assert (bad.status_code, "写法不对" in bad.text) == (422, True)


def told(kind: Verdict = Verdict.DID_NOT) -> Feedback:
    return Feedback(
        trace_id="a1b2c3d4e5f60718", verdict=kind, complaints=(Complaint.INCOMPLETE,), question="老年卡在哪办",
        reply="老年乘车卡办理的收费：20元。", guides=("410000/bus-card",), place="410100", generation="2",
        at=datetime(2026, 11, 20, 9, tzinfo=UTC),
    )  # fmt: skip


def test_the_queue_holds_gaps_complaints_and_stale_guides(
    staff: TestClient, stores: Stores, assistant: Assistant
) -> None:
    turn = assistant.ask(Session(session_id="x"), "火星户口怎么迁，电话13800138000")
    assert turn.reply.kind == "refusal"
    stores.feedback.record(told())
    queue = shown(staff, "/staff/queue")
    assert "火星户口怎么迁" in queue and "13800138000" not in queue
    assert "老年卡在哪办 没说全" in queue and "老年乘车卡办理" in shown(staff, "/staff/queue?kind=stale")
    path = f"/staff/queue/feedback/{told().trace_id}"
    assert "老年乘车卡办理的收费：20元。" in shown(staff, path)
    moved = post(
        staff, "/staff/queue/assign", kind="feedback", key=told().trace_id, assignee="李梅", state="taken",
        note="补上办卡地点，问13900139000",
    )  # fmt: skip
    assert moved.headers["location"] == path
    [kept] = stores.worklist.all()
    assert (kept.kind, kept.key, kept.assignee, kept.state) == (Kind.FEEDBACK, told().trace_id, "李梅", State.TAKEN)
    assert "13900139000" not in kept.note and kept.note.startswith("补上办卡地点")
    assert "有人在办 ：李梅" in shown(staff, "/staff/queue?kind=feedback").replace("有人在办：", "有人在办 ：")
    assert "老年卡在哪办" not in shown(staff, "/staff/queue?standing=open")
    assert "老年卡在哪办" not in shown(staff, "/staff/queue?mine=1")
    assert shown(staff, "/staff/queue/gap/nothing", 404)
    done = [(a.verb, a.subject, a.detail) for a in stores.audit.all() if a.verb == "assign"]
    assert done == [("assign", f"feedback/{told().trace_id}", "state=taken; assignee=李梅")]


def test_a_proposed_case_names_the_guide_it_was_written_for(staff: TestClient, stores: Stores) -> None:
    stores.feedback.record(told())
    html = staff.get(f"/staff/queue/feedback/{told().trace_id}?right=answer&item=老年乘车卡办理").text
    case = json.loads(unescape(re.search(r'aria-label="评测题">(.*?)</pre>', html, re.DOTALL)[1]))  # type: ignore[index]
    assert (case["turns"], case["expect"]["items"], case["city"]) == (["老年卡在哪办"], ["bus-card"], "410100")
    assert case["proposed"]["guides"] == {"410100/bus-card": "2026-11-20"}
    assert f"python -m evals propose feedback {told().trace_id} --right answer --item bus-card" in unescape(html)


def test_findings_and_usage(staff: TestClient, stores: Stores) -> None:
    stores.feedback.record(told())
    assert "体检：各主管部门的指南" in shown(staff, "/staff/findings")
    text = shown(staff, "/staff/usage")
    assert "有帮助 0 次，没帮助 1 次。" in text and "没说全 1" in text and "老年乘车卡办理 1" in text


def test_notes_are_kept_masked_and_can_be_taken_away(staff: TestClient, records: Records) -> None:
    answer = post(staff, "/staff/notes", guide="410100/card-reissue", text=f"{NOTE}，问13800138000")
    assert answer.headers["location"] == "/staff/guides/410100/card-reissue#notes"
    [note] = records.notes.all()
    assert (note.author, note.item_id, "13800138000" in note.text) == ("窗口甲", "card-reissue", False)
    assert NOTE in shown(staff, "/staff/guides/410000/card-reissue")
    assert f"内部备注里提到的 {NOTE}" in shown(staff, "/staff/results?q=灰兔子")
    assert post(staff, "/staff/notes", guide="410100/card-reissue", text="  ").status_code == 422
    post(staff, "/staff/notes/remove", guide="410100/card-reissue", note=note.note_id)
    assert records.notes.all() == []


def test_no_citizen_ever_sees_a_note(service: Open, records: Records, assistant: Assistant) -> None:
    client = service()
    log_in(client)
    for item in ("card-reissue", "bus-card"):
        post(client, "/staff/notes", guide=f"410000/{item}", text=NOTE)
    assert NOTE in client.get("/staff/guides/410000/card-reissue").text
    client.cookies.clear()
    answers = []
    for asked in (NOTE, "灰兔子", "身份证丢了怎么补", "身份证补领周三下午收件吗"):
        turn = assistant.ask(Session(session_id="x"), asked)
        heard = (
            turn.model_dump_json(), client.post("/api/v1/chat", json={"message": asked}).text,
            client.get(f"/api/v1/search?q={asked}").text,
        )  # fmt: skip
        answers += [text.replace(asked, "") for text in heard]
    answers += [
        client.get("/api/v1/guides/410000/card-reissue").text, client.get("/api/v1/themes").text,
        client.post("/api/v1/themes/newborn/plan", json={}).text, client.get("/").text, client.get("/config").text,
        client.get("/staff/guides/410000/card-reissue").text, client.get("/metrics").text,
    ]  # fmt: skip
    assert [text for text in answers if "灰兔子" in text] == []
    assert len(records.notes.all()) == 2


HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>{{7*7}}"


def test_hostile_words_are_shown_as_words(staff: TestClient, stores: Stores) -> None:
    stores.feedback.record(told().model_copy(update={"question": HOSTILE, "reply": HOSTILE}))
    post(staff, "/staff/notes", guide="410000/card-reissue", text=HOSTILE)
    pages = [
        staff.get("/staff/", params={"q": HOSTILE, "authority": HOSTILE}), staff.get("/staff/queue"),
        staff.get(f"/staff/queue/feedback/{told().trace_id}"), staff.get("/staff/guides/410000/card-reissue"),
        staff.get("/staff/compare", params={"item": HOSTILE}), staff.get("/staff/changes", params={"since": HOSTILE}),
        staff.get("/staff/guides/410000/card-reissue/counter", params={"has": HOSTILE, "paper": HOSTILE}),
        staff.get("/staff/usage"), staff.get(f"/staff/materials/{HOSTILE}"), post(staff, "/staff/themes/newborn", place=HOSTILE),
    ]  # fmt: skip
    for page in pages:
        assert "<script>alert" not in page.text and "<img src" not in page.text, page.url
        assert "49" not in re.sub(r"\d{3,}", "", page.text) or "{{7*7}}" in unescape(page.text)
    assert HOSTILE in unescape(pages[2].text)
    for path in (
        "/staff/guides/410000/..%2f..%2fetc",
        "/staff/queue/gap/../../x",
        "/staff/assets/..%2fpages.py",
        "/staff/assets/pages.py",
    ):
        assert staff.get(path).status_code == 404
    assert staff.get("/staff/?skip=-1").status_code == staff.get(f"/staff/?skip={'9' * 30}").status_code == 200
