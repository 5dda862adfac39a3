"""What must be caught before any search: danger to life, wrongdoing, injected orders, account data, idle talk.

Rules, not a model: each pattern was written against cases of both kinds (to catch, and look-alikes to leave alone)
in `evals/suites/refusal.jsonl`.
"""

import re
from enum import StrEnum


class Alarm(StrEnum):
    """What the guard saw; None of these means: go on."""

    MEDICAL = "medical"
    FIRE = "fire"
    VIOLENCE = "violence"
    DESPAIR = "despair"
    UNSAFE = "unsafe"
    INJECTION = "injection"
    ACCOUNT = "account"


_DESPAIR = re.compile(
    r"不想活|想死(?!亡)|自杀|自尽|轻生|活不下去|活着没(?:啥|什么)?意思|结束(?:自己的?)?生命|跳楼|割腕|想不开|寻短见"
)
_VIOLENCE_NOW = re.compile(
    r"(?:正在|正|现在|又在|还在)(?:打|砍|追|撵|掐|跟踪)(?:我|俺|人|她|他|孩子)|有人(?:要)?(?:杀|砍|抢劫|绑架)|"
    r"(?:他|她|老公|丈夫|对象|男朋友)(?:现在|又)?(?:拿着?刀|要杀|要砍|要打死)|被绑架|救命|救名|(?:有人|他|她|男的).{0,4}拿(?:着)?刀|拿刀.{0,8}(?:追|砍|捅)|追着?我(?:打|砍)|入室抢劫|抢劫了"
)
_FIRE = re.compile(
    r"(?:着火了|起火了|失火了|冒烟了|煤气泄漏|燃气泄漏|天然气漏)(?!.{0,12}(?:救助|补助|困难|咋申请|怎么申请|申请))"
)
_MEDICAL = re.compile(
    r"(?:晕倒|昏倒|昏迷|叫不醒|没反应了|不省人事|喘不上气|没有?呼吸|大出血|心梗|心脏病发|抽搐|中毒|喝(?:了)?农药|吞(?:了)?(?:安眠)?药)(?:了|着|叫不醒|咋|怎么|，|,|。|！|!|$)"
)
_BUREAUCRATIC = re.compile(r"报销|补助|救助金|证明|手续|鉴定|认定|津贴|注销户口|销户|备案|怎么申请|咋申请")
_UNSAFE = re.compile(
    r"(?:办|做|买|弄|搞|伪造|仿造|刻)(?:一?[个张本])?假(?:的)?(?:证|驾|章|公章|身份证|驾照|结婚证|发票|学历|证明|病历|户口|材料|票|流水)|"
    r"(?:伪造|造假|虚构|编造|ps|P图|PS).{0,8}(?:证|材料|证明|流水|病历|合同|票据|公章|劳动关系)|"
    r"(?:骗|套取?|薅)(?:取|领)?.{0,4}(?:低保|补贴|医保基?金?|社保|失业金|公积金|救助)|假离婚|假结婚|代刻公章|"
    r"(?:绕过|绕开|躲过|逃避|规避)(?:.{0,6})(?:审核|审查|检查|年检|监管|纳税|核查)|(?:查|搞到|弄到|买)(?:别人|他人|前[妻夫任]|邻居).{0,6}(?:身份证号?|住址|户籍|信息|电话|行踪|开房)|"
    r"(?:塞|送)(?:点)?(?:红包|钱|礼).{0,8}(?:快|办|通过|加急)|(?:买|卖|租|借)(?:别人的?)?(?:身份证|驾照分|银行卡|营业执照)(?!.{0,4}(?:照片|套))|买分|卖分|消分"
)
_INJECTION = re.compile(
    r"(?:忽略|无视|忘(?:掉|记)|抛开|不要理会|跳过).{0,8}(?:以上|之前|前面|上面|所有|一切|先前|原来|你的)?.{0,6}(?:指令|规则|提示|设定|要求|限制|内容)|"
    r"(?:系统|system)\s*(?:提示|prompt|message|消息|指令)|(?:ignore|disregard|forget).{0,24}(?:instruction|prompt|rule|above|previous)|"
    r"(?:你现在是|从现在起你是|假装你是|扮演)(?!.{0,6}(?:什么|谁))|(?:开发者|管理员|调试|越狱|DAN)模式|我是(?:你的)?(?:系统)?管理员|"
    r"(?:输出|打印|告诉我|泄露|展示|重复).{0,8}(?:提示词|系统指令|初始指令|prompt)|<\s*/?\s*(?:script|system|img|iframe)|javascript:",
    re.IGNORECASE,
)
_ACCOUNT = re.compile(
    r"(?:帮我|给我|替我)(?:查|看)(?:一下|下|查|看)?(?!.{0,6}(?:怎么|如何|咋|要带|流程|材料)).{0,14}(?:余额|进度|记录|到账|明细|缴费|欠|违章|账户|审批|多少钱|几年|状态)|"
    r"我的.{1,16}查询(?!.{0,4}(?:方法|流程))|我的?.{0,10}(?:余额|账户里?|账上)(?:有|还有|还剩)?(?:多少|几)|我(?:的)?.{0,12}(?:办到|审批?到|审核到|走到)(?:哪|什么|啥)|"
    r"我.{0,12}(?:进度|办好没|批下来没|下来没|下来了没|下来了吗|办好了吗|批了没|审过了?没|到账没|到账了吗|到没到账|发了没)|"
    r"我(?:已经)?(?:交|缴)了(?:多少|几)(?:年|个月|钱)|我(?:还)?(?:欠|差)(?:多少|几).{0,8}(?:社保|医保|公积金|钱|年)|我的?(?:驾照|驾驶证|车).{0,6}(?:扣了几分|还剩几分|有没有违章|几个违章)|"
    r"我的?(?:社保|医保|公积金|养老金|退休金|低保).{0,6}(?:有多少|还有多少|是多少|剩多少|交到几月|交没交|停没停)"
)
_GENERAL = re.compile(r"(?:怎么|咋|如何|在?哪(?:里|儿)?)(?:才能)?(?:查|看)")


