"""The loader: the shipped library as it is, and every way to break a file told in Chinese, all at once."""

from datetime import date
from pathlib import Path

import pytest

from knowledge.errors import Finding, LibraryError
from knowledge.lint.rules import lint
from knowledge.model import Library
from knowledge.sources.library import load_library

CITIES = (
    "郑州 开封 洛阳 平顶山 安阳 鹤壁 新乡 焦作 濮阳 许昌 漯河 三门峡 南阳 商丘 信阳 周口 驻马店 济源".split()
)  # fmt: skip


def findings_of(root: Path) -> set[Finding]:
    with pytest.raises(LibraryError) as caught:
        load_library(root)
    return set(caught.value.findings)


def test_the_shipped_library_is_as_large_as_promised(library: Library) -> None:
    assert len(library.guides) >= 120
    assert len(library.documents) >= 60
    assert len(library.themes) >= 28
    assert {"newborn", "open-restaurant"} <= {theme.theme_id for theme in library.themes}


def test_every_number_of_the_shipped_library_is_traced_and_every_reference_exists(library: Library) -> None:
    assert [finding for finding in lint(library, date(2026, 11, 22)) if finding.severity == "error"] == []


def test_every_city_of_henan_is_known_and_belongs_to_the_province(library: Library) -> None:
    cities = {place.name.removesuffix("市"): place.parent for place in library.jurisdictions if place.level == "city"}
    assert cities == dict.fromkeys(CITIES, "410000")
    assert len(CITIES) == 18


def test_every_place_has_its_own_code_and_a_known_parent(library: Library) -> None:
    codes = [place.adcode for place in library.jurisdictions]
    assert len(set(codes)) == len(codes)
    assert {place.parent for place in library.jurisdictions} - {None} <= set(codes)
    assert [place.name for place in library.jurisdictions if place.parent is None] == ["河南省"]


def test_functional_zones_are_marked_by_their_codes(library: Library) -> None:
    for place in library.jurisdictions:
        assert place.zone == (place.level == "county" and place.adcode[4:] in {"71", "72", "73"}), place


def test_every_guide_and_theme_names_its_sources_and_the_day_it_was_checked(library: Library) -> None:
    for text in (*library.guides, *library.themes):
        assert text.sources, text
        assert date(2026, 1, 1) <= text.checked_on <= date(2026, 12, 31), text.name


@pytest.mark.parametrize("field", ["guides", "themes", "bases", "documents", "facts", "families"])
def test_every_id_is_given_once(library: Library, field: str) -> None:
    names = {
        "guides": "guide_id",
        "themes": "theme_id",
        "bases": "basis_id",
        "documents": "kind_id",
        "facts": "fact_id",
        "families": "family_id",
    }
    ids = [getattr(item, names[field]) for item in getattr(library, field)]
    assert ids
    assert len(set(ids)) == len(ids)


def test_six_faults_in_six_files_are_told_together(root: Path) -> None:
    def put(file: str, old: str, new: str) -> None:
        path = root / file
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    put("guides/410000/card-renew.yaml", "authority: 公安机关\n", "")
    put("guides/410000/card-reissue.yaml", "within: 60 日", "within: 六十天")
    put("guides/410000/birth-hukou.yaml", "form: original_and_copy", "form: paper")
    put("themes/newborn.yaml", "name: 新生儿出生一件事", "titel: 新生儿\nname: 新生儿出生一件事")
    put("bases/card-law.yaml", "number: 主席令第51号", "number: 主席令第51号\nadopted_on: 去年")
    put("facts.yaml", "has-child: {label: 有没有孩子, ", "has-child: {")
    found = findings_of(root)
    assert {(f.file, f.field) for f in found} == {
        ("guides/410000/card-renew.yaml", "authority"),
        ("guides/410000/card-reissue.yaml", "limits.0.within.Quantity"),
        ("guides/410000/card-reissue.yaml", "limits.0.within.literal['当场','当日']"),
        ("guides/410000/birth-hukou.yaml", "materials.1.form"),
        ("themes/newborn.yaml", "titel"),
        ("bases/card-law.yaml", "adopted_on"),
        ("facts.yaml", "has-child.label"),
    }
    problems = {f.field: f.problem for f in found}
    assert problems["authority"] == problems["has-child.label"] == "缺少这一项"
    assert problems["titel"] == "不认识的字段名，请对照 knowledge/model.py"
    assert problems["limits.0.within.Quantity"] == "“六十天”不是“数字+单位”，例如“20 工作日”“120 元/本”"
    assert problems["adopted_on"] == "日期应写成 2026-11-22"
    assert problems["materials.1.form"].startswith("不在允许的取值之内：'original'")


def test_the_message_lists_every_finding_with_file_and_field(root: Path) -> None:
    (root / "themes/newborn.yaml").write_text("", encoding="utf-8")
    (root / "facts.yaml").unlink()
    with pytest.raises(LibraryError) as caught:
        load_library(root)
    assert str(caught.value) == (
        "指南库有 2 处错误，改正后再试：\n"
        "  - themes/newborn.yaml · 整个文件：文件是空的\n"
        "  - facts.yaml · 整个文件：缺少这个文件"
    )


