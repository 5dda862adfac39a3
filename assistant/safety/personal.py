"""What personal data looks like in a folded message, kind by kind; written so that item codes, 文号 and amounts survive.

Identity numbers are known by their birth date (GB 11643), bank cards by issuer and Luhn (ISO/IEC 7812) or by what is
said before them, credit codes by their form (GB 32100), names by what announces them.
"""

import re
from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from stdnum import luhn
from stdnum.cn import uscc

Match = re.Match[str]


def _whole(match: Match) -> tuple[int, int]:
    return match.span()


def _always(_: Match) -> bool:
    return True


class Rule(NamedTuple):
    """One kind: its pattern, a check of the match, and the part of the match that is hidden."""

    kind: str
    pattern: re.Pattern[str]
    holds: Callable[[Match], bool] = _always
    span: Callable[[Match], tuple[int, int]] = _whole


# ---- numbers ---------------------------------------------------------------------------------------------------------

_GAP = r"[ \-\u2010-\u2015_·•]{0,3}"
_PROVINCES = frozenset(
    "11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71 81 82 83".split()
)
_CODE = "[0-9A-HJ-NPQRTUWXY]"
_PLACES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
_PLATE = "[A-HJ-NP-Z0-9]"
_IS = r"(?:号码|号)?(?:是|为|叫)?[:： ]{0,2}"


def _run(first: str, rest: str, count: str) -> str:
    """A first character and so many others, with gaps anywhere."""
    return rf"{first}(?:{_GAP}{rest}){{{count}}}"


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text, re.IGNORECASE)


def _compact(match: Match) -> str:
    return re.sub(r"[^0-9A-Za-z]", "", match.group()).upper()


def _dated(text: str, pattern: str) -> bool:
    try:
        return 1900 <= datetime.strptime(text, pattern).year <= 2100
    except ValueError:
        return False


def _identity(match: Match) -> bool:
    """A plausible birth date is enough: a mistyped check digit must not let the number through."""
    return _dated(_compact(match)[6:14], "%Y%m%d")


def _old_identity(match: Match) -> bool:
    compact = _compact(match)
    return compact[:2] in _PROVINCES and _dated("19" + compact[6:12], "%Y%m%d")


def _old_foreigner(match: Match) -> bool:
    return _dated(_compact(match)[7:13], "%y%m%d")


_ISSUERS = re.compile(
    r"(?:62|60)\d{14,17}|4\d{15}|(?:4367|4563|4213|4392)\d{15}|5[1-5]\d{14}|35\d{14}|3[47]\d{13}|955[89]\d{15}"
)


def _bank_card(match: Match) -> bool:
    compact = _compact(match)
    return bool(_ISSUERS.fullmatch(compact)) and bool(luhn.is_valid(compact))


def _credit_code(match: Match) -> bool:
    compact = _compact(match)
    return not compact.isdigit() or bool(uscc.is_valid(compact))


def _plate(match: Match) -> bool:
    return sum(c.isdigit() for c in match.group()) >= 2


def _group(match: Match) -> tuple[int, int]:
    return match.span("hidden")


