"""Personal data that belongs to nobody: valid numbers by kind; and what only looks like it.

Check digits: GB 11643 (identity), GB 32100 (credit code), ISO/IEC 7812 (bank cards), all by python-stdnum.
"""

import random
from collections.abc import Callable
from datetime import date, timedelta

from stdnum import luhn
from stdnum.cn import ric, uscc

AREAS = "410105 410183 410305 411002 411403 412825 110101 320106 440305 510104 650102 130102".split()
SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵钱严武戴莫孔汤温苗尚柴纪路焦葛樊祝翟殷申耿席裴"
COMPOUND = ("欧阳", "司马", "上官", "诸葛", "司徒", "慕容")
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛超秀霞刚桂英玉兰凤梅建华国庆志鹏浩宇梓涵欣怡子轩雨晨思琪嘉豪俊熙若曦一诺沐辰淑贞翠花铁柱"
TOWNS = (
    "郑州市金水区",
    "洛阳市涧西区",
    "新郑市龙湖镇",
    "南阳市卧龙区",
    "周口市川汇区",
    "中牟县",
    "",
    "商丘市睢阳区宋集镇",
)
ROADS = (
    "花园路",
    "文化路",
    "建设东路",
    "人民街",
    "纬五路",
    "中州大道",
    "解放巷",
    "凤凰南街",
    "航海中路",
    "紫荆山路",
)
ESTATES = ("幸福小区", "绿城百合花园", "正弘蓝堡湾", "龙湖锦艺家园", "建业森林半岛小区", "阳光新城", "东风社区")
VILLAGES = ("张庄村", "大李庄村", "后王村", "河西村", "石桥村")
NOW = date(2026, 11, 22)
Make = Callable[[random.Random], str]


def _digits(rng: random.Random, count: int) -> str:
    return "".join(rng.choice("0123456789") for _ in range(count))


def _born(rng: random.Random) -> date:
    return NOW - timedelta(days=rng.randrange(200, 36_000))


def _identity(areas: tuple[str, ...]) -> Make:
    def make(rng: random.Random) -> str:
        body = rng.choice(areas) + _born(rng).strftime("%Y%m%d") + _digits(rng, 3)
        return body + str(ric.calc_check_digit(body + "0"))

    return make


def _old_identity(rng: random.Random) -> str:
    born = date(1930, 1, 1) + timedelta(days=rng.randrange(25_000))
    return rng.choice(AREAS) + born.strftime("%y%m%d") + _digits(rng, 3)


def _foreigner(rng: random.Random) -> str:
    """The card of 2023: 9, issuing province, nationality, birth, serial, check digit."""
    body = "9" + rng.choice(("11", "41", "31", "44")) + rng.choice(("840", "392", "410", "643"))
    body += _born(rng).strftime("%Y%m%d") + _digits(rng, 3)
    return body + str(ric.calc_check_digit(body + "0"))


def _old_foreigner(rng: random.Random) -> str:
    return (
        rng.choice(("USA", "JPN", "KOR", "GBR", "RUS"))
        + rng.choice(AREAS)[:4]
        + _born(rng).strftime("%y%m%d")
        + _digits(rng, 2)
    )


def _mobile(rng: random.Random) -> str:
    return "1" + rng.choice("3456789") + _digits(rng, 9)


def _landline(rng: random.Random) -> str:
    area, length = rng.choice((("0371", 8), ("0379", 8), ("0376", 7), ("010", 8), ("021", 8), ("0395", 7)))
    return f"{area}-{rng.choice('35678')}{_digits(rng, length - 1)}"


def _card(rng: random.Random) -> str:
    prefix, length = rng.choice(
        (("622202", 19), ("621700", 19), ("622848", 19), ("621661", 19), ("62", 16), ("4367", 16), ("5264", 16))
    )
    body = prefix + _digits(rng, length - 1 - len(prefix))
    return body + str(luhn.calc_check_digit(body))


def _passport(rng: random.Random) -> str:
    return rng.choice(
        (
            "E" + _digits(rng, 8),
            "E" + rng.choice("ABCDEFGH") + _digits(rng, 7),
            "G" + _digits(rng, 8),
            "PE" + _digits(rng, 7),
        )
    )


def _permit(rng: random.Random) -> str:
    return rng.choice("CHM") + _digits(rng, 8)


def _plate(rng: random.Random) -> str:
    return (
        rng.choice("豫豫豫京沪鲁冀苏皖鄂陕晋")
        + rng.choice("ABCDEFGHJKLMNPQRSU")
        + rng.choice((_digits(rng, 5), rng.choice("ABCDEFGHJKLMNPQRSTUVWXYZ") + _digits(rng, 4)))
    )


def _new_energy(rng: random.Random) -> str:
    start = "豫" + rng.choice("ABCDEFGHJKLMNPQRSU")
    return start + rng.choice(
        (
            rng.choice("DFABCEGHJK") + _digits(rng, 5),
            _digits(rng, 5) + rng.choice("DF"),
            "D" + rng.choice("ABCEFGH") + _digits(rng, 4),
        )
    )


def _credit_code(rng: random.Random) -> str:
    body = rng.choice(("91", "92", "93", "52")) + rng.choice(AREAS) + "MA"
    body += "".join(rng.choice("0123456789ABCDEFGHJKLMNPQRTUWXY") for _ in range(17 - len(body)))
    return body + str(uscc.calc_check_digit(body))


def _mail(rng: random.Random) -> str:
    user = rng.choice(("zhangwei", "li.na", "wang_fang", "qq", "hn-chen", "sunny")) + _digits(rng, rng.randrange(2, 6))
    return user + "@" + rng.choice(("163.com", "qq.com", "126.com", "sina.com.cn", "gmail.com", "foxmail.com"))


