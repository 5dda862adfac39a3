"""What a paper is called → the words that tell papers apart: how it is handed in, who gave it, and spelling are left out.

What tells papers apart stays: whose it is where that makes another paper (代理人身份证), what it is for, and its last
word (证 is not 证明, 登记 is not 登记申请).
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator

_MARKS = re.compile(r"[《》“”\"\s]")
_BRACKETS = re.compile(r"[（(【\[]([^（）()【】\[\]]*)[）)】\]]")
_AT_END = re.compile(f"{_BRACKETS.pattern}$")
_HOW = re.compile(
    r"(?:原件(?:[及和与或、]?复印件)?|复印件|复制件|影印件|扫描件|照片件|正副本|正本|副本|正反面|首页|本人页|电子[件版]|纸质件|二维码|凭证|书"
    r"|(?:并|需|须)?加盖(?:单位|企业)?公章|及附[图件表]|[、,及和]|各?[一二三四两\d]+[份张])$"
)  # fmt: skip
_GIVEN = re.compile(
    r"^(?:经[^的]{2,8}的|[^的]{2,16}?(?:(?:出具|开具|核发|颁发|签发)的?|(?:发放|制发|提供|认可|填写|签字|签署|盖章|名下)的))"
)
_WHOSE = re.compile(
    r"^(?:本人|(?:男女|买卖|转让|当事人|夫妻|父母)?双方|夫妻|全家|家庭成员|家庭|父母|申请人|申请者|当事人|办事人|参保人员?|死亡人员|死者|逝者"
    r"|被继承人|继承人|患者|法定代表人|企业法人|法人|负责人|产权人|权利人|出租人|承租人|机动车所有人|车主|驾驶人|购房人|(?:用人|所在|原)单位|职工|员工|第[一二三]代|[一二]代|商业银行|在校|中华人民共和国|公民|居民|大陆居民|流动人口|有效期内|合法有效|真实有效|有效|合法|相关"
    r"|完整|单位|企业|公司|个人|婴儿|儿童|孩子|新生儿|近期|一寸|二寸|两寸|彩色|国产|学校|医院|法院|原|新)的?"
)
_OWNER = re.compile("(?P<person>本人|个人|申请人|职工|员工)|(?P<organisation>用人单位|单位|企业|公司|法人)")
_WORDS = tuple(
    pair.split(">")
    for pair in (
        "城乡居民基本医疗保险>城乡居民医保 城乡居民医疗保险>城乡居民医保 基本医疗保险>医保 医疗保险>医保 社会保险>社保 社会保障卡>社保卡 "
        "住房公积金>公积金 建筑工程>建设工程 机动车交通事故责任强制保险>交强险 车辆购置税>购置税 车购税>购置税 机动车>车辆 汽车>车辆 "
        "住房按揭贷款>住房贷款 个人住房>住房 购房贷款>住房贷款 借款>贷款 保险单>保单 保险凭证>保单 明细清单>清单 明细表>清单 明细>清单 安检>安全技术检验 "
        "基本养老保险>养老保险 狂犬疫苗>狂犬病疫苗 犬只>宠物 服务登记>登记 推断> 的> 交强险单>交强险保单 工资性>工资 居民身份证>身份证 有效> 合法> 原始> 彩色> 白底> 红底> 蓝底> 港澳地区>港澳 营业场所>经营场所 受委托人>受托人 认定证书>证书 通知单>通知书 说明表>说明 说明书>说明 核查>核对 档案证明>记录证明 费用汇总清单>费用清单 费用总清单>费用清单 或者>或 以及>和"
    ).split(" ")
)
# What makes another paper: denied, not yet or no longer, somebody else's, of another state or service.
_OTHER = re.compile(
    "[非不未无低被注销变更迁解除终止撤申请遗失租借贷售临时军旧]|代理|委托|监护|受托|经办|代办|股东|港|台湾|外国|境外|公证"
)
LITTLE, MOST_BEFORE = 0.6, 12
_HEADS = ((r"证(?:书|件)$", "证"), (r"证明(?:书|材料|文件|单)?$", "证明"), (r"凭证$", "证明"), (r"表格$", "表"), (r"(?:结论)(?:通知)?书?$", "结论"),
          (r"(决定|意见|合同|协议|判决|裁决)书$", r"\1"), (r"(?<=..)(?:材料|资料)$", ""))  # fmt: skip


def exact(name: str) -> str:
    """A name without marks."""
    return _MARKS.sub("", unicodedata.normalize("NFKC", name))


def plain(name: str) -> str:
    """A name without marks, and without what says only how it is handed in."""
    name = exact(name)
    while (shorter := _HOW.sub("", _AT_END.sub("", name))) != name and len(shorter) > 1:
        name = shorter
    return name


def canonical(name: str) -> str:
    """A plain name in one spelling: 机动车 as 车辆, 证书 as 证, 证明材料 as 证明."""
    name = _BRACKETS.sub("", name)
    for written, meant in _WORDS:
        name = name.replace(written, meant)
    for head, same in _HEADS:
        name = re.sub(head, same, name)
    return name


def either(name: str) -> Iterator[str]:
    """A name and, where it names two papers of one kind, each of them: 完税或免税证明, 完税证明, 免税证明."""
    yield name
    for length in (2, 3, 4):
        found = re.search(f"(.{{{length}}})或者?(.{{{length}}})", name)
        if found:
            yield name[: found.start()] + found[1] + name[found.end() :]
            yield name[: found.start()] + found[2] + name[found.end() :]


def forms(name: str) -> Iterator[str]:
    """The name as written, then without how it is handed in, then without who gave it and whose it is."""
    yield exact(name)
    short = plain(name)
    yield short
    while (shorter := _WHOSE.sub("", _GIVEN.sub("", short))) != short and len(shorter) > 1:
        short = shorter
        yield short


def owner(name: str) -> str | None:
    """Whether a name says that the paper is a person's or an organisation's."""
    found = _OWNER.match(name)
    return found.lastgroup if found else None


def named_in_brackets(name: str) -> str | None:
    """What brackets at the end add: 婚姻证件（结婚证） may name it."""
    found = _AT_END.search(exact(name))
    return found[1] if found else None


def abbreviates(short: str, full: str) -> bool:
    """Whether a name leaves out words of a longer one: 残疾证 for 残疾人证, 工伤认定书 for 工伤认定决定书.

    A certificate may leave out much; other papers only a little, and nothing that makes another paper of them
    (户口证明 is not 户口注销证明).
    """
    if not 2 < len(short) < len(full) or short[:2] != full[:2] and not full.endswith(short):
        return False
    if full.endswith(short):
        return len(short) >= (5 if short.endswith("证") else 7)
    rest = iter(full)
    if not all(char in rest for char in short):
        return False
    left_out = Counter(full) - Counter(short)
    little = len(short) >= 4 and len(short) >= LITTLE * len(full) and short[-2:] == full[-2:]
    return short.endswith("证") and full.endswith("证") or (little and not _other("".join(left_out)))


def qualifies(long: str, name: str) -> bool:
    """Whether a name is another one behind words that tell no other paper: 法院离婚判决书, 与单位签订的劳动合同."""
    before = long.removesuffix(name)
    return 0 < len(before) <= MOST_BEFORE and before != long and not _other(before)


def _other(words: str) -> bool:
    return bool(_OTHER.search(words))
