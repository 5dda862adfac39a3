"""What a guide must have. A city's text that only says what differs from its province's is not asked for the rest."""

import re
from collections.abc import Iterator

from knowledge.lint.finding import ELEMENTS, GUIDE_FORM, OFFICE_115, Card, Fault, GuideCheck, guide_rule, text_rule
from knowledge.lint.shelf import Shelf
from knowledge.lint.views import GuideView, TextView
from knowledge.model import FIELD_LABELS, FieldName

PLACEHOLDER = re.compile(
    r"^[（(]?(?:无|暂无|没有|略|详见.{0,12}|见附件|待补充?|待定|待完善|null|none|n/?a|nan|测试|同上|[-—/\\.·*？?]+)[）)]?[。.]?$",
    re.IGNORECASE,
)
LICENSING_30 = "行政许可法第30条（公示依据、条件、期限、材料目录）"


def _filled(view: GuideView, field: FieldName) -> bool:
    guide = view.guide
    return bool(getattr(guide, field.value)) or any(rule.field == field for rule in guide.local)


def _missing(field: FieldName, remedy: str) -> GuideCheck:
    def check(view: GuideView, shelf: Shelf) -> Iterator[Fault]:
        """The field has something in it, here, in the larger place's text, or as locally published."""
        if not _filled(view, field) and not shelf.has_parent_text(view.guide):
            yield Fault(field.value, f"没有写{FIELD_LABELS[field]}", remedy)

    return check


missing_limit = guide_rule(
    Card("missing-limit", "写明办结时限", "warning", f"{OFFICE_115}；行政许可法第42条",
         good="自受理之日起15日", bad="（时限一栏空着）")
)(_missing(FieldName.LIMITS, "补上法定时限和条文；没有法定时限的，在 local 里写由谁公布"))  # fmt: skip
missing_fee = guide_rule(
    Card("missing-fee", "写明收不收费", "warning", f"{OFFICE_115}；行政许可法第58条",
         good="不收费（条例第6条）", bad="（收费一栏空着）")
)(_missing(FieldName.FEES, "补上收费项和依据；不收费的写 0 元和依据"))  # fmt: skip
missing_channel = guide_rule(
    Card("missing-channel", "写明去哪办、找谁问", "warning", OFFICE_115,
         good="派出所户籍窗口；12345", bad="（没有窗口、网址、电话）")
)(_missing(FieldName.CHANNELS, "补上窗口、线上入口或者咨询电话"))  # fmt: skip
missing_result = guide_rule(
    Card("missing-result", "写明办成后拿到什么", "warning", ELEMENTS, good="结果：居民身份证", bad="（结果一栏空着）")
)(_missing(FieldName.RESULTS, "在 results 里写办理结果的材料种类"))  # fmt: skip
missing_materials = guide_rule(
    Card("missing-materials", "写明申请材料", "warning", f"{OFFICE_115}；{LICENSING_30}",
         good="身份证、照片", bad="（材料一栏空着）")
)(_missing(FieldName.MATERIALS, "补上材料；确实不要材料的，在 local 或说明里写明"))  # fmt: skip
missing_steps = guide_rule(
    Card("missing-steps", "写明办理流程", "warning", f"{OFFICE_115}；{GUIDE_FORM}",
         good="申请、受理、审查、决定、领证", bad="（流程一栏空着）")
)(_missing(FieldName.STEPS, "补上每一步做什么"))  # fmt: skip
missing_conditions = guide_rule(
    Card("missing-conditions", "写明受理条件", "warning", f"{OFFICE_115}；{LICENSING_30}",
         good="年满16周岁", bad="（条件一栏空着）")
)(_missing(FieldName.CONDITIONS, "补上谁能办、什么情况能办"))  # fmt: skip


@guide_rule(Card(
    "missing-basis", "至少引用一条依据", "warning", f"{OFFICE_115}；{LICENSING_30}；{ELEMENTS}",
    good="居民身份证法第11条", bad="（全文没有引用一条法律或文件）",
))  # fmt: skip
def missing_basis(view: GuideView, shelf: Shelf) -> Iterator[Fault]:
    """A guide rests on at least one clause."""
    if not any(item.basis for _, item in view.parts) and not shelf.has_parent_text(view.guide):
        yield Fault("bases", "全文没有引用一条依据", "把依据入库，在各字段的 basis 里引用条文")


@guide_rule(Card(
    "missing-sayings", "写几句口语说法", "warning", ELEMENTS + "：日常用语",
    good="身份证丢了、补身份证", bad="（只有文件上的名称）",
))  # fmt: skip
def missing_sayings(view: GuideView, shelf: Shelf) -> Iterator[Fault]:
    """People do not know the official name; at least one saying or alias leads them here."""
    if not view.guide.sayings and not shelf.has_parent_text(view.guide):
        yield Fault("sayings", "没有口语说法，老百姓的话找不到这份指南", "写三五句人们平常的说法")


@guide_rule(Card(
    "missing-summary", "用一句话说清是什么事", "warning", GUIDE_FORM,
    good="居民身份证丢失的，应当申请补领新证。", bad="居民身份证补领",
))  # fmt: skip
def missing_summary(view: GuideView, shelf: Shelf) -> Iterator[Fault]:
    """A summary says more than the name."""
    text = view.guide.summary.text
    if PLACEHOLDER.match(text) or text.rstrip("。 ") in {view.guide.name, *view.guide.aliases} or len(text) < 6:
        yield Fault("summary", f"概述“{text}”没有说清是什么事", "用一句话写：谁、在什么情况下、办什么")


@text_rule(Card(
    "placeholder", "不用“无”“详见附件”占位", "warning", OFFICE_115,
    good="（没有的字段就不写）", bad="办理流程：详见附件",
))  # fmt: skip
def placeholder(view: TextView, shelf: Shelf) -> Iterator[Fault]:
    """A field that has nothing is left out, not filled with a stand-in."""
    for where, text in view.texts:
        if PLACEHOLDER.match(text) and not where.startswith(("summary", "options")):
            yield Fault(where, f"“{text}”只是占位", "写出内容，或者删掉这一项")


RULES = (
    missing_limit, missing_fee, missing_channel, missing_result, missing_materials, missing_steps, missing_conditions,
    missing_basis, missing_sayings, missing_summary, placeholder,
)  # fmt: skip