_DIGIT = r"\d"
# Longest and most specific first.
NUMBERS: tuple[Rule, ...] = (
    Rule("身份证号", _pattern(rf"(?<!\d){_run('[1-9]', _DIGIT, '16')}{_GAP}[0-9X](?!\d)"), _identity),
    Rule("身份证号", _pattern(rf"(?<![A-Z0-9])[A-Z]{_GAP}[A-Z]{_GAP}[A-Z](?:{_GAP}\d){{12}}(?!\d)"), _old_foreigner),
    Rule("信用代码", _pattern(rf"(?<![A-Z0-9])(?:5{_GAP}[1239]|9{_GAP}[123])(?:{_GAP}\d){{6}}(?:{_GAP}{_CODE}){{10}}(?![A-Z0-9])"), _credit_code),
    Rule("银行卡号", _pattern(rf"(?<!\d){_run('[3-69]', _DIGIT, '14,18')}(?!\d)"), _bank_card),
    Rule("银行卡号", _pattern(rf"(?:卡|账号|账户|存折){_IS}(?P<hidden>{_run('[2-69]', _DIGIT, '14,18')})(?!\d)"), span=_group),
    Rule("身份证号", _pattern(rf"(?<!\d){_run('[1-8]', _DIGIT, '14')}(?!\d)"), _old_identity),
    Rule("手机号", _pattern(rf"(?<!\d)\(?(?:(?:\+|00)?{_GAP}8{_GAP}6\)?{_GAP})?1{_GAP}[3-9](?:{_GAP}\d){{9}}(?!\d)"), _always),
    Rule("手机号", _pattern(r"(?<!\d)1[3-9]\d[.,、/\n]\d{4}[.,、/\n]\d{4}(?!\d)")),
    Rule("电话号码", _pattern(rf"(?<![A-Z0-9.])\(?0{_GAP}(?:1{_GAP}0|2{_GAP}\d|[3-9]{_GAP}\d{_GAP}\d)\)?{_GAP}[2-8](?:{_GAP}\d){{6,7}}(?:(?:转|-)\d{{1,5}})?(?!\d)")),
    Rule("电话号码", _pattern(rf"(?:座机|固话|固定电话|电话){_IS}(?P<hidden>[2-8]\d{{6,7}})(?!\d)"), span=_group),
    Rule("邮箱", _pattern(r"(?<![A-Z0-9._%+-])[A-Z0-9._%+-]{1,64} ?(?:@|\(at\)|\[at\]|艾特) ?[A-Z0-9-]+(?: ?(?:\.|点) ?[A-Z0-9-]+)+")),
    Rule("护照号", _pattern(rf"(?<![A-Z0-9])(?:(?:E{_GAP}[A-Z]?|[DSPK]{_GAP}E?|G)(?:{_GAP}\d){{7,8}}|[HMC](?:{_GAP}\d){{8,10}}|[TL]\d{{8}})(?![A-Z0-9])")),
    Rule("护照号", _pattern(rf"(?:护照|通行证|台胞证|回乡证){_IS}(?P<hidden>[A-Z]{{0,2}}(?:{_GAP}\d){{6,9}})(?![A-Z0-9])"), span=_group),
    Rule("车牌号", _pattern(rf"[{_PLACES}]{_GAP}[A-HJ-NP-Z](?:(?:[ \-·]{{1,3}}{_PLATE}){{6}}|(?:{_GAP}{_PLATE}){{5}}{_PLATE}?|(?:{_GAP}{_PLATE}){{4}}[挂学警港澳领])(?![A-Z0-9])"), _plate),
)  # fmt: skip

# ---- words -----------------------------------------------------------------------------------------------------------

_N = "[0-9零〇一二三四五六七八九十百]{1,6}"
_NO_OFFICE = "(?!窗|线|楼大厅|台|令|文|柜|楼?大厅|厅)"
_ESTATE = "小区|花园|家园|公寓|社区|大厦|苑|城|湾|府|院|园|居|庭|里"
_ROOMS = rf"(?: ?(?:[\u4e00-\u9fff]{{1,8}}?(?:{_ESTATE}))? ?{_N}(?:号楼|号院|栋|幢|座|单元|室|户|号(?!窗|线)))*(?: ?[0-9零〇一二三四五六七八九]{{3,4}}(?![0-9年元人]))?"
_ADDRESS = re.compile(
    rf"(?P<head>[\u4e00-\u9fff0-9]{{1,12}}?)(?:"
    rf"(?:路|街|道|巷|胡同|弄|村|庄|屯|寨)(?:[东西南北中]段?)?{_N}号{_NO_OFFICE}院?{_ROOMS}|"
    rf"(?:村|庄|屯|寨)(?:第)?{_N}(?:村民)?组(?:{_N}号)?|"
    rf"(?:{_ESTATE})?{_N}(?:号楼|栋|幢|座|#楼?)(?:{_N}单元(?:{_N}(?:室|户|号|(?![0-9楼层])))?|[0-9零〇一二三四五六七八九]{{3,4}}(?![0-9年元人楼层])室?|{_N}(?:室|户)))"
)
_TOWN = re.compile(r".*(?:[省市县区镇乡住在是到址于户:：]|我家|俺家)")


def _street(match: Match) -> tuple[int, int]:
    """An address from its street or estate on: city and county stay, they say whose rules apply."""
    town = _TOWN.match(match["head"])
    return match.start() + (town.end() if town else 0), match.end()


_SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖萧田董袁潘蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付傅方白邹孟熊秦邱江尹薛闫阎段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔汤温康施文牛樊葛邢安齐易乔庞颜倪庄聂鲁岳翟申耿焦裴席苗尚柴纪路祝殷柳甄張劉陳楊黃趙吳馬羅鄭謝許韓馮鄧蕭葉蔣餘閻鐘陸範賈韋鄒龍顧"
_COMPOUND = "|".join(map(" ?".join, "欧阳 司马 上官 诸葛 司徒 慕容 夏侯 皇甫 尉迟 令狐 西门".split()))
# Everyday words that begin like a name.
_NO_NAME = (
    "高[校中龄血烧级考速新度铁层压额等]|马[上路]|黄[疸金河]|万[一元]|安[全置排阳家装徽]|方[面便才式法案]|许[可多昌愿]|周[口边岁末期年一二三四五六日围转]|郑[州东汴]|林[州业地木权]|"
    "罗山|唐河|方城|汤阴|孟[州津]|沈丘|石[家油化头]|金[水额融]|白[天血内]|夏[天季邑]|江[西苏]|余[额下]|范[围县]|任[何职教意务]|程[序度]|田[地里]|史料|龙[年湖门亭]|武[汉陟警装]|"
    "陶瓷|丁克|曾[经在用是]|文[件书化盲]|齐全|康复|路[上费]|申[请报领办]|尚[未不]|施工|叶县|鲁山|纪[律委]|庄稼|严重|温县|徐州|苏州|杜绝|吴江|曹县|钱款|孔子|段[时间]"
)
_FOLLOW = r"[,，。.；;、!！?？:：)）\s】]|$|[想要的是身户今在有来去办问住家电手请年现目前了和跟与能可怎咋社医护驾结离补领退生申参买卖贷提报交迁落刚已还需出转从到给拿不没他她男女这那本]"
_FULL = rf"(?!{_NO_NAME})(?:{_COMPOUND}|[{_SURNAMES}]) ?[\u4e00-\u9fff](?: ?[\u4e00-\u9fff])??(?={_FOLLOW})"
_ANY = rf"(?!{_NO_NAME})(?:{_COMPOUND}|[{_SURNAMES}]) ?[\u4e00-\u9fff](?: ?[\u4e00-\u9fff])?"
_KIN = "爸爸?|妈妈?|爹|娘|父亲|母亲|老公|老婆|媳妇|丈夫|妻子|爱人|对象|儿子|女儿|闺女|孩子|小孩|宝宝|爷爷?|奶奶?|姥姥|姥爷|外公|外婆|公公|婆婆|哥哥?|弟弟?|姐姐?|妹妹?|岳父|岳母|孙子|孙女"
_ROLE = "申请人|联系人|法人(?:代表)?|法定代表人|户主|产权人|房主|经办人|负责人|监护人|被继承人|继承人|持证人|收件人|代理人|死者|逝者"
_ENDS = r"(?=[,，。；;、!！?？\s]|$|身份证|电话|手机|住在|家住)"
WORDS: tuple[Rule, ...] = (
    Rule("住址", _ADDRESS, span=_street),
    Rule("姓名", re.compile(rf"(?:(?:我|俺|他|她|名字?|{_KIN})(?:的)?(?:名字?)?(?:是)?叫(?:做)?|(?:姓名|名字)(?:是|叫|为|:|：)) ?(?P<hidden>{_FULL}|{_ANY})"), span=_group),
    Rule("姓名", re.compile(rf"(?:我(?:名|是)?叫|姓名[是叫为]?[:：]) ?(?P<hidden>(?!什么|不)[\u4e00-\u9fff]{{2,4}}){_ENDS}"), span=_group),
    Rule("姓名", re.compile(rf"(?:{_ROLE})(?:的?姓名)?(?:是|叫|为|[:：])? ?(?P<hidden>{_FULL})"), span=_group),
    Rule("姓名", re.compile(rf"(?:姓名|本人|我是|俺是|[我俺他她](?:{_KIN})|^(?:{_KIN})) ?(?P<hidden>{_FULL})"), span=_group),
)  # fmt: skip
