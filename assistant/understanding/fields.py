"""Which fields of a guide a question asks for, by the words people use."""

import re

from knowledge.model import FieldName as F

_PATTERNS: tuple[tuple[F, str], ...] = (
    (F.BENEFITS, r"(?:歇|休)(?:息|假)?(?:几|多少)(?:天|个月)|几倍|按(?:啥|什么|多少)(?:算|标准)|领多少|发多少|给多少|补多少|拿多少|能领(?:几|到)|补贴(?:标准|金额|多少)|补助(?:标准|多少)|标准(?:是)?(?:多少|啥|什么)|"
                 r"(?<!享受)(?<!享受生育)待遇(?!吗)|比例|报(?:销)?多少|报销比例|(?:每|一个?)(?:月|年)(?:能)?(?:领|发|给|多少)|多少钱一个?(?:月|年)|能(?:拿|领|发|补|报)(?:多少|几)|"
                 r"(?:产假|贴息|额度).{0,6}(?:多少|几天|多久)|贷多少|有(?:啥|什么|哪些)(?:待遇|优待|好处|福利|补贴|优惠|照顾)|能领(?:多久|几个月|多长)|免费(?:坐|乘|进|看|体检)|免门票|要不要门票|免挂号"),
    (F.FEES, r"多少钱|费是?(?:多少|几)|收费|费用|要钱|花钱|免费|工本费|(?:几|多少)块|交钱|掏钱|手续费|花多少|要多少(?:$|[?？，,])|收(?:不收)?钱|办证费|登记费|税率|交多少"),
    (F.DEADLINES, r"(?:几|多少)(?:天|日|个?月|年)(?:之)?内(?!.{0,6}(?:办[完好结]|得办|能?定|发证|出证|审|批|下来|到账|给))|多长时间(?:之)?内|期限|时效|时间段|不(?:再)?受理|能?提前(?:吗|不|办)|(?:多久|几天|多少天)(?:必须|就得|就要)|规定(?:是|的是)?(?:几天|多久)|(?:到期|期满|届满)前|前(?:几|多少)(?:天|日)|拖了|最晚|最迟|截止|逾期|时间限制|什么时候(?:之前|去|开始|申请|报)|啥时候(?:去|办|报|开始)|多久(?:之)?(?:内|前)|"
                  r"过(?:了)?期(?:了)?(?:.{0,4}(?:会|怎么|咋|能|还)|$)|晚了|超过.{0,8}(?:怎么|咋|还|会|行)|提前(?:多久|几|多少)|来得及|还能(?:办|补)|多大(?:要|必须|得)"),
    (F.VALIDITY, r"(?:顶|使唤?|护)(?:着)?(?:我|俺|住)?(?:几|多少)(?:年|个?月|天)|能?(?:使唤|顶用)(?:多长时间|多久|几)|有效期|期几年|几年$|管多久|能用(?:几|多少)(?:天|个?月|年)|管(?:几|多少)年|能用(?:多久|几|多少)|用几年|(?:几|多少)年(?:有效|一换|换一次)|多久(?:换|签|审|检|年检|认证)一次|保护(?:期|多久|几年|多少年)|(?:几|多少)年(?:一?审|一?检)|多久一(?:审|检|换|签)"),
    (F.LIMITS, r"多久|多长时间|(?:几|多少)(?:天|日|个?工作日|个?星期|周)(?!内)|办结|时限|等多|多快|什么时候能?(?:拿|取|领|办好|下来|出来|出证|到账|发)|"
               r"啥时候能?(?:拿|取|下来|到账|发|好)|当场|当天|立等可取|快不快|要几天|得几天"),
    (F.MATERIALS, r"材料|资料|带(?:啥|什么|哪|点|些|好)|(?:要|需|得|需要)(?:准备|提供|提交|带)|准备(?:啥|什么|哪)|证件|啥手续|什么手续|哪些手续|需要(?:啥|什么|哪些)(?:东西|证)?|"
                  r"(?:要不要|用不用|需不需要|还要|必须|非得|得不得|还用|得)(?:带|拿|要)?.{0,4}(?:户口|身份证|结婚证|照片|复印件|证明|房产证|体检|公证|合同|发票|盖章|原件)|没(?:有)?.{0,6}(?:证|户口本|材料|合同|发票|照片|公证).{0,4}(?:能|行|可以|中|咋|怎么)|(?:户口|身份证|结婚证|照片|复印件|房产证|发票|合同|证明).{0,3}(?:要不要|用不用|需不需要|带不带|还要不)|(?:哪些|啥|什么)东西|复印件|原件|要啥(?!时)"),
    (F.CONDITIONS, r"(?:至少|最少|起码).{0,4}(?:交|缴|住)(?:多|几)|(?:交|缴)(?:多久|多长).{0,3}(?:才|能)|(?:住|缴|交|干|工作|参保)(?:够|满)(?:几|多|啥)|条件|资格|符合|(?:能不能|可不可以|能否|可以|能|够不够|算不算|行不行)(?:再)?(?:办|申请|申领|领|取|提|贷|参加|享受|拿|报|评|认定|算|交|上|落|评残|登记)?.{0,10}(?:吗|么|不|不能|$|[?？])|"
                   r"谁(?:能|可以)|什么人|哪些人|啥人|(?:多大|几岁|多少岁|多大年纪|多大岁数)|要求|满足|够格|符不符合|算不算|满多少|缴(?:够|满)(?:几|多少)|交(?:够|满)(?:几|多少)|(?:几|多少)年(?:才能|才|可以|能|社保)"),
    (F.VISITS, r"跑(?:几|多少)|本人|代办|代领|代替|别人|[替让](?:我|俺|他|她|孩子|老人|父母|办|会计|媳妇|婆子|别人).{0,6}(?:[办领去交弄来]|$)|亲自|到场|现场|邮寄|寄(?:到|给)|委托|帮(?:他|她|我|老人|父母|爸|妈|孩子).{0,3}(?:办|领|代)|(?:一个人|单方|一方).{0,4}(?:去|办|来)|双方"),
    (F.CROSS_REGION, r"(?:户口|户籍|发的|老家).{0,12}(?:在|到|去).{1,8}(?:办|换|领|补|登记)|异地|外地|跨省|跨市|外省|不在(?:本地|老家|户籍地|家|河南|当地)|户口不在|回(?:老家|户籍地|原籍|户口)|回.{0,3}那边|回[\u4e00-\u9fff]{0,3}来(?:办|开|补|换)|全国通办|在哪都能|(?:任何|哪个)地方都|不回"),
    (F.CHANNELS, r"去哪|在哪|预约|哪里|哪儿|地点|地址|网上|线上|手机|app|小程序|豫事办|郑好办|支付宝|微信|窗口|电话|上哪|到哪|哪个(?:部门|单位|局|科|地方|窗口|派出所)|找谁|归谁|哪个部门|啥部门|什么部门|办事大厅|政务大厅|自助机"),
    (F.STEPS, r"流程|步骤|程序|顺序|办理(?:方法|方式)|先.{1,8}(?:再|还是)|分(?:几|哪几)步|怎么走"),
    (F.RESULTS, r"(?:发|拿|给|得到)(?:到)?(?:个|什么|啥)(?:证|本|结果)|办下来是"),
    (F.PITFALLS, r"罚(?:我|俺|他|她|人)?(?:多少|几|啥|款)|(?:会|要|得|咋|怎么|最多得?)罚|注意(?:什么|啥|事项|哪)|误区|坑|要当心|容易错"),
    (F.BASES, r"依据|哪(?:部|条|个)(?:法|规定|文件|条例)|法律(?:怎么|咋|有|规定|依据)|什么规定|文号|第几条|根据什么"),
)  # fmt: skip
_COMPILED = tuple((field, re.compile(pattern, re.IGNORECASE)) for field, pattern in _PATTERNS)
_HOW = re.compile(
    r"(?:怎么|如何|咋)(?:办理?|弄|申请|申报|操作|申领|提|取|交|备案|报|转|迁|认定|登记|补|换|改|做|整)?|登记|审查|审核|审|发证|出证|受理|申请|申报|必须|规定|下来|办好|办完|提前|新的|东西|有效期|每个|一共"
)
_EXPLICIT_CONDITIONS = re.compile(
    r"条件|资格|符合|够不够|谁能|什么人|[吗么不]|能否|至少|最少|起码|才能|(?:够|满)(?:几|多)"
)


