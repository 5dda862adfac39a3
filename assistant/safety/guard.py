"""What must be caught before any search: danger to life, wrongdoing, injected orders, account data, idle talk.

Danger is judged in `crisis.py`. Wrongdoing and account data are heard by rule where the words are plain, each pattern
written against cases of both kinds (to catch, and look-alikes to leave alone) in `evals/suites/refusal.jsonl`; the rest
of them is judged by `hearing.py`.
"""

import re

from assistant.safety.alarm import Alarm
from assistant.safety.crisis import danger
from assistant.safety.hearing import DECLINED, Vector, judge

__all__ = ["Alarm", "inspect", "is_off_topic", "is_service"]
_FAKE = r"证|驾|章|公章|身份证|驾照|结婚证|发票|学历|学[历藉籍]|证明|病历|户口|材料|票|流水|健康证|合同"
_UNSAFE = re.compile(
    rf"(?:办|做|买|弄|搞|伪造|仿造|刻|开|整)(?:到|一?[个张本份])?(?:的)?假(?:的)?(?:{_FAKE})|(?<![放请休产婚病探年度育儿理丧事寒暑])假的.{{0,6}}(?:{_FAKE})|(?:弄|办|做|买|搞|开|整)(?:个|张|本|份)?假的|"
    r"(?:怎么|咋|如何)(?:编|造)(?:才|得|个)?.{0,10}(?:看不出|不被发现|像真|不会被.{0,6}(?:看出|发现|查出))|(?:伪造|造假|虚构|编造|编个?|ps|P图|PS|私刻|代刻|仿造).{0,8}(?:证|材料|证明|流水|病历|合同|票据|公章|劳动关系)|forge|fake\s+(?:seal|id|certificate)|"
    r"(?:骗|套取?|薅|冒领)(?:取|领)?.{0,4}(?:低保|补贴|医保基?金?|社保|失业金|公积金|救助|居住证|养老金)|假离婚|假结婚|"
    r"(?:绕过|绕开|躲过|逃避|规避|糊弄|蒙混).{0,8}(?:审核|审查|检查|年检|监管|纳税|核查|过去|过关|人脸|认证)|"
    r"(?:查|搞到|弄到|买).{0,4}(?:别人|他人|前[妻夫任]|前?女友|前?男友|邻居|老板).{0,8}(?:身份证号?|住址|地址|户籍|信息|电话|行踪|开房)|"
    r"(?:塞|送)(?:点|多少)?(?:红包|钱|礼)|(?:走|找)(?:后门|关系|门路)|不走正常程序|包过|(?:买|卖|租|借|用)(?:别人|他人|人家)的?(?:身份证|驾照分|银行卡|营业执照|驾照|残疾证)|"
    r"花(?:[一二两三四五六七八九十几百千万\d]+块?|点|些)?(?:钱|块|元)(?!买了?[房车]|.{0,24}(?:靠谱|骗|真的假的)).{0,20}(?:改成|改到|改大|改小|删[了掉]|抹[了掉]|消[了掉]|买[个张本])|花钱买[个张本].{0,6}证|(?<!举报)(?:找人|请人|雇人|找)(?:代考|替考|枪手)|"
    r"(?:买|卖)(?:驾照)?分(?!期)|消分|(?:先)?不(?:销户|注销).{0,10}(?:接着|继续)领"
)
_INJECTION = re.compile(
    r"(?:忽略|无视|忘(?:掉|记)|抛开|不要理会|跳过).{0,8}(?:以上|之前|前面|上面|所有|一切|先前|原来|你的)?.{0,6}(?:指令|规则|提示|设定|要求|限制|内容)|"
    r"(?:系统|system)\s*(?:提示|prompt|message|消息|指令|[:：])|(?:ignore|disregard|forget|reveal|bypass|disable|print|repeat).{0,30}(?:instruction|prompt|rule|above|previous|filter|restriction)|"
    r"you are (?:now )?(?:dan|an? )|no restrictions|(?:关闭|解除|取消)(?:安全|审核|限制|过滤)|(?:列出|导出|给我)所有用户|"
    r"(?:你现在是|从现在起你是|假装你是|扮演)(?!.{0,6}(?:什么|谁))|(?:开发者|管理员|调试|越狱|DAN)模式|我是(?:你的)?(?:系统)?管理员|"
    r"(?:输出|打印|告诉我|泄露|展示|重复).{0,8}(?:提示词|系统指令|初始指令|prompt)|<\s*/?\s*(?:script|system|img|iframe)|javascript:",
    re.IGNORECASE,
)
_ACCOUNT = re.compile(
    r"(?:帮我|给我|替我)(?:查|看|差)(?:一下|下|查|看看?)?(?!.{0,6}(?:怎么|如何|咋|要带|流程|材料)).{0,16}(?:余额|进度|记录|到账|明细|缴费|欠|违章|账户|审批|审核|多少钱|几年|状态|没有?$|了没|好没|下来)|"
    r"(?:你给|给)?(?:查查|调出来|查出来)[吧呗。！!]*$|我(?:的|个人).{0,12}(?:余额|账户里?|账上)(?:有|还有|还剩|是)?(?:多少|几)|我的.{1,16}查询(?!.{0,4}(?:方法|流程))|"
    r"我(?:的)?.{0,12}(?:申请|件|材料|证)?.{0,6}(?:现在)?(?:办到|审批?到|审核到|走到|到)(?:哪(?:一步|儿|里|了)|什么(?:程度|环节)|啥(?:程度|环节))|"
    r"我.{0,12}(?:进度|办好没|批下来没|下来没|下来了没|下来了吗|办好了[没吗]|批了没|审过了?没|审核通过(?:没|了吗)|到账了?没|到账了吗|到没到账|发了没|打了没|打款了?没)|"
    r"我.{0,10}(?:一共|总共|已经|到底)?(?:交|缴)了(?:多少|几)(?:个?月|年|钱|契税|税)|我(?:还)?(?:欠|差)(?:多少|几).{0,8}(?:社保|医保|公积金|钱|年)|我的?(?:驾照|驾驶证|车).{0,6}(?:扣了几分|还剩几分|有没有违章|几个违章)|"
    r"你(?:给|帮)(?:我|俺)?(?:查|看)(?:查|看|一?下)|[我俺](?!.{0,30}(?:找谁|问谁|去哪)).{0,14}(?:咋|怎么)还没(?:打|发|到)(?:过来|到账|下来|款|卡)|"
    r"查(?:一?下|询|查)?[我俺]的?.{0,8}(?:余额|到账|进度)|"
    r"我的?(?:社保|医保|公积金|养老金|退休金|低保).{0,6}(?:有多少|还有多少|是多少|剩多少|交到几月|交没交|停没停)"
)
_REPORTS = re.compile("举报|揭发|报案")  # somebody else's wrongdoing
_GENERAL = re.compile(r"(?:怎么|咋|如何|在?哪(?:里|儿)?)(?:才能)?(?:查|看)")


