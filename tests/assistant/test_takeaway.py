"""What a citizen takes away: whole files of a small life event, the same bytes each time, and every row in each of them."""

import json
import os
import re
import subprocess
import sys
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from icalendar import Calendar
from pypdf import PdfReader

from assistant.assistant import Assistant
from assistant.cli import main
from assistant.model import Session
from assistant.onething.planning import make_plan
from assistant.takeaway.filling import make_sheet
from assistant.takeaway.ics import dated
from assistant.takeaway.qr import qr_modules
from assistant.takeaway.sheet import Row
from assistant.takeaway.writing import KINDS, file_name
from tests.assistant.sheets import DAY, TOLD, sheets, shipped, toy
from tests.assistant.test_theme_walks import THEMES

GOLDEN = Path(__file__).parent / "takeaway"
FOOT = re.compile(r"指南摘录·资料日期\d{4}-\d\d-\d\d·第\d+页")


@pytest.mark.parametrize("extension", ["ics", "html"])
def test_a_file_is_what_was_committed(extension: str) -> None:
    written = KINDS[extension].write(toy(TOLD, frozenset({"book"})))  # type: ignore[index]
    assert written.decode() == (GOLDEN / f"toy.{extension}").read_bytes().decode()


def test_the_data_are_what_was_committed_and_the_plan_itself() -> None:
    sheet = toy(TOLD, frozenset({"book"}))
    written = KINDS["json"].write(sheet).decode()
    data = json.loads(written)
    assert written == json.dumps(data, ensure_ascii=False, indent=2) + "\n"
    assert data.pop("plan") == sheet.plan.model_dump(mode="json")
    assert data == json.loads((GOLDEN / "toy.json").read_text(encoding="utf-8"))


def test_the_rows_of_a_sheet_name_their_clauses() -> None:
    sheet = toy(TOLD, frozenset({"book"}))
    law = ("《证件法》（主席令第1号）第1条",)
    assert {part.title: part.rows for part in sheet.parts} == {
        "您的情况": (Row(text="出生日期：2026-11-10"), Row(text="第一个孩子：是")),
        "第1步（这2件可以同时办）": (
            Row(text="出生证明", note="后面都要用。", box=True),
            Row(text="公安机关，到窗口，最早2026年11月23日（周一）去办，2026年11月26日（周四）办好。"),
            Row(text="法定时限3个工作日。", clauses=law), Row(text="窗口：助产机构（周一至周五）。", clauses=law),
            Row(text="父母一方去。", clauses=law),
            Row(text="补贴<申领>", note="一孩可领。", box=True), Row(text="公安机关，最早2026年11月23日（周一）去办。"),
        ),
        "第2步": (
            Row(text="出生登记", note="有了户口才能参保。", box=True), Row(text="公安机关，最早2026年11月26日（周四）去办。"),
            Row(text="先办好：出生证明。"), Row(text="请核对：孩子没有登记过。", clauses=("《高龄规定》第2条",)),
        ),
        "材料": (
            Row(text="户口簿（原件2份）", note="用于出生登记；您说手里有。", clauses=law, box=True, ticked=True),
            Row(text="申请表（现场或线上填写）", note="用于出生登记（没有核到条文，以窗口为准）。", box=True),
            Row(text="授权委托书（原件）", note="用于出生登记；委托别人办时（没有核到条文，以窗口为准）。", box=True),
            Row(text="户籍证明（原件）", note="用于出生登记；办完“出生证明”就有，不用另外准备。", clauses=law),
        ),
        "别过了期限": (
            Row(text="出生登记——出生后一个月内登记，就是2026年12月10日（周四）。", clauses=law), Row(text="出生登记——越早越好。"),
            Row(text="补贴<申领>——登记后三个月内申领，就是2027年2月26日（周五），按计划里最快的日子推算。"),
        ),
        "日子和跑动": (
            Row(text="从2026年11月22日（周日）开始，按公布的时限不早于2026年11月26日（周四）。"),
            Row(text="最花时间的一条线是出生证明 → 出生登记，这几项别耽搁。"),
            Row(text="补贴<申领>、出生登记没有公布办结时限，从这里往后的日子算不出来，没有替您估。"),
            Row(text="按一个机关一步去一次算，要到现场的有2趟；能合并成一趟的：出生证明、补贴<申领>同去公安机关。"),
        ),
        "费用": (
            Row(text="一定要交的合计10元（工本费10元/本）。"), Row(text="出生登记——工本费10元/本。", clauses=("《收费规定》第3条",)),
            Row(text="出生登记没有查到公布的金额，没有算进去，以窗口为准。"),
        ),
    }  # fmt: skip
    assert (sheet.title, sheet.place, sheet.generation, sheet.address) == (
        "孩子出生一件事", "郑州市", "7", "https://bancheng.example/?theme=newborn",
    )  # fmt: skip
    assert sheet.dated == "资料日期：按2026年11月22日的规定，指南最早核对于2026年11月1日；适用地区：郑州市；版本7"
    assert file_name(sheet, "pdf") == "孩子出生一件事·办事计划·2026-11-22.pdf"