WHOLE_FILES = {
    "重复的键": ("themes/newborn.yaml", "name: 甲\nname: 乙\n", "第 2 行", "YAML 写法有误（重复的键 name）"),
    "深处重复的键": ("documents.yaml", "a: [甲, 乙, {note: x, note: y}]\n", "第 1 行", "YAML 写法有误（重复的键 note）"),
    "文件是列表": ("documents.yaml", "- a\n", "", "应写成“编号: 内容”的对照表"),
    "一行缺项": ("documents.yaml", "photo: 照片\n", "photo", "写法不对，请照文件开头的说明写"),
    "一行不是对象": ("facts.yaml", "age: 3\n", "age", "写法不对，请照文件开头的说明写"),
    "指南是列表": ("guides/410000/card-renew.yaml", "- a\n", "", "应写成“字段: 内容”"),
    "控制字符": ("themes/newborn.yaml", "name: a\x01b\n", "", "含有不允许的控制字符"),
    "词表是列表": ("lexicon.yaml", "[a]\n", "", "应写成“字段: 内容”"),
}  # fmt: skip


@pytest.mark.parametrize(("file", "text", "field", "problem"), WHOLE_FILES.values(), ids=WHOLE_FILES)
def test_a_file_broken_as_a_whole_is_named(root: Path, file: str, text: str, field: str, problem: str) -> None:
    (root / file).write_text(text, encoding="utf-8")
    assert findings_of(root) == {Finding(file, field, problem)}


def test_yaml_that_does_not_parse_is_told_by_line(root: Path) -> None:
    (root / "facts.yaml").write_text("age: {label: 年龄\nnext: 1\n", encoding="utf-8")
    (finding,) = findings_of(root)
    assert (finding.file, finding.field) == ("facts.yaml", "第 2 行")


@pytest.mark.parametrize("file", ["guides/410000/card-renew.yaml", "facts.yaml", "jurisdictions.csv", "lexicon.yaml"])
def test_a_file_in_another_encoding_is_named(root: Path, file: str) -> None:
    (root / file).write_bytes((root / file).read_text(encoding="utf-8").encode("gb18030"))
    assert findings_of(root) == {Finding(file, "", "不是 UTF-8 编码，请另存为 UTF-8")}


@pytest.mark.parametrize("old, new, place", [
    ("guides/410000/card-renew.yaml", "guides/410000/renew.yaml", "guides/410000/card-renew.yaml"),
    ("guides/410000/card-renew.yaml", "guides/410100/card-renew.yaml", "guides/410000/card-renew.yaml"),
    ("guides/410000/card-renew.yaml", "guides/card-renew.yaml", "guides/410000/card-renew.yaml"),
    ("themes/newborn.yaml", "themes/old-newborn.yaml", "themes/newborn.yaml"),
    ("bases/card-law.yaml", "bases/laws/card-law.yaml", "bases/card-law.yaml"),
], ids=["改名", "换地区", "少一层", "多个前缀", "多一层"])  # fmt: skip
def test_a_file_in_the_wrong_place_is_told_where_it_belongs(root: Path, old: str, new: str, place: str) -> None:
    (root / new).parent.mkdir(exist_ok=True)
    (root / old).rename(root / new)
    assert findings_of(root) == {Finding(new, "", f"文件位置与内容不符，应放在 {place}")}


def test_a_table_saved_by_excel_loads_the_same(root: Path, small: Library) -> None:
    path = root / "jurisdictions.csv"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert load_library(root) == small


def test_a_table_without_its_columns_is_told_which(root: Path) -> None:
    (root / "jurisdictions.csv").write_text("adcode,name\n410000,河南省\n", encoding="utf-8")
    assert findings_of(root) == {Finding("jurisdictions.csv", "410000.level", "缺少这一项")}


def test_an_old_rule_whose_wording_is_no_pattern_is_named(root: Path) -> None:
    path = root / "outdated.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("pattern: 登报", 'pattern: "登报("'), encoding="utf-8")
    (finding,) = findings_of(root)
    assert (finding.file, finding.field) == ("outdated.yaml", "old-card-form.pattern")
    assert finding.problem.startswith("“登报(”不是正则表达式（")


def test_a_folder_that_is_not_there_lacks_every_table(tmp_path: Path) -> None:
    assert findings_of(tmp_path / "nowhere") == {
        Finding(file, "", "缺少这个文件")
        for file in (
            "documents.yaml",
            "facts.yaml",
            "families.yaml",
            "jurisdictions.csv",
            "lexicon.yaml",
            "outdated.yaml",
            "uncovered.yaml",
            "form_sections.yaml",
            "form_fields.yaml",
            "item_forms.yaml",
        )
    }