def inspect(text: str, vector: Vector | None = None) -> Alarm | None:
    """The most serious thing that a (masked, folded) message with this query vector contains, or None."""
    if (alarm := danger(text, vector)) is not None:
        return alarm
    if _INJECTION.search(text):
        return Alarm.INJECTION
    if _UNSAFE.search(text):
        return Alarm.UNSAFE
    if _ACCOUNT.search(text) and not _GENERAL.search(text):
        return Alarm.ACCOUNT
    judged = judge(DECLINED, text, vector)
    return judged.kind if judged.enough and not _REPORTS.search(text) else None


_OFF_TOPIC = re.compile(
    r"相亲|介绍个?(?:对象|媳妇|妮儿)|枫叶卡|天气|下雨|下雪|几度|热不热|冷不冷|股票|炒股|基金(?!会)|彩票|双色球|攻略|景点|好玩|食谱|菜谱|减肥|做菜|怎么做(?:饭|菜|面|汤)|怎么(?:炒|炖|蒸)|烩面|胡辣汤|好吃|电影|电视剧|综艺|追剧|小说|唱歌|歌词|笑话|"
    r"作文|写(?:一)?(?:首|篇|封|段)|诗(?!书)|翻译|数学题|方程|作业|编程|代码|python|游戏|星座|算命|运势|风水|起名|球赛|世界杯|谁(?:是|赢)|明星|新闻|汇率|金价|油价|房价|"
    r"(?:美国|日本|英国|法国|德国|韩国|泰国|澳大利亚|加拿大|新西兰|欧洲|申根|外国|留学)签证|签证.{0,6}(?:面签|材料|T4|存款)|绿卡|移民|判几年|判多少年|怎么判|几年刑|导航|路线|打车|外卖|快递到|网购|恋爱|表白|分手|养花|钓鱼|手机(?:推荐|哪款)|推荐(?:几|一)"
)


_SERVICE = re.compile(
    r"证|许可|执照|登记|备案|审批|核准|审核|资质|资格|注册|申请|申领|申报|补贴|补助|津贴|救助|褒扬金|扶助|报销|缴费|参保|社保|医保|户口|过户|注销|年检|公章|税|手续|牌照|鉴定|认定|检定|验收|批准|环评|档案|报考|评审"
)


def is_off_topic(text: str) -> bool:
    """Whether a message is plainly about something else than government services."""
    return bool(_OFF_TOPIC.search(text))


def is_service(text: str) -> bool:
    """Whether a message speaks the language of government services."""
    return bool(_SERVICE.search(text)) and not is_off_topic(text)
