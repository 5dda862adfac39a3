"""The question without what says nothing about the need: politeness, dialect spellings, traditional characters."""

import re
from functools import lru_cache

from opencc import OpenCC

from knowledge.model import Lexicon

_FILLER = re.compile(r"[~～!！?？。,，、;；:：…\s\"'“”‘’()（）]+")
_PARTICLES = re.compile(
    r"(?:呢|吗|么|呀|啊|吧|嘛|哩|咧|哦|喔|诶|哈|呗|那|请|我|想|要|需要|的|了|是|办理|办|下|一下|个(?![体人])|这个|再|又|就|还|都|去|怎么办|怎么|如何|可以|行|中|问|说|问题|情况|知道|告诉|关于|做什么|得|掏|嘞|去|能|会|有|没有|应该|一共|总共|大概|最|必须|啥|什么|咋)"
)
_REPEATED = re.compile(r"([。！？!?；;，,、~～…])\1+")
_SENTENCE = re.compile(r"(?<=[。！？!?；;\n])")
_QUESTION = re.compile(
    r"[?？吗么呢咋啥哪谁]|怎|什么|如何|多少|[几多](?:天|年|月|久|长|大|快|岁|次|份|个|倍)|([\u4e00-\u9fff])不\1|能不能|能否|是否|还是"
)
_ASKING = re.compile(r"[?？]|怎么|如何|咋|能不能|可以|需要|想|要(?:办|带|交)|多少|哪")
LONG = 60


@lru_cache(maxsize=1)
def _converter() -> OpenCC:
    return OpenCC("t2s")


def simplify(text: str) -> str:
    """Traditional to simplified characters (身份證 → 身份证)."""
    return str(_converter().convert(text))


def clean(text: str, lexicon: Lexicon) -> str:
    """Simplified, in the guides' words, without politeness; of a long story the sentences that ask come last."""
    text = _REPEATED.sub(r"\1", simplify(text))
    for phrase in sorted(lexicon.politeness, key=len, reverse=True):
        text = text.replace(phrase, " ")
    for word, meaning in sorted(lexicon.synonyms.items(), key=lambda pair: -len(pair[0])):
        text = text.replace(word, meaning)
    return re.sub(r"\s+", " ", text).strip()


def need_of_story(text: str) -> str:
    """The asking part of a long message: its question sentences with the one before them, else its last two."""
    if len(text) <= LONG:
        return text
    sentences = [
        s
        for s in re.split(r"(?<=[。！？!?；;\n])|(?<=[，,])(?=.{0,6}(?:怎么|如何|请问|能不能|需要|想))", text)
        if s.strip()
    ]
    asking = [i for i, s in enumerate(sentences) if _ASKING.search(s)]
    chosen = sorted({j for i in asking[-2:] for j in (i - 1, i) if j >= 0}) or list(range(len(sentences)))[-2:]
    return "".join(sentences[i] for i in chosen)


def asking_part(text: str) -> str:
    """The sentences that ask, else all: what is told beside a question names no field (不会用手机。健康证多久重办)."""
    return "".join(s for s in _SENTENCE.split(text) if _QUESTION.search(s)) or text


_WAITS = re.compile(
    r"[^。；;！!]*(?:回头|以后|晚点|完(?:了)?[\u4e00-\u9fff]{0,4})再(?:弄|办|说|问|讲)[^。；;！!]*[。；;！!](?=.)"
)


def without_what_waits(text: str) -> str:
    """A message without the sentence that puts a matter off (刻章回头再弄。名字能留多久 → 名字能留多久)."""
    return _WAITS.sub("", text)


def core(text: str) -> str:
    """What remains when punctuation and function words go: empty for “那要多久？” once its field words are out."""
    return _PARTICLES.sub("", _FILLER.sub("", text))
