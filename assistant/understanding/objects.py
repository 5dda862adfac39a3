"""The paper or permit a question names: 采矿许可证, 狗证. If the best guide never mentions it, that guide is not about it."""

import re

_SUFFIX = (
    "许可证|许可|执业证|资格证|从业证|上岗证|合格证|登记证|执照|牌照|批文|证书|登记|备案|注册|审批|资质|补贴|补助|津贴|奖励|扶助金|经营权|"
    "证(?!明|据|券|件|金|实|人|言)"
)
_OBJECT = re.compile(rf"(?P<head>[\u4e00-\u9fff]{{1,8}}?)的?(?P<suffix>{_SUFFIX})")
_NOT_HEAD = re.compile(
    r"^.*(?:的|了|是|要|办|领|考|个|把|我|有|想|在|去|给|能|怎么|如何|哪些|什么|啥|出|改|请|申请|需要|这|那|先|再|新|本|一|张|家|开|做|写|拿|带|交|用|没|还|就|才|到|发|哪|天|首次|延续|换|补)"
)
_WORDS = re.compile(r"(?:公|保|认|凭|论|验|见|佐|查|签|身份|书|人|各种|相关|其他|一些|国家|政府|单位|个人)$")


# What trades have in common; the thing itself stands before it: 农药经营许可 is about 农药.
_GENERIC = re.compile(
    r"(?:经营|生产|销售|批发|零售|场所|业务|服务|营业|企业|公司|单位|机构|人员|职业|从业|执业|行业|资格|设立|开办|使用|运输|道路|卫生)+$"
)


# 无犯罪记录证明去哪开: a paper to be issued, not one to bring along.
_ISSUED = re.compile(
    r"(?:开|出具|打印)(?:个|一份|一张|一个)?(?P<a>[\u4e00-\u9fff]{2,8})证明|(?P<b>[\u4e00-\u9fff]{2,8})证明(?:去?哪|怎么|咋|能不能|能|还给|派出所|网上){1,3}.{0,4}开"
)


def objects_named(text: str) -> tuple[str, ...]:
    """The papers or permits named, as short phrases ending in their kind word."""
    found = []
    for match in _OBJECT.finditer(re.sub(r"\s+", "", text)):
        head = _NOT_HEAD.sub("", match["head"])[-6:]
        if head and not _WORDS.search(head):
            found.append(head + match["suffix"])
    for match in _ISSUED.finditer(re.sub(r"\s+", "", text)):
        head = _NOT_HEAD.sub("", match["a"] or match["b"])[-6:]
        if len(head) >= 2:
            found.append(head + "证明")
    return tuple(found)


def mentions(phrase: str, document: str) -> bool:
    """Whether a document speaks of the named thing: its whole phrase, or the characters that tell its kind: its first two and last two."""
    if phrase in document:
        return True
    suffix = re.search(rf"(?:{_SUFFIX}|证明)$", phrase)
    head = phrase[: suffix.start()] if suffix else phrase
    thing = _GENERIC.sub("", head) or head
    return len(thing) >= 2 and thing[:2] in document and thing[-2:] in document


def foreign_object(text: str, document: str) -> str | None:
    """The first named paper that the document never mentions, or None."""
    return next((phrase for phrase in objects_named(text) if not mentions(phrase, document)), None)