def _address(rng: random.Random) -> str:
    n, b, u, r = rng.randrange(1, 190), rng.randrange(1, 40), rng.randrange(1, 5), rng.randrange(101, 2904)
    return rng.choice(TOWNS) + rng.choice((
        f"{rng.choice(ROADS)}{n}号院{b}号楼{u}单元{r}室", f"{rng.choice(ROADS)}{n}号{rng.choice(ESTATES)}{b}栋{u}单元{r}",
        f"{rng.choice(ESTATES)}{b}号楼{u}单元{r}", f"{rng.choice(ROADS)}{n}号", f"{rng.choice(VILLAGES)}{u}组{n}号", f"{rng.choice(VILLAGES)}{n}号",
        f"{rng.choice(ESTATES)}{b}幢{r}室",
    ))  # fmt: skip


def _name(rng: random.Random) -> str:
    given = "".join(rng.choice(GIVEN) for _ in range(rng.choice((1, 2, 2, 2))))
    return (rng.choice(COMPOUND) if rng.random() < 0.05 else rng.choice(SURNAMES)) + given


# kind → the group of sentences it fits, how one is made
PERSONAL: dict[str, tuple[str, Make]] = {
    "居民身份证（18位）": ("证件号码", _identity(tuple(AREAS))), "居民身份证（15位）": ("证件号码", _old_identity),
    "港澳台居民居住证": ("证件号码", _identity(("810000", "820000", "830000"))), "外国人永居证（新）": ("证件号码", _foreigner),
    "外国人永居证（旧）": ("证件号码", _old_foreigner), "手机号": ("手机号", _mobile), "手机号（+86）": ("手机号", lambda rng: "+86" + _mobile(rng)),
    "座机号": ("座机号", _landline), "银行卡号": ("银行卡号", _card), "护照号": ("护照号", _passport), "往来通行证": ("护照号", _permit),
    "车牌号": ("车牌号", _plate), "新能源车牌": ("车牌号", _new_energy), "统一社会信用代码": ("信用代码", _credit_code), "邮箱": ("邮箱", _mail),
    "住址": ("住址", _address), "姓名": ("姓名", _name),
}  # fmt: skip


def _item_code(rng: random.Random) -> str:
    return rng.choice((
        "000" + _digits(rng, 9), f"11{rng.choice(AREAS)}{_digits(rng, 9)}4{_digits(rng, 13)}", f"11410000MB{_digits(rng, 7)}X4000{_digits(rng, 9)}",
        f"{rng.choice(AREAS)}{_born(rng):%Y%m%d}{_digits(rng, 6)}", f"41{_digits(rng, 10)}", f"YS{_digits(rng, 10)}",
    ))  # fmt: skip


def _ruling(rng: random.Random) -> str:
    year, number = rng.randrange(1998, 2027), rng.randrange(1, 400)
    return rng.choice((f"国办发〔{year}〕{number}号", f"豫政〔{year}〕{number}号", f"发改价格〔{year}〕{number * 7}号", f"公安部令第{number}号", f"豫人社规[{year}]{number}号", f"国发〔{year}〕{number}号文"))  # fmt: skip


def _hotline(rng: random.Random) -> str:
    return rng.choice(("12345", "12329", "12333", "12393", "12366", "12315", "110", "120", "96777", "400-650-1234", "95598"))  # fmt: skip


def _amount(rng: random.Random) -> str:
    n = rng.randrange(1, 100_000)
    return rng.choice((f"{n}元", f"{n}.{_digits(rng, 2)}元", f"{n // 100 + 1}万元", f"¥{n:,}", f"{n * 100:,}元", f"{n}00000元", "一百三十八万元", f"{n % 90 + 1}%"))  # fmt: skip


def _day(rng: random.Random) -> str:
    d = _born(rng)
    return rng.choice((f"{d.year}年{d.month}月{d.day}日", f"{d}", f"{d:%Y%m%d}", f"{d.year}.{d.month}.{d.day}", f"{d:%Y/%m/%d}", "二〇二六年十一月二十二日", f"{d:%Y-%m-%d}至{d.year + 10}-{d:%m-%d}", f"{d:%Y.%m.%d}-{d.year + 20}.{d:%m.%d}"))  # fmt: skip


def _article(rng: random.Random) -> str:
    n = rng.randrange(1, 1260)
    return rng.choice((f"第{n}条", f"第{n}条第{n % 4 + 1}款", "第二十一条第三款", "第一千零四十七条", f"第{n}条第({n % 5 + 1})项"))  # fmt: skip


def _count(rng: random.Random) -> str:
    n = rng.randrange(1, 400)
    return rng.choice((f"{n}个人", f"{n}份材料", f"{n}张", f"{n}平方米", f"{n}.{_digits(rng, 1)}平", "一二三四五六七八九十个人", f"{n}吨", f"{n}岁以上", "1、2、3、4、5、6、7、8、9、10、11"))  # fmt: skip


def _model(rng: random.Random) -> str:
    year = rng.randrange(2005, 2027)
    return rng.choice((f"{year}款帕萨特", f"{year}年的面包车", "京A牌照的车", "豫字牌照的车", f"1.{_digits(rng, 1)}T排量{year}款", "C1驾照的车", "国六B", "GB7258-2017标准的车"))  # fmt: skip


LOOK_ALIKES: dict[str, Make] = {
    "事项编码": _item_code, "文号": _ruling, "热线": _hotline, "金额": _amount, "日期": _day, "条款": _article, "数量": _count, "年份车型": _model,
}  # fmt: skip
