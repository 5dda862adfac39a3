"""Yes or no, where the guide's fields decide it: a paper to bring, someone else going, money, doing it online."""

import re
from collections.abc import Iterator

from assistant.answering.tiers import Opener, closest
from knowledge.catalog import Catalog
from knowledge.model import Certainty, Channel, FieldName, Guide, Material
from knowledge.sentences import HEDGE, Sentence, sentences

_YES_OR_NO = r"(?:吗|不|么|没)[呀啊呢哩]?[？?。]*$|[能可要用带收]不|是不是|必须|非得|还[要用得]"
_BRINGING = "[要用带需](?![着了过])|没有|没"
_PROXY = re.compile(
    r"[代替](?:办|领|取|签)|代替|委托|[替帮让叫](?:我|俺|他|她|孩子|老人|爸|妈|爹|娘|父母|家人|别人|朋友|儿子|闺女|媳妇|老公|对象).{0,4}(?:办|领|去|取|弄|补|换|交)|别人.{0,4}(?:办|领|去|取)"
    r"|本人|亲自|自己去"
)
_MONEY = re.compile(
    r"收(?:不收)?(?:费|钱)|要(?:不要)?(?:交|掏|花)?(?:钱|费)|[花出](?:不[花出])?钱|免费(?=[吗不么呀]|$)|交(?:不交)?(?:钱|费)(?=[吗不么])"
)
_HOW_MUCH = re.compile(r"多少|几|啥|什么|怎|咋|哪|谁")
_ONLINE = re.compile(r"网上|线上|手机上|用手机|在线|小程序|[Aa][Pp][Pp]|豫事办")
_ASK_THEM = re.compile(r"先问|问[一-鿿]{2,10}|能不能|要不要|以[一-鿿]{2,12}为准|查询|预约|是否")
_IN_PERSON = re.compile(
    r"不能(?:代办|托人|委托)|(?:都要|要|必须)(?:本人)?亲自|(?:必须|要)本人|要双方|本人一般(?:需|要)|要共同"
)
_BY_PROXY = re.compile(
    r"(?<!不)(?:可以|能)[^，。；问]{0,14}(?:代办|代为|委托|代理)|家[人里][^，。；问]{0,10}(?:代办|代为|去办)|请家人"
)
_FOR_SOME = re.compile("的，|等，|未满|行动不便")  # only these may send someone
_NOT_NEEDED = r"(?:不要|不用|不再(?:需要|要求|要)?|不需要?|免交)[^，。；]{0,6}"
SHORT = 30  # characters: a longer message tells a story
_SPARED = re.compile(r"不要求|不用|免|不另开|可以不|不同|先问")


def whether(text: str, guide: Guide, catalog: Catalog) -> Iterator[Opener]:
    """The yes or no to a question, as far as the guide's fields decide it."""
    text = _asking(text)
    if not asks_yes_or_no(text):
        return
    yield from _paper(text, guide, catalog)
    if _PROXY.search(text):
        yield from _someone_else(guide, catalog)
    if _MONEY.search(text):
        yield from _money(text, guide, catalog)
    if _ONLINE.search(text):
        yield from _online(guide, catalog)


def _asking(text: str) -> str:
    """The end of a message, where its question stands: of a story its last clause."""
    clauses = [clause for clause in re.split("[，,。；;！!\\s]+", text.rstrip("？?。 ")) if clause]
    return "，".join(clauses[-2:] if len(text) <= SHORT else clauses[-1:])


def _led(lead: str, sentence: Sentence) -> Opener:
    return Opener(sentence._replace(text=f"{lead}：{sentence.text}"), sentence)


def _paper(text: str, guide: Guide, catalog: Catalog) -> Iterator[Opener]:
    """Whether the one paper that a question names is asked for; what the item itself issues is not such a paper."""
    kinds = [k for k in catalog.vocabulary.kinds_in(text) if k not in guide.results and _asked_for(text, k, catalog)]
    if len(kinds) != 1:
        return
    kind = kinds[0]
    if refused := _no_longer(kind, guide, catalog):
        yield _led("不用带", refused)._replace(about=FieldName.MATERIALS)
    elif row := next((m for m in guide.materials if kind in (m.kind, *m.substitutes)), None):
        said = sentences(guide, FieldName.MATERIALS, catalog)[guide.materials.index(row)]
        yield _led("要带" if row.kind == kind and _always(row) else "分情况", said)
    elif guide.materials:
        words = f"指南的申请材料里没有列{catalog.documents[kind].name}，要不要带以窗口为准。"
        yield Opener(Sentence(FieldName.MATERIALS, words, (), Certainty.UNCONFIRMED))


