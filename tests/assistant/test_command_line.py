"""`python -m assistant` as a person or a script calls it: output, errors and exit codes."""

import io
import json
from pathlib import Path

import pytest

from assistant.cli import main
from assistant.commands.asking import parse_date
from assistant.errors import BadInput

Capture = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def data(hashed_data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BANCHENG_DATA_DIR", str(hashed_data))


def run(capsys: Capture, *argv: str) -> tuple[int, str, str]:
    code = main(list(argv))
    out, err = capsys.readouterr()
    return code, out, err


def test_a_question_is_answered_in_text_with_its_clauses(capsys: Capture) -> None:
    code, out, err = run(capsys, "ask", "身份证丢了咋补，要多少钱", "--city", "郑州")
    assert (code, "40元" in out, "[1] 居民身份证" in out) == (0, True, True)
    assert err.startswith("注意：向量模型不可用")


def test_a_question_is_answered_in_json_for_its_place_and_day(capsys: Capture) -> None:
    code, out, _ = run(capsys, "ask", "身份证丢了咋补", "--city", "新郑", "--as-of", "2026-11-22", "--json")
    reply = json.loads(out)
    assert (code, reply["kind"], reply["jurisdiction"], reply["as_of"]) == (0, "answer", "410184", "2026-11-22")


def test_words_of_a_question_may_come_apart(capsys: Capture) -> None:
    assert run(capsys, "ask", "身份证", "丢了怎么补")[0] == 0


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (("ask", ""), "请写下您要办的事"), (("ask", "身份证", "--city", "火星"), "不认识的地区“火星”"),
        (("ask", "身份证", "--as-of", "昨天"), "日期“昨天”写法不对"), (("ask", "--batch", "没有.jsonl"), "--out"),
        (("ask", "--batch", "没有.jsonl", "--out", "x.jsonl"), "读不了 没有.jsonl"), (("plan",), "newborn"), (("plan", "no-such"), "no-such"),
        (("plan", "newborn", "--answer", "无=1"), "无"), (("plan", "newborn", "--form", "没有.json"), "读不了 没有.json"),
    ],
    ids=["empty", "city", "date", "no-out", "no-file", "no-theme", "bad-theme", "bad-answer", "no-form"],
)  # fmt: skip
def test_bad_input_exits_with_2_and_one_chinese_message(argv: tuple[str, ...], said: str, capsys: Capture) -> None:
    code, out, err = run(capsys, *argv)
    assert (code, out, said in err, "Traceback" in err) == (2, "", True, False)


@pytest.mark.parametrize("argv", [(), ("fly",), ("ask", "--no-such"), ("ask", "x", "--city")])
def test_wrong_usage_exits_with_2_and_teaches(argv: tuple[str, ...], capsys: Capture) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(list(argv))
    err = capsys.readouterr().err
    assert (stopped.value.code, "用法：" in err, "--help" in err) == (2, True, True)


def test_help_teaches_in_chinese_with_examples(capsys: Capture) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["--help"])
    out = capsys.readouterr().out
    assert stopped.value.code == 0
    assert all(
        word in out for word in ("用法：", "例子：", "python -m assistant ask 身份证丢了咋补", "批量文件一行一例")
    )
    assert "usage" not in out and "show this help" not in out