def fields_asked(text: str) -> tuple[F, ...]:
    """The fields asked for, each once, in the order of their words in the text."""
    found = [(match.start(), field) for field, pattern in _COMPILED if (match := pattern.search(text))]
    fields = [field for _, field in sorted(found, key=lambda pair: pair[0])]
    if F.BENEFITS in fields and F.FEES in fields:
        fields.remove(F.FEES)
    if F.DEADLINES in fields and F.LIMITS in fields:
        fields.remove(F.LIMITS)
    if F.VALIDITY in fields and F.LIMITS in fields:
        fields.remove(F.LIMITS)
    if F.CONDITIONS in fields and re.search(r"(?:住|缴|交|干)(?:够|满)(?:多|几)", text):
        fields = [field for field in fields if field not in (F.LIMITS, F.VALIDITY)]
    numeric = {F.BENEFITS, F.LIMITS, F.DEADLINES, F.VALIDITY} & set(fields)
    if numeric and F.CONDITIONS in fields and not _EXPLICIT_CONDITIONS.search(text):
        fields.remove(F.CONDITIONS)
    return tuple(fields)


def without_field_words(text: str) -> str:
    """What is left of a question once the words that name fields are taken out."""
    for _, pattern in (*_COMPILED, (None, _HOW)):
        text = pattern.sub(" ", text)
    return text


_NUMBER = re.compile(r"多少|几|标准|金额|比例|额度|多久|多长|多大|最低|最高")


def wants_number(text: str) -> bool:
    """Whether the question asks for a figure, so that words alone do not answer it."""
    return bool(_NUMBER.search(text))


_UNITS_ASKED: tuple[tuple[re.Pattern[str], frozenset[str]], ...] = tuple(
    (re.compile(pattern), frozenset(units))
    for pattern, units in (
        (r"(?:几|多少)(?:天|日|个?工作日)|多久|多长时间|多快", ("日", "工作日", "月", "年")),
        (r"(?:几|多少)个?月|多久|多长", ("月", "年")),
        (r"(?:几|多少)年|多久|多长", ("年", "月")),
        (r"多大|(?:几|多少)(?:周)?岁|年龄|年纪|岁数|(?:今年|都)[都已经快]*[\d一二三四五六七八九十]{2,4}", ("岁",)),
        (r"多少钱|(?:几|多少)(?:块|元)|收费|费用|花钱|要钱", ("元",)),
        (r"比例|百分之|税率|几成|几个点", ("%",)),
        (r"(?:几|多少)吨|多重", ("吨",)),
        (r"(?:几|多少)(?:个)?人", ("人", "名")),
    )
)


def units_asked(text: str) -> frozenset[str]:
    """The units in which an answer could be given: 几年 asks for years or months, 比例 for per cent."""
    return frozenset().union(*(units for pattern, units in _UNITS_ASKED if pattern.search(text)))