def _asked_for(text: str, kind: str, catalog: Catalog) -> bool:
    """Whether a word for bringing stands beside the name of a paper (要户口本吗, 户口本用带不)."""
    document = catalog.documents[kind]
    names = "|".join(re.escape(name) for name in (document.name, *document.aliases))
    before, after = rf"(?:{_BRINGING})[^，,。着了过]{{0,3}}(?:{names})", rf"(?:{names})[^，,。]{{0,2}}(?:{_BRINGING})"
    return bool(re.search(f"{before}|{after}", text))


def _always(row: Material) -> bool:
    return not (row.condition or row.when or row.waived_by or _SPARED.search(row.note or ""))


def asks_yes_or_no(text: str) -> bool:
    """Whether a message can be answered with a yes or a no, and asks for no figure."""
    return bool(re.search(_YES_OR_NO, text)) and (not _HOW_MUCH.search(text) or "没有" in text)


def asks_other(text: str) -> bool:
    """Whether a yes or no is asked of something else than eligibility: who may go, money, doing it online."""
    return any(pattern.search(text) for pattern in (_PROXY, _MONEY, _ONLINE))


def _no_longer(kind: str, guide: Guide, catalog: Catalog) -> Sentence | None:
    """The sentence that says a paper is not needed: the current rule with the day it changed, where the guide tells it."""
    document = catalog.documents[kind]
    names = "|".join(re.escape(name) for name in sorted((document.name, *document.aliases), key=len, reverse=True))
    said = re.compile(f"{_NOT_NEEDED}(?:{names})")
    fields = (FieldName.PITFALLS, FieldName.MATERIALS, FieldName.CROSS_REGION, FieldName.VISITS)
    return next((s for f in fields for s in sentences(guide, f, catalog) if said.search(s.text)), None)


def _someone_else(guide: Guide, catalog: Catalog) -> Iterator[Opener]:
    """Whether someone else may go; a sentence that only says whom to ask decides nothing."""
    for sentence in sentences(guide, FieldName.VISITS, catalog):
        words = sentence.text.removesuffix("。").removesuffix(HEDGE[sentence.certainty])
        alone, proxy = _IN_PERSON.search(words), _BY_PROXY.search(words)
        if _ASK_THEM.search(words) or not (alone or proxy):
            continue
        for_some = alone or (proxy and _FOR_SOME.search(words[: proxy.start()]))
        lead = "要本人去" if not proxy else "分情况" if for_some else "可以代办"
        yield _led(f"一般{lead}" if lead == "要本人去" and "一般" in sentence.text else lead, sentence)
        return


def _money(text: str, guide: Guide, catalog: Catalog) -> Iterator[Opener]:
    """Whether it costs anything, if every fee of the guide says the same: by its one fee, or the one that the question names."""
    amounts = [fee.amount.amount if fee.amount else None for fee in guide.fees]
    if not amounts or None in amounts or len({amount == 0 for amount in amounts}) > 1:
        return
    said = [_led("不收钱" if amounts[0] == 0 else "要收钱", s) for s in sentences(guide, FieldName.FEES, catalog)]
    named = said if len(said) == 1 else closest(_MONEY.sub("", text), said)
    if len(named) == 1:
        yield named[0]


def _online(guide: Guide, catalog: Catalog) -> Iterator[Opener]:
    """Whether it can be done online, by the channels that the guide names."""
    ways = [(c, s) for c, s in zip(guide.channels, sentences(guide, FieldName.CHANNELS, catalog), strict=True)]
    online = [(c, s) for c, s in ways if c.kind == "online"]
    plain = [s for c, s in online if not _hedged(c)]
    if online:
        said = (plain or [s for _, s in online])[0]
        lead = "能在网上办" if plain else "分情况"
        yield Opener(said._replace(text=f"{lead}：{said.text.removeprefix('线上：')}"), said)
    elif windows := [s for c, s in ways if c.kind == "window"]:
        words = f"指南里没有写能在网上办，列出的是{windows[0].text}"
        yield Opener(windows[0]._replace(text=words), windows[0])


def _hedged(channel: Channel) -> bool:
    return bool(_ASK_THEM.search(channel.note or "")) or channel.certainty is Certainty.UNCONFIRMED
