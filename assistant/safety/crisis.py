"""Danger to life in a message: who wants to die, who is attacked or missing, what burns or floods, whose body fails.

A wish to die in plain words and a short cry that is the whole message must never be missed and are heard by rule;
everything else is judged by `assistant/safety/hearing.py`. `python -m evals guard` measures both together.
"""

import re

from assistant.safety.alarm import Alarm
from assistant.safety.hearing import DANGER, Vector, judge

_CRIES = {
    Alarm.DESPAIR: r"不想活|不想再?活(?:下去)?|活不下去|活(?:够|腻)|(?<![得气急烦愁累忙笑热困饿])想死|去死|寻死|自[杀沙刹鲨尽刎]|轻生|割腕|跳(?:楼|[河江井海桥])|上吊|想不开|一了百了(?:算)?|活着.?没.{0,2}(?:意思|意义|盼头)|结束(?:自己的?)?生命",
    Alarm.VIOLENCE: r"救(?:命|[我俺]|救[我俺])|[要在](?:杀|砍|捅|打死|弄死)[我俺人]|(?:杀|砍)人|抢劫|绑架|强奸|正?在打[我俺]|拿刀.{0,4}[我俺]|(?:孩子|闺女|女儿|儿子|老人).{0,3}(?:丢|不见|走丢|走失|失踪)",
    Alarm.FIRE: r"[着起失][火伙]|冒(?:浓|黑)?烟|爆炸|(?:煤气|燃气|天然气|液化气)(?:泄漏|泄露|漏)|房子塌|落水|溺水|触电",
    Alarm.MEDICAL: r"晕倒|晕过去|昏迷|叫不[醒应]|不省人事|没(?:有)?(?:气|呼吸|心跳)|大出血|休克|心梗|中风|噎住|中毒|喝(?:农药|百草枯)|吞药|口吐白沫|喘不[上过]气",
}
_ASKING = r"(?:怎么办|怎么急救|咋[办弄整]|咋急救|快来人?|快救人|救命)"
_CRY = {
    alarm: re.compile(rf".{{0,5}}(?:{words})(?:[了啦拉]|着)?(?:{_ASKING})?[啊呀阿哪呢]?")
    for alarm, words in _CRIES.items()
}
_WISH = re.compile(
    r"[我俺].{0,3}(?:[想要](?:自[杀沙刹鲨尽刎](?!式)|去死|寻死|轻生|上吊|跳楼(?!机))|不想活(?![动期跃络泼])|想不开)"
)
_MARKS = re.compile(r"[\W_]+")


def danger(text: str, vector: Vector | None = None) -> Alarm | None:
    """The danger to life that a masked, simplified message with this query vector speaks of as present, or None."""
    letters = _MARKS.sub("", text)
    if _WISH.search(letters):
        return Alarm.DESPAIR
    if cried := next((alarm for alarm, cry in _CRY.items() if cry.fullmatch(letters)), None):
        return cried
    judged = judge(DANGER, text, vector)
    return judged.kind if judged.enough else None