def test_a_letter_is_offered_only_where_a_guide_takes_one() -> None:
    letter = toy(TOLD).letter
    assert letter is not None
    assert [row.text for row in letter.rows if row.box] == [
        "出生登记（委托别人办时）",
        "提交申请和材料",
        "签收通知",
        "领取办理结果",
    ]
    assert not any(value in row.text for row in letter.rows for value in TOLD.values())
    alone = shipped()
    plan = make_plan(alone.themes["newborn"], {}, alone, "410000", DAY)
    assert "authorization-letter" not in {m.kind for m in plan.materials}
    assert make_sheet(plan, alone, "410000", DAY, "7").letter is None


def test_days_that_rest_on_an_unpublished_time_stay_out_of_the_calendar() -> None:
    plan = toy(TOLD).plan
    (first, second) = plan.stages
    late = second[0].model_copy(update={"waits_for": ("补贴<申领>",)})
    sheet = toy(TOLD).model_copy(update={"plan": plan.model_copy(update={"stages": (first, (late,))})})
    assert [day.uid for day in dated(sheet)] == [
        "newborn.aid.step@bancheng", "newborn.birth.step@bancheng", "newborn.hukou.due-1@bancheng", "newborn.aid.due-1@bancheng",
    ]  # fmt: skip
    assert dated(toy({"first": "false"}))[-1].summary == "可以去办：出生登记"


def test_a_day_that_has_passed_is_said_to_have_passed() -> None:
    late = toy({"born": "2026-10-01", "first": "false"})
    said = "出生登记——出生后一个月内登记，就是2026年11月1日（周日），那天不上班，要在2026年10月30日（周五）以前。这一天已经过了，尽快问窗口还能不能办。"
    assert said in [row.text for part in late.parts for row in part.rows]
    first = dated(late)[0]
    assert (first.day, first.summary, first.text) == (date(2026, 10, 30), "已过期限：出生登记", said)


def test_no_reminder_comes_after_its_day() -> None:
    events = Calendar.from_ical(KINDS["ics"].write(toy({"born": "2026-10-25", "first": "false"}))).walk("VEVENT")
    reminders = {str(event["UID"]): [alarm["TRIGGER"].dt for alarm in event.walk("VALARM")] for event in events}
    assert reminders == {
        "newborn.birth.step@bancheng": [timedelta(hours=9) - timedelta(days=1)],
        "newborn.hukou.step@bancheng": [timedelta(hours=9) - timedelta(days=1)],
        "newborn.hukou.due-1@bancheng": [timedelta(hours=9) - timedelta(days=1)],
    }


# ---- the shipped life events ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("theme_id", THEMES)
def test_a_calendar_reads_back_as_the_days_it_was_made_from(theme_id: str) -> None:
    for sheet in sheets(theme_id, 8):
        written = KINDS["ics"].write(sheet)
        assert all(len(line) <= 75 for line in written.split(b"\r\n"))
        calendar = Calendar.from_ical(written)
        assert sheet.label in calendar["COMMENT"] and "2026年11月22日" in calendar["COMMENT"]
        read = [
            (str(e["UID"]), e["DTSTART"].dt, e["DTEND"].dt, str(e["SUMMARY"]), str(e["STATUS"]))
            for e in calendar.walk("VEVENT")
        ]
        one = timedelta(days=1)
        assert read == [
            (d.uid, d.day, d.day + one, d.summary, "CONFIRMED" if d.sure else "TENTATIVE") for d in dated(sheet)
        ]
        assert len({uid for uid, *_ in read}) == len(read)
        due = [d for d in sheet.plan.deadlines if d.act_by]
        assert sorted(d.act_by for d in due if d.act_by) == [day for uid, day, *_ in read if ".due-" in uid]
        assert all(event.errors == [] for event in calendar.walk())


