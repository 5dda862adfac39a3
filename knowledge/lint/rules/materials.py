"""申请材料: named, each once, with an issuer, and never “other materials”."""

import re
from collections import defaultdict
from collections.abc import Iterator

from knowledge.lint.finding import DESIGN, ELEMENTS, OFFICE_115, Card, Fault, guide_rule, library_rule
from knowledge.lint.shelf import Shelf
from knowledge.lint.views import GuideView

CATCH_ALL = re.compile(
    r"(?:其他|其它|另外|别的)(?:需要|需|应当|应|要|必要|必需|有关|相关|法律法规规定的|规定|要求)*(?:提交|提供|出具|补充|携带)?的?"
    r"(?:有关|相关|证明|申请|辅助|补充|必要|佐证)*(?:材料|资料|文件|证件|证明)"
    r"|(?:有关|相关)(?:部门|机关|单位|窗口|工作人员)(?:要求|规定|认为(?:需要|应当))(?:提交|提供)?的(?:其他|其它)?(?:有关|相关)?(?:材料|资料|文件)"
)
NO_ISSUER = {"", "无", "暂无", "/", "-", "—", "不详", "其他", "待补", "待定"}


@guide_rule(Card(
    "catch-all-material", "材料没有“其他材料”兜底", "error", OFFICE_115 + "；行政许可法第31条；优化营商环境条例第35条",
    good="离婚证，或者人民法院的离婚调解书", bad="法律法规规定的其他材料",
))  # fmt: skip
def catch_all_material(view: GuideView, shelf: Shelf) -> Iterator[Fault]:
    """A list of materials is a list: no 其他材料 in a kind, a note or a condition."""
    for index, material in enumerate(view.guide.materials):
        kind = shelf.kinds.get(material.kind)
        for text in (kind.name if kind else None, material.note, material.condition):
            if text and (match := CATCH_ALL.search(text)):
                yield Fault(f"materials[{index}]", f"兜底材料：“{match[0]}”", "写明是哪几种材料，写不出的删去")
                break


@guide_rule(Card(
    "duplicate-material", "同一份材料只列一次", "error", ELEMENTS,
    good="居民身份证（原件和复印件）", bad="居民身份证；居民身份证",
))  # fmt: skip
def duplicate_material(view: GuideView, shelf: Shelf) -> Iterator[Fault]:
    """A kind stands once for one case and one person; a note or a condition tells them apart."""
    seen: dict[tuple[object, ...], int] = {}
    for index, material in enumerate(view.guide.materials):
        key = (material.kind, material.condition, material.note, material.when)
        if key in seen:
            kind = shelf.kinds.get(material.kind)
            name = kind.name if kind else material.kind
            yield Fault(f"materials[{index}]", f"“{name}”和第{seen[key] + 1}项重复", "合并成一项；是不同人的写在说明里")
        seen.setdefault(key, index)


@guide_rule(Card(
    "substitute-itself", "替代材料不能是它自己", "error", ELEMENTS,
    good="身份证，可用临时身份证代替", bad="身份证，可用身份证代替",
))  # fmt: skip
def substitute_itself(view: GuideView, shelf: Shelf) -> Iterator[Fault]:
    """What may stand in for a paper is another paper, named once."""
    for index, material in enumerate(view.guide.materials):
        if material.kind in material.substitutes or len(set(material.substitutes)) < len(material.substitutes):
            yield Fault(f"materials[{index}]", "替代材料里有它自己，或者写了两遍", "删去多余的一项")


@guide_rule(Card(
    "unspoken-condition", "有条件的材料用话说清什么时候要", "warning", ELEMENTS,
    good="委托别人办的，带授权委托书", bad="授权委托书（只有机器条件，人看不到什么时候要）",
))  # fmt: skip
def unspoken_condition(view: GuideView, shelf: Shelf) -> Iterator[Fault]:
    """What the computer decides is also said in words."""
    for index, material in enumerate(view.guide.materials):
        if material.when is not None and not material.condition:
            yield Fault(f"materials[{index}]", "声明了机器条件，没有用文字说什么时候要", "在 condition 里写一句")


@library_rule(Card(
    "material-issuer", "材料种类写明由谁出具", "warning", ELEMENTS,
    good="出生医学证明：助产机构", bad="出生医学证明：（空）",
))  # fmt: skip
def material_issuer(shelf: Shelf) -> Iterator[Fault]:
    """Every kind of paper says where one gets it."""
    for kind in shelf.library.documents:
        if (kind.issuer or "").strip() in NO_ISSUER:
            yield Fault(kind.kind_id, f"“{kind.name}”没有写由谁出具", "写出具的机关或单位", "documents.yaml")


@library_rule(Card(
    "duplicate-document", "一种材料只有一个种类", "error", DESIGN,
    good="结婚证：别名“结婚证书”", bad="结婚证、婚姻证两个种类都叫“结婚证书”",
))  # fmt: skip
def duplicate_document(shelf: Shelf) -> Iterator[Fault]:
    """One name or alias points to one kind: two kinds would be asked for twice in one plan."""
    holders: dict[str, list[str]] = defaultdict(list)
    for kind in shelf.library.documents:
        for name in {kind.name, *kind.aliases}:
            holders[name].append(kind.kind_id)
    for name, kinds in holders.items():
        for kind_id in kinds[1:]:
            yield Fault(
                kind_id, f"“{name}”同时是 {'、'.join(kinds)} 的名字", "合并成一个种类，或只留一处", "documents.yaml"
            )


RULES = (
    catch_all_material, duplicate_material, substitute_itself, unspoken_condition, material_issuer, duplicate_document,
)  # fmt: skip