def test_nothing_published_exits_with_2(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    monkeypatch.setenv("BANCHENG_DATA_DIR", str(tmp_path))
    code, _, err = run(capsys, "ask", "身份证")
    assert (code, "python -m knowledge" in err) == (2, True)


BATCH = [
    '{"id": "good", "turns": ["身份证丢了怎么补", "多少钱"], "city": "郑州", "as_of": "2026-11-22"}',
    "",
    '{"id": "cut off", "turns": [',
    '["a list"]',
    '{"id": "no turns"}',
    '{"id": "odd turns", "turns": [1]}',
    '{"id": "bad date", "turns": ["身份证丢了怎么补"], "as_of": "昨天"}',
    '{"id": "bad city", "turns": ["身份证丢了怎么补"], "city": "火星"}',
    '{"id": "odd city", "turns": ["身份证丢了怎么补"], "city": 5}',
    '{"id": "empty", "turns": ["？"]}',
    '{"id": 7, "turns": ["今天天气怎么样"], "city": null, "as_of": null}',
]


def test_a_batch_answers_every_good_line_and_names_every_bad_one(tmp_path: Path, capsys: Capture) -> None:
    source, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_text("\n".join(BATCH), encoding="utf-8")
    code, printed, err = run(capsys, "ask", "--batch", str(source), "--out", str(out))
    rows = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert (code, printed) == (2, "")
    assert "共 10 例，答完 2 例，有误 8 例" in err
    assert [r["id"] for r in rows] == [
        "good", None, None, "no turns", "odd turns", "bad date", "bad city", "odd city", "empty", 7,
    ]  # fmt: skip
    assert [set(r) for r in rows] == [{"id", "replies"}] + [{"id", "error"}] * 8 + [{"id", "replies"}]
    assert [r["error"][:5] for r in rows[1:3]] == ["第 2 行", "第 3 行"]
    good = rows[0]["replies"]
    assert [(r["kind"], r["items"][0]["guide_id"], r["jurisdiction"]) for r in good] == [
        ("answer", "410000/id-card-reissue", "410100")
    ] * 2
    assert (rows[-1]["replies"][0]["kind"], rows[-1]["replies"][0]["reason"]) == ("refusal", "out_of_scope")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["in.jsonl", "out.jsonl"]


def test_a_clean_batch_exits_with_0(tmp_path: Path, capsys: Capture) -> None:
    source, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_text(BATCH[0] + "\n", encoding="utf-8")
    assert run(capsys, "ask", "--batch", str(source), "--out", str(out))[0] == 0
    assert len(out.read_text(encoding="utf-8").splitlines()) == 1


def test_a_plan_is_told_in_words_or_given_as_json(capsys: Capture) -> None:
    code, text, _ = run(capsys, "plan", "open-restaurant", "--answer", "business-form=company")
    assert (code, text.startswith("“开办餐饮店一件事”")) == (0, True)
    code, body, _ = run(capsys, "plan", "open-restaurant", "--answer", "business-form=company", "--json")
    plan = json.loads(body)
    assert (code, plan["theme_id"], plan["answers"]) == (0, "open-restaurant", {"business-form": "company"})
    assert "company-registration" in [i["item_id"] for stage in plan["stages"] for i in stage]


FORM = ("plan", "credit-query", "--answer", "credit-report-wrong=false")


def filled(folder: Path, **values: str) -> str:
    path = folder / "一张表.json"
    path.write_text(
        json.dumps({"theme": "credit-query", "values": {k.replace("__", "."): v for k, v in values.items()}})
    )
    return str(path)


@pytest.mark.parametrize("values, code, said", [
    ({"applicant__name": "王芳", "applicant__id-number": "410105198503020020", "matter__query-purpose": "贷款", "contact__phone": "13800138000"}, 0, "填好了，没有看出错。\n"),
    ({"applicant__name": "王芳"}, 3, "还有 3 栏没填：申请人·公民身份号码、办理内容·查询用途、联系方式·手机号或电话\n"),
    ({"applicant__name": "王芳1", "applicant__id-number": "410105198503020021", "matter__query-purpose": "贷款", "contact__phone": "1380013800", "child__name": "x"}, 1,
     "申请人·姓名：姓名至少两个字，只写汉字、字母和间隔号“·”\n申请人·公民身份号码：最后一位校验码不对，请对照证件一位一位核对\n"
     "联系方式·手机号或电话：请写11位手机号，或者带区号的电话，例如0371-12345678\nchild.name：这张表里没有这一栏\n"),
], ids=["whole", "missing", "faults"])  # fmt: skip
def test_a_filled_form_is_checked(
    values: dict[str, str], code: int, said: str, tmp_path: Path, capsys: Capture
) -> None:
    assert run(capsys, *FORM, "--form", filled(tmp_path, **values))[:2] == (code, said)


def test_a_file_that_is_no_form_of_this_life_event_is_bad_input(tmp_path: Path, capsys: Capture) -> None:
    path = tmp_path / "x.json"
    for content, said in (("[]", "不是填好的表"), ('{"theme": "newborn", "values": {}}', "是“newborn”的表")):
        path.write_text(content)
        code, out, err = run(capsys, *FORM, "--form", str(path))
        assert (code, out, said in err) == (2, "", True)


def test_a_chat_carries_the_talk_survives_bad_input_and_ends(monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("身份证丢了怎么补\n？？\n多少钱\n退出\n"))
    code, out, _ = run(capsys, "chat")
    assert (code, "40元" in out, "请写下您要办的事" in out, out.endswith("再见。\n")) == (0, True, True, True)


def test_a_chat_ends_with_its_input(monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    code, out, _ = run(capsys, "chat")
    assert (code, out.endswith("再见。\n")) == (0, True)


@pytest.mark.parametrize("text", ["2026-13-01", "明天", "2026/11/22"])
def test_a_date_is_written_one_way(text: str) -> None:
    with pytest.raises(BadInput, match=text):
        parse_date(text)
