"""Wording: short sentences in plain simplified Chinese, without remains of web pages."""

import re
from collections.abc import Iterator

from knowledge.lint.finding import GUIDE_FORM, OFFICE_115, Card, Fault, guide_rule, text_rule
from knowledge.lint.shelf import Shelf
from knowledge.lint.views import GuideView, TextView

LONGEST = 120  # characters between full stops
_SENTENCE = re.compile(r"[^。；！？\n]+")
_LATIN = re.compile(r"[A-Za-z][A-Za-z'’-]{2,}(?:\s+[A-Za-z'’-]+)*")
_HOST = re.compile(r"(?:https?://)?[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+(?:/\S*)?")
_LATIN_FINE = re.compile(
    r"^(?:app|https?|www|pdf|word|excel|jpg|jpeg|png|ofd|wifi|atm|pos|etc|vip|ems|sim|nfc|lpg|lng|cng|usb|key|ukey|ca|vin|ccc|gps|hiv|ktv|mpr|lng)$",
    re.IGNORECASE,
)
_TRADITIONAL = re.compile("[證辦請繳費戶國齡醫險業務單號碼電話點從應當會場發開關還這個為與處對時間給過進達運動產學習機構長門間問題員資訊網線級終結論證書車輛駛馬買賣貨財貸質購銷錄鎮際陽隊離難雙雜類額願顧飛餘館驗體黨齊]")  # fmt: skip
_UNUSUAL = re.compile(rf"[A-Za-z]{{3}}|{_TRADITIONAL.pattern}")
_MARKUP = re.compile(r"</?(?:p|br|div|span|a|b|i|u|strong|em|table|t[rdh]|tbody|ul|ol|li|font|img|style|script|h\d|o:p)\b[^>]*>|&(?:nbsp|lt|gt|amp|quot|ldquo|rdquo|#\d+);|\{\{|\}\}|\\[nrt]", re.IGNORECASE)  # fmt: skip
_VAGUE = re.compile(
    r"(?:法律、?法规|法律、?行政法规|有关规定|相关规定|国家|规章)[^，。；]{0,8}规定的其[他它](?:相关|有关)?(?:条件|情形|要求)"
    r"|^(?:其[他它](?:相关|有关)?(?:条件|情形|要求)|符合(?:相关|有关|国家)?(?:法律、?法规|法律法规|政策|规定)?(?:规定)?的?(?:相关|有关)?(?:规定|要求|条件)的?)[。.]?$"
)


@text_rule(Card(
    "long-sentence", f"一句话不超过{LONGEST}个字", "warning", GUIDE_FORM + "：语言简明",
    good="两三句短话", bad="一句两百字，一逗到底",
))  # fmt: skip
def long_sentence(view: TextView, shelf: Shelf) -> Iterator[Fault]:
    """A sentence can be read in one breath."""
    for where, text in view.texts:
        if len(text) > LONGEST:
            for sentence in _SENTENCE.findall(text):
                if len(sentence.strip()) > LONGEST:
                    yield Fault(
                        where, f"一句话有{len(sentence.strip())}个字：“{sentence.strip()[:20]}…”", "拆成几句短话"
                    )


@text_rule(Card(
    "foreign-script", "用规范汉字，不夹英文和繁体", "warning", "国家通用语言文字法第9条",
    good="缴纳工本费", bad="繳納工本費；submit application",
))  # fmt: skip
def foreign_script(view: TextView, shelf: Shelf) -> Iterator[Fault]:
    """Guides are written in standard characters; names such as App may stay."""
    if not _UNUSUAL.search(view.whole):
        return
    for where, text in view.texts:
        if found := _TRADITIONAL.search(text):
            yield Fault(where, f"有繁体字“{found[0]}”", "改成规范汉字")
        if where.startswith(("aliases", "sayings", "sources")):  # a source is cited by its own title
            continue
        for match in _LATIN.finditer(_HOST.sub("", text)):
            if not _LATIN_FINE.match(match[0]):
                yield Fault(where, f"夹了英文“{match[0]}”", "写成中文")


@text_rule(Card(
    "markup", "没有网页代码的残留", "error", OFFICE_115,
    good="到窗口申请。", bad="<p>到窗口申请。&nbsp;</p>",
))  # fmt: skip
def markup(view: TextView, shelf: Shelf) -> Iterator[Fault]:
    """A text is a text, not a piece of a web page."""
    if not _MARKUP.search(view.whole):
        return
    for where, text in view.texts:
        if found := _MARKUP.search(text):
            yield Fault(where, f"有网页代码“{found[0]}”", "只留文字")


@guide_rule(Card(
    "catch-all-condition", "条件没有“其他条件”兜底", "warning", OFFICE_115 + "；行政许可法第30条",
    good="年满16周岁", bad="法律法规规定的其他条件",
))  # fmt: skip
def catch_all_condition(view: GuideView, shelf: Shelf) -> Iterator[Fault]:
    """A condition that says “other conditions” tells nobody whether they may apply."""
    for index, condition in enumerate(view.guide.conditions):
        if match := _VAGUE.search(condition.text):
            yield Fault(f"conditions[{index}]", f"兜底条件：“{match[0]}”", "写明是什么条件，写不出的删去")


RULES = (long_sentence, foreign_script, markup, catch_all_condition)