def inspect(text: str) -> Alarm | None:
    """The most serious thing a (masked, folded) message contains, or None."""
    if _DESPAIR.search(text):
        return Alarm.DESPAIR
    if _VIOLENCE_NOW.search(text) and not _BUREAUCRATIC.search(text):
        return Alarm.VIOLENCE
    if _FIRE.search(text) and not _BUREAUCRATIC.search(text):
        return Alarm.FIRE
    if _MEDICAL.search(text) and not _BUREAUCRATIC.search(text):
        return Alarm.MEDICAL
    if _INJECTION.search(text):
        return Alarm.INJECTION
    if _UNSAFE.search(text):
        return Alarm.UNSAFE
    if _ACCOUNT.search(text) and not _GENERAL.search(text):
        return Alarm.ACCOUNT
    return None


_OFF_TOPIC = re.compile(
    r"天气|下雨|几度|股票|基金|彩票|双色球|攻略|景点|食谱|菜谱|减肥|做菜|怎么做(?:饭|菜|面|汤)|烩面|胡辣汤|电影|电视剧|综艺|小说|唱歌|歌词|笑话|作文|写(?:一)?(?:首|篇|封|段)|诗|"
    r"翻译|数学题|作业|编程|代码|python|游戏|星座|算命|运势|起名|比赛|球赛|谁(?:是|赢)|明星|新闻|汇率|房价|签证|绿卡|移民|判几年|判多少年|怎么判|几年刑|导航|路线|打车|外卖|快递到|网购|减肥|恋爱|表白|分手"
)
_SERVICE = re.compile(
    r"证|许可|执照|登记|备案|审批|审核|资质|资格|注册|申请|申领|补贴|补助|津贴|救助|报销|缴费|参保|社保|医保|户口|过户|变更|注销|年检|年审|公章|税|手续|办理|牌照|鉴定|认定|验收|批准"
)


def is_service(text: str) -> bool:
    """Whether an unanswered message is about a government service at all (else it is out of scope)."""
    return bool(_SERVICE.search(text)) and not _OFF_TOPIC.search(text)
