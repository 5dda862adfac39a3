"""Text + session → `Understanding`: intent, fields, place and the query that retrieval should see."""

import re
from enum import StrEnum

from assistant.model import Focus, Option
from assistant.safety.privacy import fold
from assistant.understanding.cleaning import asking_part, clean, core, need_of_story, without_what_waits
from assistant.understanding.fields import fields_asked, without_field_words
from assistant.understanding.place import find_places
from knowledge.catalog import Catalog
from knowledge.model import FieldName, Frozen
from knowledge.quantities import read_values


class Intent(StrEnum):
    """What a message wants."""

    ASK = "ask"
    CHOOSE = "choose"
    GREET = "greet"
    THANK = "thank"
    WHO = "who"
    CANCEL = "cancel"
    LIFE_EVENT = "life_event"
    RESUME = "resume"
    UPSET = "upset"
    LOST = "lost"  # points at a list that is not there


class Understanding(Frozen):
    """A message as the assistant understands it."""

    intent: Intent
    text: str
    matter: str  # the whole message in the guides' words, for the search: a story says early what it is about
    query: str  # … of a long story only the part that asks
    words: str  # the message without function words
    core: str  # … and without words that name fields
    fields: tuple[FieldName, ...]
    adcode: str | None
    elsewhere: tuple[str, ...]
    choice: str | None = None
    corrects: bool = False  # 不是丢了，是过期了
    supposes: bool = False  # 要是买房贷款呢
    adds: bool = False  # 就是普通住宅


_GREET = re.compile(
    r"^(?:你好|您好|喂|hi|hello|嗨|哈喽|在吗|在不在|有人吗|早上好|下午好|晚上好|中午好)+[呀啊吗么。！!~，, ]*$",
    re.IGNORECASE,
)
_THANK = re.compile(
    r"^(?:好[的嘞哩咧了吧]?|行|中|嗯+|哦+|ok|知道了|明白了?|懂了|了解了?|那?行吧?|可以了|没(?:有)?(?:别的)?(?:问题|事)了)?[，,。 ]*(?:太?(?:非常感谢|谢谢|多谢|感谢|谢了|谢啦|辛苦)(?:你|您|啦|了|恁)*|再见|拜拜|没事了)?[呀啊啦了。！!~ ]*$",
    re.IGNORECASE,
)
_WHO = re.compile(
    r"你是(?:谁|什么|啥|干啥|干什么|机器人|真人|人工智能|AI)|你(?:能|会|可以)(?:干|做|帮)(?:点|些)?(?:什么|啥|我(?:做)?什么)|你(?:叫|是)(?:什么|啥)名|怎么用(?:你|这个)|有(?:什么|啥)功能|能问(?:什么|啥)",
    re.IGNORECASE,
)
_UPSET = re.compile(
    r"气死|烦死|急死|愁死|破系统|(?:什么|啥)(?:破|烂)|垃圾(?:系统|玩意|东西)|(?:白|又)跑(?:了)?[一两三几]?趟|推来推去|踢皮球|太(?:麻烦|折腾|慢)了|废话|听不懂(?:人话)?"
)
_UNSURE = re.compile(
    r"^(?:我|俺)?(?:也|都)?(?:不|没)(?:太)?(?:知道|清楚|确定|晓得|懂|明白|了解)[啊呀呢了的哪个是。，, ]*$|^(?:说不(?:准|好|清)|随便|都行)[啊吧了。]*$"
)
_CANCEL = re.compile(
    r"^(?:取消|退出|算了(?:[，, ]*不.{1,3}了)?|不办了|不问了|停|结束|重新开始|重来|不(?:想)?弄了)[吧了。！! ]*$"
)
_WRONG = re.compile(r"^(?:(?:不对|不是的?|错了|不不)[，,。 ]+|[说打搞弄]错了[，,。 ]*)")
_SUPPOSES = re.compile(r"^那?(?:如果|要是|万一)")
_ADDS = re.compile(r"^(?:嗯|哦|对)?[，, ]*(?:就是|也就是|我是说|意思是)")
_RESUME = re.compile(r"^(?:那)?(?:继续|接着(?:问|来|办)?|回到(?:刚才|前面|上面).{0,6})[吧。！! ]*$")
_NOT_BUT = re.compile(r"不是.{1,14}?[，,、 ]+(?:是|我(?:是|要|想|问)|俺(?:是|要))")
_ORDINALS = {
    "一": 0,
    "1": 0,
    "二": 1,
    "2": 1,
    "两": 1,
    "三": 2,
    "3": 2,
    "四": 3,
    "4": 3,
    "五": 4,
    "5": 4,
    "六": 5,
    "6": 5,
}
_DENIAL = "没不未"
_ORDINAL = re.compile(r"^(?:第|选|我选|选第|就)?(?:第)?([一二两三四五六1-6])(?:个|种|项|条)?(?:吧|呗|。|的)?$")