@pytest.mark.parametrize("theme_id", ["newborn", "used-house-trade", "company-opening", "after-death"])
def test_a_pdf_holds_every_row_in_letters_of_18_points_and_more(theme_id: str) -> None:
    sheet = next(sheets(theme_id, 1))
    reader, sizes = PdfReader(BytesIO(KINDS["pdf"].write(sheet))), set[float]()

    def note(text: str, _cm: object, tm: list[float], _font: object, size: float) -> None:
        if text.strip():
            sizes.add(size * tm[3])

    pages = [page.extract_text(visitor_text=note) for page in reader.pages]
    words = "".join(FOOT.sub("", re.sub(r"\s", "", page), count=1) for page in pages)
    rows = [row for part in (*sheet.parts, *filter(None, [sheet.letter])) for row in part.rows]
    lines = [row.text + row.note + (f"〔{'；'.join(row.clauses)}〕" if row.clauses else "") for row in rows]
    told = [sheet.title, sheet.label, sheet.dated, sheet.caution, *(part.title for part in sheet.parts), *lines]
    assert [line for line in told if re.sub(r"\s", "", line) not in words] == []
    assert all(re.sub(r"\s", "", m.name) in words for m in sheet.plan.materials)
    assert (min(sizes), len(pages)) == (18, len(re.findall(FOOT, re.sub(r"\s", "", "".join(pages)))))
    info = reader.metadata
    assert info and (info.title, info.subject) == (f"{sheet.title}·办事计划", f"{sheet.label}。{sheet.dated}")
    drawn = b"".join(page["/Contents"].get_object().get_data() for page in reader.pages)  # type: ignore[union-attr]
    assert len(re.findall(rb"\b15 15 re S", drawn)) == sum(row.box for row in rows)


@pytest.mark.parametrize("theme_id", THEMES)
def test_no_character_is_missing_from_the_font(theme_id: str) -> None:
    """The readers' own font (Adobe-GB1) draws all of GBK."""
    for sheet in sheets(theme_id, 2):
        rows = [row for part in (*sheet.parts, *filter(None, [sheet.letter])) for row in part.rows]
        written = "".join(word for row in rows for word in (row.text, row.note, *row.clauses))
        assert written.encode("gbk", errors="ignore").decode("gbk") == written


def test_a_small_plan_is_so_many_pages_with_a_code_that_is_the_address() -> None:
    reader = PdfReader(BytesIO(KINDS["pdf"].write(toy(TOLD))))
    assert len(reader.pages) == 4
    assert "https://bancheng.example/?theme=newborn" in reader.pages[0].extract_text()
    modules = qr_modules("https://bancheng.example/?theme=newborn")
    assert {len(row) for row in modules} == {len(modules)} and not any(modules[0])
    assert "扫码" not in PdfReader(BytesIO(KINDS["pdf"].write(next(sheets("newborn", 1))))).pages[0].extract_text()


DIGESTS = """
from hashlib import sha256
from tests.assistant.sheets import TOLD, sheets, toy
from assistant.takeaway.writing import KINDS
for sheet in (toy(TOLD), *sheets("newborn", 1), *sheets("company-opening", 1)):
    print(*(sha256(kind.write(sheet)).hexdigest() for kind in KINDS.values()))
"""


def test_two_processes_write_the_same_bytes() -> None:
    printed = {
        subprocess.run(
            [sys.executable, "-c", DIGESTS], env=os.environ | {"PYTHONHASHSEED": seed, "TZ": zone},
            cwd=Path(__file__).parents[2], capture_output=True, text=True, check=True,
        ).stdout
        for seed, zone in (("1", "Asia/Shanghai"), ("2", "America/New_York"))
    }  # fmt: skip
    (lines,) = printed
    assert len(lines.split()) == 3 * len(KINDS)


# ---- the ways to it -------------------------------------------------------------------------------------------------


def test_the_address_on_a_plan_leads_to_its_life_event(by_words: Assistant) -> None:
    replies = {
        theme.theme_id: by_words.ask(Session(session_id="t"), theme.name, None, DAY).reply
        for theme in shipped().themes.values()
    }
    assert {theme for theme, reply in replies.items() if reply.theme != theme} == set()


@pytest.fixture
def data(hashed_data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BANCHENG_DATA_DIR", str(hashed_data))
    monkeypatch.setenv("BANCHENG_PUBLIC_URL", "https://bancheng.example")


@pytest.mark.usefixtures("data")
@pytest.mark.parametrize("name", ["计划.html", "计划.PDF", "计划.ics", "计划.json"])
def test_the_terminal_writes_each_kind(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / name
    argv = ["plan", "newborn", "--answer", "child-hukou-henan=true", "--as-of", "2026-11-22", "--out", str(out)]
    assert (main(argv), capsys.readouterr().out) == (0, f"已写到 {out}\n")
    plan = make_plan(shipped().themes["newborn"], {"child-hukou-henan": "true"}, shipped(), "410000", DAY)
    sheet = make_sheet(plan, shipped(), "410000", DAY, "1", "https://bancheng.example")
    assert out.read_bytes() == KINDS[out.suffix[1:].lower()].write(sheet)  # type: ignore[index]


@pytest.mark.usefixtures("data")
@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("计划.docx", "不会写“.docx”这种文件，可以写：.html、.pdf、.ics、.json"),
        ("计划", "不会写“计划”"),
        ("没有/计划.pdf", "写不了"),
    ],
)
def test_a_file_that_cannot_be_written_exits_with_2(
    name: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = main(["plan", "newborn", "--out", str(tmp_path / name)])
    out, err = capsys.readouterr()
    assert (code, out, said in err) == (2, "", True)
