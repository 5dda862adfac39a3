"""`python -m knowledge`, called as main(argv): exit codes, and that every word to the operator is Chinese."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from knowledge import __main__ as cli
from knowledge.catalog import Catalog
from knowledge.index.embedding import Embedder
from knowledge.index.generation import REMEDY, GenerationStore
from knowledge.model import Library
from knowledge.show import guide_text

SMALL = Path(__file__).parent / "small_library"


class Run(NamedTuple):
    code: int
    out: str
    err: str


Command = Callable[..., Run]


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Command:
    """Run one command on an empty data folder and the small library."""

    def call(*argv: str) -> Run:
        capsys.readouterr()
        try:
            code = cli.main(["--data-dir", str(tmp_path / "data"), "--library", str(SMALL), *argv])
        except SystemExit as left:
            code = int(left.code or 0)
        return Run(code, *capsys.readouterr())

    return call


@pytest.fixture
def with_model(monkeypatch: pytest.MonkeyPatch, embedder: Embedder) -> None:
    """The fake embedder stands where the prepared model would."""
    monkeypatch.setattr(cli, "open_embedder", lambda spec, folder: embedder)


@pytest.fixture
def ready(with_model: None, tmp_path: Path, small: Library, embedder: Embedder) -> GenerationStore:
    """One published generation of the small library."""
    store = GenerationStore(tmp_path / "data")
    store.build(small, embedder)
    store.publish()
    return store


def test_help_teaches_in_chinese_by_example(run: Command) -> None:
    code, out, err = run("--help")
    assert (code, err) == (0, "")
    assert out.startswith("用法：")
    for line in (
        "命令和参数",
        "选项",
        "python -m knowledge prepare-model",
        "python -m knowledge search 身份证丢了 --city 郑州",
    ):
        assert line in out
    assert not re.search(r"usage|positional|options:|show this", out)
    for command in cli.COMMANDS:
        assert command in out


def test_the_examples_of_the_help_name_real_commands_and_items(library: Library) -> None:
    commands = re.findall(r"python -m knowledge (\S+)", cli.EXAMPLES)
    assert set(commands) <= set(cli.COMMANDS)
    shown = re.findall(r"knowledge show (\S+)", cli.EXAMPLES) + [cli.NEEDS_WORDS["show"][1]]
    assert set(shown) <= {guide.item_id for guide in library.guides}


@pytest.mark.parametrize("argv, message", [
    ([], "命令写得不对：缺少参数 command。运行 python -m knowledge --help 看说明。"),
    (["dance"], "没有这个选择 'dance'"),
    (["lint", "--colour"], "不认识的参数 --colour"),
    (["search", "x", "-k", "many"], "应为整数 'many'"),
    (["search", "x", "--city"], "后面要跟一个值"),
    (["search"], "search 后面要写要查的话，例如：python -m knowledge search 身份证丢了"),
    (["show"], "show 后面要写事项编号，例如：python -m knowledge show id-card-reissue"),
    (["publish", "last"], "版本号应为整数，不是“last”，例如：python -m knowledge publish 3"),
], ids=["没有命令", "没有的命令", "没有的选项", "k不是整数", "缺值", "search无词", "show无词", "版本号"])  # fmt: skip
def test_wrong_usage_is_told_in_chinese_with_exit_code_2(run: Command, argv: list[str], message: str) -> None:
    code, out, err = run(*argv)
    assert (code, out) == (2, "")
    assert message in err
    assert "Traceback" not in err


def test_a_library_without_errors_passes_its_check(run: Command) -> None:
    code, out, err = run("lint", "guides/410000/card-reissue.yaml", "--as-of", "2026-11-22")
    assert (code, out, err) == (
        2,
        "",
        "没有 guides/410000/card-reissue.yaml。写一个指南库文件夹，或者里面的一个文件夹、一份 YAML\n",
    )
    code, out, err = run("lint", "--as-of", "2026-11-22")
    assert (code, err) == (0, "")
    assert out.splitlines()[-1].startswith("体检完成：错误 0 处，提醒 ")


@pytest.mark.parametrize("form, start", [("csv", "\ufeff级别"), ("sarif", "{"), ("html", "<!doctype html>")])
def test_a_report_is_written_to_a_file_and_the_sum_is_said(run: Command, tmp_path: Path, form: str, start: str) -> None:
    path = tmp_path / f"报告.{form}"
    code, out, err = run("lint", "--format", form, "--out", str(path), "--as-of", "2026-11-22")
    assert (code, out) == (0, f"报告写在 {path}\n")
    assert err.startswith("体检完成：错误 0 处")
    assert path.read_text(encoding="utf-8").startswith(start)


def test_one_guide_of_a_library_is_checked_alone(run: Command, root: Path) -> None:
    code, out, _ = run("lint", str(root / "guides/410000/card-reissue.yaml"), "--as-of", "2026-11-22")
    assert (code, out) == (0, "体检完成：错误 0 处，提醒 0 处\n")
    assert "card-renew" in run("lint", str(root / "guides"), "--as-of", "2026-11-22").out


def test_an_unknown_report_form_and_a_folder_elsewhere_are_usage_faults(run: Command, tmp_path: Path) -> None:
    assert run("lint", "--format", "pdf") == Run(2, "", "lint 的 --format 没有“pdf”，可选 text、csv、sarif、html\n")
    assert run("lint", str(tmp_path)).err == f"{tmp_path} 不在一个指南库里（指南库文件夹里有 jurisdictions.csv）\n"
    code, _, err = run("lint", "--out", str(tmp_path / "no/where.txt"))
    assert (code, err.startswith("写不进 ")) == (2, True)


def test_the_shipped_library_passes_its_check(run: Command) -> None:
    assert "体检完成：错误 0 处" in run("--library", str(cli.LIBRARY), "lint").out


def test_a_defect_is_listed_and_nothing_is_built(run: Command, root: Path, with_model: None) -> None:
    path = root / "guides/410000/card-reissue.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("40 元/证", "45 元/证"), encoding="utf-8")
    code, out, _ = run("--library", str(root), "lint")
    assert code == 1
    assert out.splitlines()[-1].startswith("体检完成：错误 1 处，")
    assert "[错误] value-in-clause · guides/410000/card-reissue.yaml · fees[0]" in out
    code, out, _ = run("--library", str(root), "build")
    assert code == 1
    assert "有 1 处错误，没有生成。改正后再运行 build。" in out
    assert "没有可发布的版本" in run("publish").err


def test_a_broken_library_is_told_by_file_and_field(run: Command, root: Path) -> None:
    shutil.rmtree(root / "themes")
    (root / "facts.yaml").unlink()
    assert run("--library", str(root), "lint") == Run(
        2, "", "指南库有 1 处错误，改正后再试：\n  - facts.yaml · 整个文件：缺少这个文件\n"
    )


def test_a_folder_without_library_is_no_crash(run: Command, tmp_path: Path) -> None:
    code, _, err = run("--library", str(tmp_path / "nowhere"), "lint")
    assert code == 2
    assert "jurisdictions.csv · 整个文件：缺少这个文件" in err


@pytest.mark.parametrize(
    "argv", [["build"], ["search", "身份证丢了"], ["show", "card-reissue"]], ids=lambda argv: argv[0]
)
def test_without_a_model_one_is_told_to_prepare_it(run: Command, argv: list[str]) -> None:
    code, _, err = run(*argv)
    assert code == 2
    assert re.search("没有找到准备好的向量模型（.*）。请运行 python -m knowledge prepare-model", err)


@pytest.mark.parametrize("argv", [["search", "身份证丢了"], ["show", "card-reissue"]], ids=lambda argv: argv[0])
def test_without_a_generation_one_is_told_to_build_and_publish(run: Command, with_model: None, argv: list[str]) -> None:
    message = "还没有发布过指南库，请先运行 python -m knowledge build，再运行 python -m knowledge publish\n"
    assert run(*argv) == Run(2, "", message)


def test_build_publish_and_roll_back_say_their_number(run: Command, with_model: None) -> None:
    assert run("build").out == "生成了版本 1：指南 6 份，一件事 1 个。运行 publish 发布。\n"
    assert run("publish") == Run(0, "已发布版本 1\n", "")
    assert run("rollback") == Run(
        2, "", "没有更早发布过的版本可以退回；可以用 python -m knowledge publish 加版本号指定一个\n"
    )
    run("build")
    assert run("publish", "2").out == "已发布版本 2\n"
    assert run("rollback").out == "已退回版本 1\n"
    assert run("publish", "9").err.startswith("没有可发布的版本 9（现有：1、2）")


def test_search_lists_hits_with_their_reasons(run: Command, ready: GenerationStore) -> None:
    code, out, err = run("search", "身份证丢了", "--city", "新郑")
    assert (code, err) == (0, "")
    assert re.match(r"1\.000  居民身份证补领  410100/card-reissue（余弦 1\.000，词语 100%）\n", out)


def test_search_finds_themes_by_name(run: Command, ready: GenerationStore) -> None:
    assert "新生儿出生一件事  theme:newborn" in run("search", "刚生了娃要办啥").out


def test_search_by_date_finds_what_was_in_force(run: Command, ready: GenerationStore) -> None:
    assert "410000/elderly-permit" in run("search", "办老年证", "--as-of", "2025-06-01").out
    assert "410000/elderly-permit" not in run("search", "办老年证", "--as-of", "2026-06-01").out


def test_nothing_found_is_no_fault(run: Command, ready: GenerationStore) -> None:
    assert run("search", "？") == Run(0, "没有找到。换个说法试试，或用 lint 看看指南库是否完整。\n", "")


@pytest.mark.parametrize("command", [["search", "身份证"], ["show", "card-reissue"]], ids=lambda argv: argv[0])
def test_an_unknown_city_is_told(run: Command, ready: GenerationStore, command: list[str]) -> None:
    message = "不认识的地区“北京”，请写河南的省辖市或县区名，例如“郑州”“新郑”\n"
    assert run(*command, "--city", "北京") == Run(2, "", message)


def test_an_unknown_item_is_told(run: Command, ready: GenerationStore) -> None:
    assert run("show", "moon-walk") == Run(2, "", "指南库里没有事项 moon-walk（地区 410000）\n")


def test_show_prints_every_field_with_its_clause(run: Command, ready: GenerationStore) -> None:
    code, out, _ = run("show", "card-reissue")
    assert code == 0
    assert out == (
        "居民身份证补领（410000/card-reissue）\n适用：河南省　主管：公安机关\n口语：身份证丢了、身份证不见了\n"
        "【说明】\n  - 居民身份证丢失的，应当申请补领新证。　[《居民身份证法》（主席令第51号）第12条]\n"
        "【受理条件】\n  - 居民身份证丢失。　[《居民身份证法》（主席令第51号）第12条]\n"
        "【申请材料】\n  - 居民户口簿（原件，可用居民身份证代替）。　[《居民身份证法》（主席令第51号）第12条]\n"
        "【办理流程】\n  - 到派出所窗口申请（以窗口为准）。　[通行做法，未核到原文]\n"
        "【办结时限】\n  - 法定时限60日。　[《居民身份证法》（主席令第51号）第12条]\n"
        "【收费】\n  - 补领工本费40元/证。　[《居民身份证法》（主席令第51号）]\n"
        "【有效期】\n  - 有效期10年。　[《居民身份证法》（主席令第51号）]\n"
        "【办理渠道】\n  - 窗口：派出所户籍窗口（以窗口为准）。　[通行做法，未核到原文]\n"
        "【办理结果】\n  - 办完拿到：居民身份证。　[已核对原文]\n"
        "【以当地公布为准】\n  - 各派出所的上班时间（当地公安机关公布）\n"
        "来源：居民身份证法　核对日期：2026-11-22　已核对原文\n"
    )


def test_show_prints_the_city_s_own_text(run: Command, ready: GenerationStore) -> None:
    assert run("show", "card-reissue", "--city", "郑州").out.startswith(
        "居民身份证补领（410100/card-reissue）\n适用：郑州市"
    )


def test_show_takes_a_guide_by_its_id(run: Command, ready: GenerationStore) -> None:
    assert run("show", "410100/card-reissue").out.startswith("居民身份证补领（410100/card-reissue）\n适用：郑州市")
    assert run("show", "410100/card-reissue@2027-01-01") == Run(2, "", "指南库里没有 410100/card-reissue@2027-01-01\n")


def test_show_is_of_today(run: Command, ready: GenerationStore) -> None:
    code, out, err = run("show", "elderly-permit")
    assert (code, out) == (2, "")
    assert re.fullmatch("指南库里没有事项 elderly-permit（地区 410000，日期 .*，各份指南都不在施行期间）\n", err)
    assert "施行：2025-01-01 至 2025-12-31" in run("show", "elderly-permit", "--as-of", "2025-06-01").out


def test_every_guide_of_the_shipped_library_can_be_shown(library: Library) -> None:
    catalog = Catalog(library)
    for guide in library.guides:
        text = guide_text(catalog.resolve(guide.item_id, guide.jurisdiction), catalog)
        assert text.startswith(f"{guide.name}（{guide.guide_id}）\n"), guide.guide_id


def test_a_damaged_generation_is_served_by_the_one_before_with_a_word(
    run: Command, ready: GenerationStore, small: Library, embedder: Embedder
) -> None:
    ready.build(small, embedder)
    ready.publish()
    (ready.folder / "2/docs.npy").write_text("[]", encoding="utf-8")
    code, out, err = run("search", "身份证丢了")
    told = f"注意：版本 2 的文件 docs.npy 缺失或损坏\n注意：现在用的是以前发布的版本 1；{REMEDY}\n"
    assert (code, err) == (0, told)
    assert "410000/card-reissue" in out


def test_an_interrupted_command_says_that_nothing_changed(run: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(args: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setitem(cli.COMMANDS, "lint", interrupted)
    assert run("lint") == Run(1, "", "\n已停下，没有改动已发布的内容。\n")