def chosen_option(text: str, options: tuple[Option, ...]) -> str | None:
    """The value of the option that a short message picks: by value, label, number, or the only label sharing its words."""
    plain = re.sub(r"[\s。．.!！,，?？]+", "", text)
    for option in options:
        label = fold(option.label)  # as her message is: （ reads as (
        if plain in {option.value, re.sub(r"[\s，,]+", "", label)} or text.strip() == label:
            return option.value
    ordinal = _ORDINAL.match(plain)
    if ordinal and _ORDINALS[ordinal[1]] < len(options):
        return options[_ORDINALS[ordinal[1]]].value
    words = core(plain)
    if not words or len(plain) > 12:
        return None
    denied = plain[0] in _DENIAL  # 没参加 picks no label that says 参加
    fitting = [o for o in options if not denied or any(c in o.label for c in _DENIAL)]
    whole = [o.value for o in fitting if words in o.label]
    sharing = (
        whole if len(whole) == 1 else [o.value for o in fitting if _shares_bigram(words, o.label) or words in o.label]
    )
    return sharing[0] if len(sharing) == 1 else None


def _shares_bigram(words: str, label: str) -> bool:
    return any(words[i : i + 2] in label for i in range(len(words) - 1))


def intent_of(text: str, catalog: Catalog) -> Intent:
    """The kind of message, before any search."""
    if _CANCEL.match(text):
        return Intent.CANCEL
    if _GREET.match(text):
        return Intent.GREET
    if _RESUME.match(text):
        return Intent.RESUME
    if _ORDINAL.match(text):
        return Intent.LOST
    if _WHO.search(text):
        return Intent.WHO
    if _THANK.match(text):
        return Intent.THANK
    if len(text) <= 20 and _UPSET.search(text) and not fields_asked(text):
        return Intent.UPSET
    if any(word in text for word in catalog.library.lexicon.life_events):
        return Intent.LIFE_EVENT
    return Intent.ASK


def _without_quantities(text: str) -> str:
    for value in read_values(text):
        text = text.replace(value.text, " ")
    return text


def _says_nothing(intent: Intent, rest: str, fields: tuple[FieldName, ...], adcode: str | None, focus: Focus) -> bool:
    """A bare 没有 or 是的 with no open question and no topic that it could be about."""
    return intent is Intent.ASK and not (
        rest or fields or adcode or focus.items or focus.options or (focus.flow and focus.flow.asking)
    )


def understand(text: str, focus: Focus, catalog: Catalog) -> Understanding:
    """Understand one masked, folded message in the light of what the conversation is about."""
    lexicon = catalog.library.lexicon
    cleaned = clean(_NOT_BUT.sub("", _WRONG.sub("", without_what_waits(text))), lexicon)
    places = find_places(cleaned, catalog)
    query = need_of_story(places.rest)
    asked_of = find_places(need_of_story(cleaned), catalog).elsewhere if places.elsewhere else ()
    fields = fields_asked(asking_part(need_of_story(cleaned)))
    rest = core(_without_quantities(without_field_words(query)))
    unsure, asked = bool(_UNSURE.match(text.strip())), bool(focus.options or (focus.flow and focus.flow.asking))
    open_items = any(o.value.startswith("item:") for o in focus.options)
    choice = chosen_option(text, focus.options) if focus.options and not (unsure and open_items) else None
    intent = Intent.CHOOSE if choice else intent_of(text.strip(), catalog)
    return Understanding(
        intent=Intent.LOST
        if (unsure and not asked) or _says_nothing(intent, rest, fields, places.adcode, focus)
        else intent,
        text=text,
        matter=places.rest,
        query=query,
        words=core(query),
        core=rest,
        fields=fields,
        adcode=places.adcode,
        elsewhere=asked_of,
        choice=choice,
        corrects=bool(_NOT_BUT.search(text) or _WRONG.match(text)),
        supposes=bool(_SUPPOSES.match(text)),
        adds=bool(_ADDS.match(text)),
    )
