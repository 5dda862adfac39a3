"""办理渠道: a phone that can be dialled, a link that is the government's own."""

import re
from collections.abc import Iterator

from knowledge.lint.finding import DESIGN, ELEMENTS, OFFICE_115, Card, Fault, guide_rule, library_rule
from knowledge.lint.shelf import Shelf
from knowledge.lint.views import GuideView

# Short codes, service numbers, 400/800, area code + number (+ extension), mobile; several are parted by 、 or /.
_DIALABLE = re.compile(
    r"^(?:\+?86[- ]?)?(?:11\d|12[0-2]|1[0-2]\d{3}|9[56]\d{3,4}|[48]00[- ]?\d{3,4}[- ]?\d{3,4}"
    r"|[（(]?0\d{2,3}[)）]?[-－—– ]?\d{7,8}(?:(?:转|[-－—]|ext\.?)\d{1,6})?|(?:0\d{2,3}[-－—– ]?)?(?:1[0-2]\d{3}|9[56]\d{3})(?:[-－—–转]\d{1,4})*|1[3-9]\d{9})$"
)
_LABEL = re.compile(r"[（(][^（()）\d]*[)）]|^[^\d（(+]{1,12}[:：]")  # who answers: 020-12345678（窗口）
_PARTS = re.compile(r"[、,，;；/]|或者?|\s{1,}(?=0|1|4|9)")
# Beside gov.cn: the sites of public bodies that are not departments.
OFFICIAL = ("gov.cn", "court.gov.cn", "org.cn", "edu.cn", "chsi.com.cn", "12306.cn", "95598.cn", "mil.cn")
_HOST = re.compile(r"^https?://(?P<host>[A-Za-z0-9.-]+)(?::\d+)?(?:/\S*)?$", re.IGNORECASE)


_ALL_ONLINE = re.compile(
    r"全程网办|全程网上办|零跑动|零跑腿|一次都?不用?跑|(?:跑动|到现场|到办事现场)(?:次数)?[:：为是]?\s*(?:0|零)\s*次"
)
_IN_PERSON = re.compile(
    r"(?<![不无需])(?:要|须|需要?|必须|应当)(?:亲自|本人)?到(?:现?场|窗口|大厅)|至少(?:[1-9一两二三]|跑)[趟次]?|最多跑(?:[1-9一两二三])[趟次]"
    r"|(?:跑动|到现场|到办事现场)(?:次数)?[:：为是]?\s*[1-9一两二三]\s*次|跑[1-9一两二三][趟次]|不能(?:托人)?(?:代办|网办)"
)


def _bad_link(url: str) -> str | None:
    match = _HOST.match(url)
    if not match:
        return f"“{url}”不是一个网址"
    host = match["host"].lower()
    if not any(host == domain or host.endswith("." + domain) for domain in OFFICIAL):
        return f"“{host}”不是政府网站或公共机构的域名"
    return None


@guide_rule(Card(
    "phone", "电话拨得通", "error", f"{OFFICE_115}（咨询电话错误、空号）",
    good="0371-12345678；12345", bad="12345678（没有区号）；见公告",
))  # fmt: skip
def phone(view: GuideView, shelf: Shelf) -> Iterator[Fault]:
    """A phone is a number one can dial from anywhere in the country; a phone channel has one."""
    for index, channel in enumerate(view.guide.channels):
        if channel.kind == "phone" and not channel.phone:
            yield Fault(f"channels[{index}]", f"“{channel.name}”是电话渠道，没有号码", "补上带区号的号码或者服务热线")
        for part in _PARTS.split(channel.phone or ""):
            number = _LABEL.sub("", part.strip()).strip("。. ")
            if number and not _DIALABLE.match(number):
                yield Fault(f"channels[{index}]", f"电话“{number}”拨不出去", "写成带区号的号码，例如 0371-12345678")


@guide_rule(Card(
    "visits-online", "写了全程网办就不用到现场", "error", f"{OFFICE_115}；{ELEMENTS}：全程网办则到现场次数为0",
    good="全程网办，到现场0次", bad="全程网办，到现场1次",
))  # fmt: skip
def visits_online(view: GuideView, shelf: Shelf) -> Iterator[Fault]:
    """An item that is wholly online asks nobody to come."""
    spoken = [(where, text) for where, text in view.sentences() if where.startswith(("visits", "channels", "steps"))]
    claim = next((match[0] for _, text in spoken if (match := _ALL_ONLINE.search(text))), None)
    for where, text in spoken if claim else ():
        if where.startswith("visits") and (match := _IN_PERSON.search(text)):
            yield Fault(where, f"写着“{claim}”，又写“{match[0]}”", "核对到底要不要到现场，留一种说法")


@guide_rule(Card(
    "link", "网址是政府自己的", "error", OFFICE_115 + "；" + ELEMENTS,
    good="https://www.hnzwfw.gov.cn/", bad="https://banzheng.example.com/",
))  # fmt: skip
def link(view: GuideView, shelf: Shelf) -> Iterator[Fault]:
    """Where a citizen is sent to act is the government's own."""
    for index, channel in enumerate(view.guide.channels):
        if channel.url and (problem := _bad_link(channel.url)):
            yield Fault(f"channels[{index}]", problem, "改成官方的网址，没有的删去")


@guide_rule(Card(
    "plain-http", "网址用 https", "warning", DESIGN,
    good="https://www.hnzwfw.gov.cn/", bad="http://www.hnzwfw.gov.cn/",
))  # fmt: skip
def plain_http(view: GuideView, shelf: Shelf) -> Iterator[Fault]:
    """What a citizen fills in there is not sent in the open."""
    for index, channel in enumerate(view.guide.channels):
        if channel.url and channel.url.lower().startswith("http://"):
            yield Fault(f"channels[{index}]", f"“{channel.url}”不是 https", "网站支持的，改成 https 开头")


@guide_rule(Card(
    "source-link", "来源链接是官方网址", "warning", ELEMENTS,
    good="https://www.gov.cn/zhengce/…", bad="某公众号转载的网页",
))  # fmt: skip
def source_link(view: GuideView, shelf: Shelf) -> Iterator[Fault]:
    """What a guide was checked against is read where it was published."""
    for index, source in enumerate(view.guide.sources):
        if source.url and (problem := _bad_link(source.url)):
            yield Fault(f"sources[{index}]", problem, "换成发布机关的网页")


@library_rule(Card(
    "basis-link", "依据链接是官方网址", "warning", ELEMENTS,
    good="https://www.gov.cn/zhengce/…", bad="http://www.baike.example/某条例",
))  # fmt: skip
def basis_link(shelf: Shelf) -> Iterator[Fault]:
    """A law is read where it was published."""
    for basis in shelf.library.bases:
        if basis.url and (problem := _bad_link(basis.url)):
            yield Fault("url", problem, "换成发布机关的网页", f"bases/{basis.basis_id}.yaml")


RULES = (phone, visits_online, link, plain_http, source_link, basis_link)
