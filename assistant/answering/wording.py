"""The fixed sentences: refusals by reason, crisis signposts, small talk. No model improvises these."""

from assistant.model import Contact, RefusalReason
from assistant.safety.guard import Alarm

HOTLINE = Contact(name="12345 政务服务便民热线", phone="12345")
APP = Contact(name="豫事办 App")
SITE = Contact(name="河南政务服务网", url="https://www.hnzwfw.gov.cn/")
NEXT_STEPS = (HOTLINE, APP, SITE)

POLICE = Contact(name="报警", phone="110")
FIRE = Contact(name="火警", phone="119")
AMBULANCE = Contact(name="急救", phone="120")
MIND = Contact(name="心理援助热线", phone="12356")

CRISIS: dict[Alarm, tuple[str, tuple[Contact, ...]]] = {
    Alarm.DESPAIR: (
        "您现在的感受很重要，请先别一个人扛着。可以马上拨打心理援助热线12356；如果已经有危险，请拨120或110，"
        "也请告诉身边信得过的人。等您平安了，办事的问题我随时都在。",
        (MIND, AMBULANCE, POLICE),
    ),
    Alarm.VIOLENCE: (
        "请马上拨打110报警，说清在哪里、出了什么事；您自己有危险的，能离开就先离开；有人受伤拨120。平安以后，怎么申请保护和办手续我可以接着说。",
        (POLICE, AMBULANCE),
    ),
    Alarm.FIRE: (
        "请马上拨打119，说清在哪里、有几个人；能离开就先离开危险的地方，有人受伤拨120。燃气泄漏时不要开关电器，到屋外再打电话。",
        (FIRE, AMBULANCE),
    ),
    Alarm.MEDICAL: ("请马上拨打120，说清地点和病人情况，按电话里的指导去做。", (AMBULANCE,)),
}

REFUSALS: dict[RefusalReason, str] = {
    RefusalReason.OUT_OF_SCOPE: "这个我答不了：我只回答河南的政务服务怎么办，比如办证、社保、医保、户口、公积金、开店办照。您有要办的事，可以直接说。",
    RefusalReason.NO_KNOWLEDGE: "指南库里没有找到这件事的办事指南，所以我不猜。请拨打12345说清要办的事，或在豫事办、河南政务服务网按事项名称查询。",
    RefusalReason.OTHER_JURISDICTION: "您问的是{place}的规定。我只收录河南的办事指南，外省的规定可能不同，不能拿来套。请拨打当地12345，或查当地的政务服务网。",
    RefusalReason.ACCOUNT_DATA: "我看不到您个人的办件和账户信息，也请不要把身份证号发给我。要查余额、缴费记录或办理进度，请登录豫事办或到受理窗口查询，也可以拨打12345。",
    RefusalReason.UNSAFE: "这件事我不能帮：伪造、冒用、骗取或绕过审核都是违法的。如果是材料缺了、条件不够，可以说说实际情况，我帮您看看有没有正规的办法。",
    RefusalReason.NOT_PUBLISHED_HERE: "{what}由{publisher}公布，各地不同，指南里没有可核实的数字，我不猜。请在豫事办查询，或拨打12345问您所在地的标准。",
}
UNCOVERED = "听起来是“{name}”，指南库里还没有收录这件事的办事指南，所以我不猜。请拨打12345说清要办的事，或在豫事办、河南政务服务网按事项名称查询。"
INJECTION = "我只按已公布的办事指南回答，不能改变这个规则。您有要办的政务服务事项，可以直接说。"
GREETING = "您好，我是办成，帮您弄清河南的政务服务怎么办。您可以直接说要办的事，例如“身份证丢了怎么补”“孩子刚出生要办哪些手续”。"
THANKS = "不客气。还有要办的事，随时说。"
UPSET = "让您费心了，对不住。您接着说卡在哪一步，我按指南一步一步说清楚；要投诉或者催办，请拨打12345。"
GUESSED = "先按“{name}”回答，不是的话直接告诉我。\n"
WHO = "我是办成，河南政务服务的问答助手。我按已公布的办事指南回答，每个数字都标出处；不代办、不收集您的身份证号。答复供参考，以窗口为准。"
LOST = "您说的是哪一件？请直接说要办的事，例如下面这些。"
UNCLEAR = "没听明白，请从下面选一个，或说“不清楚”。\n"
CANCELLED = "好的，已经停下。您想问别的事，直接说就行。"
LABEL = "辅助参考，以窗口为准"
LEFT_OUT = "{what}有内容没有核对上依据，已经略去，请拨打12345核实。"

EMERGENCIES = (POLICE, FIRE, AMBULANCE, MIND)
FIXED = (*REFUSALS.values(), INJECTION, GREETING, THANKS, WHO, LOST, UNCLEAR, CANCELLED, LEFT_OUT)
