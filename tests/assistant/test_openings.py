"""What an answer opens with: her number against the clause, her tier, a yes or no; and nothing where that is not certain."""

import pytest

from assistant.answering.compose import Asked, Place, compose
from assistant.answering.gate import Gate
from assistant.answering.opening import opening
from assistant.answering.relevance import NO_SENSE, Sense
from assistant.model import Reply
from knowledge.catalog import Catalog, ResolvedGuide
from knowledge.model import FieldName
from tests.assistant.conftest import DAY

F = FieldName
ELDERLY = "（《河南省老年人权益保障条例》第28条）"
INSURANCE = "（《社会保险法》第45条）"

OPENINGS: tuple[tuple[str, tuple[FieldName, ...], str, str | None], ...] = (
    # her number against a declared condition, near the threshold with the other side
    ("elderly-allowance", (F.CONDITIONS,), "我今年59岁能领高龄津贴不", f"不符合“年满80周岁”这一条，您说的是59岁{ELDERLY}。"),
    ("elderly-allowance", (F.BENEFITS,), "我今年59岁能领多少钱", f"不符合“年满80周岁”这一条，您说的是59岁{ELDERLY}。"),
    ("elderly-allowance", (F.CONDITIONS,), "俺爹今年79能领吗", f"不符合“年满80周岁”这一条，您说的是79岁；满80岁就符合这一条{ELDERLY}。"),
    ("elderly-allowance", (F.CONDITIONS,), "俺爹整80岁能领吗", f"符合“年满80周岁”这一条，您说的是80岁；不满80岁的不符合；其余条件也都要符合{ELDERLY}。"),
    ("elderly-allowance", (F.CONDITIONS,), "俺爹九十三岁能领吗", f"符合“年满80周岁”这一条，您说的是九十三岁；其余条件也都要符合{ELDERLY}。"),
    ("unemployment-benefit", (F.CONDITIONS,), "交了11个月失业保险能领吗", f"不符合“失业前单位和本人已缴失业保险费满1年”这一条，您说的是11个月；满1年就符合这一条{INSURANCE}。"),
    ("unemployment-benefit", (F.CONDITIONS,), "交了12个月能领吗", f"符合“失业前单位和本人已缴失业保险费满1年”这一条，您说的是12个月；不满1年的不符合；其余条件也都要符合{INSURANCE}。"),
    ("unemployment-benefit", (F.CONDITIONS,), "交了不到一年能领不", f"不符合“失业前单位和本人已缴失业保险费满1年”这一条，您说的是不到一年{INSURANCE}。"),
    ("unemployment-benefit", (), "要是我自己辞职的呢", f"一般不符合“不是因本人意愿中断就业”这一条，您说的是自己辞职{INSURANCE}。"),
    # what she told leaves it open
    ("marriage-registration", (F.CONDITIONS,), "21岁能领证吗", "要看性别：男方不早于22周岁，女方不早于20周岁，您说的是21岁（《民法典（婚姻家庭编）》第1047条）。"),
    ("marriage-registration", (F.CONDITIONS,), "男的21岁能领证吗", "不符合“男方不早于22周岁，女方不早于20周岁”这一条，您说的是21岁、男（《民法典（婚姻家庭编）》第1047条）。"),
    ("road-freight-permit", (), "4.5吨货车要办许可吗", "要看是否运危险货物：用总质量超过4.5吨的货车跑普通货运，或者运危险货物；4.5吨及以下的普通货车跑普通货运，不用办这两个证，您说的是4.5吨（《道路运输条例》第24条）。"),
    # a tier of the asked field, a condition for some applicants only
    ("unemployment-benefit", (F.BENEFITS,), "交了6年能领几个月", "按您说的6年：累计缴费满5年不足10年的，最长领18个月。"),
    ("unemployment-benefit", (F.BENEFITS,), "交了10年能领几个月", "按您说的10年：累计缴费10年以上的，最长领24个月。"),
    ("id-card-renew", (F.VALIDITY,), "我今年30岁换身份证管几年", "按您说的30岁：26周岁至45周岁的，有效期20年。"),
    ("id-card-renew", (F.VALIDITY,), "四十六岁换的管几年", "按您说的四十六岁：46周岁以上的，长期有效。"),
    ("vehicle-operation-permit", (F.CONDITIONS,), "4.5吨的货车要道路运输证吗", "按您说的4.5吨：用总质量4.5吨及以下的普通货车跑普通货运的，不用这个证。"),
    ("elderly-privileges", (F.CONDITIONS,), "64岁有免费体检吗", "不符合“每年一次的免费体检，要65周岁以上并且在当地常住”这一条，您说的是64岁；满65岁就符合这一条（《河南省老年人权益保障条例》第47条）。"),
    # nothing is certain: another measure, a guess, a question about the rule itself, another person's age
    ("road-freight-permit", (F.CONDITIONS,), "载重5吨的要办许可吗", None),
    ("elderly-allowance", (F.CONDITIONS,), "80岁以上能领吗", None),
    ("elderly-allowance", (F.CONDITIONS,), "七八十岁能领吗", None),
    ("elderly-allowance", (F.CONDITIONS,), "我60岁我妈82岁能领吗", None),
    ("adoption-registration", (F.CONDITIONS,), "我35岁能收养孩子吗", "按您说的35岁，已到30周岁：收养人年满30周岁；继父母收养继子女的，可以不受这一条限制。"),
    ("unemployment-benefit", (F.CONDITIONS,), "干了5年被裁能领吗", None),
    ("unemployment-benefit", (F.CONDITIONS,), "失业保险缴了三年，最多领几个月", "按您说的三年：累计缴费满1年不足5年的，最长领12个月。"),
    ("legal-aid", (F.CONDITIONS,), "申请法律援助律师要自己出钱吗", "不收钱：法律援助服务不收费。"),
    ("signboard-setting", (F.CONDITIONS,), "店门头换块新招牌要先去报批不", None),
    ("road-freight-permit", (F.CONDITIONS,), "总质量四吨四的要办许可吗", None),
    ("disability-subsidies", (F.CONDITIONS,), "没有残疾人证能领补贴吗", "要带：残疾人证（原件）（以窗口为准）。"),
    # read as dates, guesses or something else's measure before
    ("residence-permit", (F.CONDITIONS,), "我是今年三月份来郑州租的房，能办居住证吗", None),
    ("residence-permit", (F.CONDITIONS,), "来郑州小半年了，能办居住证吗", None),
    ("compulsory-education-enrolment", (F.CONDITIONS,), "今年差几天六岁，能上一年级不能", None),
    ("unemployment-benefit", (F.CONDITIONS,), "干了七年被裁，孩子又要交学费，能领失业金吗", None),
    ("retirement-pension", (F.CONDITIONS,), "21年开始交社保能领养老金吗", None),
    ("disability-privileges", (F.FEES,), "拿着残疾证坐公交还掏钱不", None),
    ("digital-purchase-subsidy", (F.CONDITIONS,), "换手机能不能领国补，旧手机不交行不行", None),
    ("birth-registration-hukou", (F.MATERIALS,), "我俩还没领结婚证呢，能上不", "分情况：结婚证（原件，实务中常要出示，各地要求不同，办前先问）（以窗口为准）。"),
    ("childcare-subsidy", (F.CONDITIONS,), "孩子一岁多了奶奶能不能替领", None),
    # deadlines
    ("used-car-transfer", (F.DEADLINES,), "车都交付俩月了还能过户吗", "已经过了期限：自车辆交付之日起30日内申请转让登记，您说的是俩月；过了期限还给不给办，指南里没有写。"),
    ("birth-registration-hukou", (F.CONDITIONS,), "娃出生半个月了还能上户口不", "还在期限内：婴儿出生后一个月以内申报，您说的是半个月。"),
    ("birth-registration-hukou", (F.CONDITIONS,), "娃出生30天了还能上户口不", None),
    ("labor-arbitration", (F.DEADLINES,), "劳动仲裁过了一年还能申请吗", "指南里没有写过了期限还给不给办。"),
    ("hukou-migration", (F.DEADLINES,), "迁户口超了三天还能办吗", "指南里没有写过了期限还给不给办。"),
    # yes or no by fields
    ("marriage-registration", (F.MATERIALS,), "领证要不要户口本", "不用带：现在不要户口簿了，带身份证、现场签声明就行；网上写“要户口本”的是旧规定，新条例自2025年5月10日起施行。"),
    ("divorce-registration", (F.MATERIALS,), "没有结婚证能离婚吗", "要带：结婚证（原件，双方各带本人的）。"),
    ("id-card-reissue", (), "补身份证要户口本吗", "分情况：居民户口簿（原件，能通过系统核验的，通常不要求纸质）（以窗口为准）。"),
    ("subsistence-allowance", (F.MATERIALS,), "办低保要房产证吗", "指南的申请材料里没有列不动产权证书，要不要带以窗口为准。"),
    ("marriage-registration", (F.VISITS,), "结婚登记能找人代办吗", "要本人去：双方都要亲自到场，不能代办。"),
    ("driving-licence-reissue", (F.VISITS,), "能让我弟代办吗", "可以代办：可以委托别人代办，代办人交自己的身份证明和您的委托书。"),
    ("notarization", (F.VISITS,), "公证能委托别人吗", "分情况：遗嘱、生存、收养关系等必须本人办；其他可以委托别人办。"),
    ("residence-permit-endorse", (F.VISITS,), "签注能代办吗", None),
    ("marriage-registration", (F.FEES,), "结婚登记收费吗", "不收钱：婚姻登记费不收费。"),
    ("id-card-reissue", (F.FEES,), "补身份证要钱不", "要收钱：丢失补领工本费40元/证。"),
    ("id-card-reissue", (F.FEES,), "补身份证要多少钱", None),
    ("road-freight-permit", (F.FEES,), "办货运许可收费吗", None),
    ("unemployment-benefit", (F.CHANNELS,), "失业金能在网上申请吗", "能在网上办：河南政务服务网。"),
    ("marriage-registration", (F.CHANNELS,), "领证能网上办吗", "分情况：各地的网上预约（只能预约，登记要本人到场）（以窗口为准）。"),
    ("passport", (F.CHANNELS,), "护照能网上办吗", "指南里没有写能在网上办，列出的是窗口：公安机关出入境管理窗口。"),
    # months against years, years and months of an age, ages without their unit
    ("unemployment-benefit", (F.BENEFITS,), "交了13个月失业保险能领几个月", "按您说的13个月：累计缴费满1年不足5年的，最长领12个月。"),
    ("unemployment-benefit", (F.BENEFITS,), "失业保险交了60个月，最多领几个月", "按您说的60个月：累计缴费满5年不足10年的，最长领18个月。"),
    ("retirement-pension", (F.CONDITIONS,), "养老保险缴了180个月够不够领养老金", "按您说的180个月：累计缴费满15年的，按月领取。"),
    ("childcare-subsidy", (F.BENEFITS,), "娃三岁零两个月了还能领育儿补贴不", "不符合“从2025年1月1日起，符合法律法规规定生育或者收养的3周岁以下孩子”这一条，您说的是三岁零两个月；不满3岁的才符合（《育儿补贴制度管理规范》第5条）。"),
    ("elderly-allowance", (F.CONDITIONS,), "俺爹八十整，高龄津贴中不中", f"符合“年满80周岁”这一条，您说的是八十岁；不满80岁的不符合；其余条件也都要符合{ELDERLY}。"),
    # a bound that is only written: compared, not judged
    ("retirement-pension", (F.CONDITIONS,), "我今年59岁，男职工，能领养老金吗", "按您说的59岁，不到60周岁：从2025年1月1日起，男职工法定退休年龄由60周岁逐步延到63周岁，每4个月延1个月。"),
    ("retirement-pension", (F.CONDITIONS,), "我今年61岁，男职工，能领养老金吗", "按您说的61岁，在60周岁和63周岁之间：从2025年1月1日起，男职工法定退休年龄由60周岁逐步延到63周岁，每4个月延1个月。"),
    ("retirement-pension", (F.CONDITIONS,), "我今年52岁，女职工，能退休吗", None),
    ("adoption-registration", (F.CONDITIONS,), "我28岁想收养一个孩子行不行", "按您说的28岁，不到30周岁：收养人年满30周岁；继父母收养继子女的，可以不受这一条限制。"),
    ("large-event-security-permit", (), "办个800人的演唱会要公安许可不", "按您说的800人，不到1000人：面向社会公众、每场次预计1000人以上参加的体育比赛、演唱会、展销、灯会等活动，承办者要先取得公安机关安全许可。"),
    ("sports-venue-occupation", (), "占用体育场8天搞活动要审批吗", "按您说的8天，没有超过10日：临时占用公共体育场地设施超过10日。"),
    ("disability-certificate", (F.VALIDITY,), "残疾人证办了11年还能用不", "按您说的11年，超过了10年：有效期10年，期满到批准的残联免费换领（据公开转述）。"),
    ("large-event-security-permit", (), "预计1500人参加要不要许可", "按您说的1500人，已到1000人：面向社会公众、每场次预计1000人以上参加的体育比赛、演唱会、展销、灯会等活动，承办者要先取得公安机关安全许可。"),
    ("work-injury-decision", (F.CONDITIONS,), "工伤都一年零两个月了还能认定吗", "已经过了期限：单位没申请的，职工、近亲属或者工会组织自事故发生或者被诊断、鉴定为职业病之日起1年内，可以直接申请，您说的是一年零两个月。"),
    ("unemployment-benefit", (F.CONDITIONS,), "干了七年被裁能领失业金吗", None),
    ("vehicle-operation-permit", (F.PITFALLS,), "一年超几次会吊销营运证不", None),
    ("small-deposit-withdrawal", (F.CONDITIONS,), "这两样加一块儿能取吗", None),
    ("driving-licence-renew", (F.CONDITIONS,), "驾照过期一年多了还能换不", "超过有效期1年以上没换的，驾驶证会被注销。"),
    # deadlines in the words that people use for what they count from
    ("driving-licence-renew", (F.CONDITIONS,), "驾照过期8个月了还能换吗", "还在期限内：超过有效期1年以上没换的，驾驶证会被注销，您说的是8个月。"),
    ("driving-licence-renew", (F.CONDITIONS,), "驾照还有两个月到期，能提前换不", "现在就能办：有效期满前90日内申请换证，您说的是还有两个月。"),
    ("driving-licence-renew", (F.CONDITIONS,), "驾照还有半年到期，能提前换不", "还没到办的时候：有效期满前90日内申请换证，您说的是还有半年。"),
    ("used-car-transfer", (), "二手车买了四十天还没过户", "已经过了期限：自车辆交付之日起30日内申请转让登记，您说的是四十天；过了期限还给不给办，指南里没有写。"),
    ("work-injury-decision", (F.CONDITIONS,), "工伤过去10个月了，单位没报，我自己还能报吗", "还在期限内：单位没申请的，职工、近亲属或者工会组织自事故发生或者被诊断、鉴定为职业病之日起1年内，可以直接申请，您说的是10个月。"),
    ("vaccination-record-issue", (), "孩子生下来50天接种证还没办", "已经过了期限：孩子出生后1个月内办，您说的是50天。"),
    # what is not met comes before what it costs; of several fees the one that is named
    ("elderly-privileges", (F.FEES,), "我爸今年五十八，能坐公交免费不", "不符合“年满60周岁”这一条，您说的是五十八岁；满60岁就符合这一条（《老年人权益保障法》第2条）。"),
    ("elderly-privileges", (F.FEES,), "老人每年体检要钱不", "不收钱：65周岁以上常住老年人每年一次常规体检不收费。"),
    ("elderly-privileges", (F.FEES,), "老人坐公交要钱不", None),
)  # fmt: skip


@pytest.mark.parametrize(("item", "fields", "text", "said"), OPENINGS, ids=[f"{o[0]}:{o[2]}" for o in OPENINGS])
def test_an_answer_opens_with_what_is_certain_and_the_gate_lets_it_pass(
    item: str, fields: tuple[FieldName, ...], text: str, said: str | None, shipped: Catalog
) -> None:
    guide = shipped.general(item)
    opener = opening((text,), guide, fields, shipped)
    assert (opener.sentence.text if opener else None) == said
    reply = answered(item, fields, text, shipped)
    passed = Gate(shipped).check(reply, (text,))
    assert passed.dropped == ()
    if said:
        assert reply.statements[0].text == said


def answered(item: str, fields: tuple[FieldName, ...], text: str, catalog: Catalog) -> Reply:
    asked = Asked(ResolvedGuide(catalog.general(item), True), fields, text, (text,))
    return compose(asked, Place("410000", "河南省", DAY), catalog, NO_SENSE)


PLANTED = (
    ("elderly-allowance", "我今年59岁能领高龄津贴不", "不符合“年满80周岁”这一条，您说的是59岁", "符合“年满80周岁”这一条，您说的是59岁"),
    ("elderly-allowance", "我今年59岁能领高龄津贴不", "您说的是59岁", "您说的是95岁"),
    ("elderly-allowance", "我今年59岁能领高龄津贴不", "年满80周岁", "年满50周岁"),
    ("elderly-allowance", "我今年59岁能领高龄津贴不", "第28条", "第29条"),
    ("unemployment-benefit", "交了6年能领几个月", "按您说的6年：累计缴费满5年不足10年的，最长领18个月", "按您说的6年：累计缴费10年以上的，最长领24个月"),
    ("used-car-transfer", "车都交付俩月了还能过户吗", "已经过了期限", "还在期限内"),
    ("large-event-security-permit", "办个800人的演唱会要公安许可不", "不到1000人：", "已到1000人："),
    ("driving-licence-renew", "驾照还有半年到期，能提前换不", "还没到办的时候：", "现在就能办："),
    ("marriage-registration", "领证要不要户口本", "不用带：", "要带："),
    ("driving-licence-reissue", "能让我弟代办吗", "可以代办：", "要本人去："),
    ("id-card-reissue", "补身份证要钱不", "要收钱：", "不收钱："),
    ("subsistence-allowance", "办低保要房产证吗", "指南的申请材料里没有列不动产权证书", "指南的申请材料里没有列居民户口簿"),
)  # fmt: skip


@pytest.mark.parametrize(("item", "text", "true", "false"), PLANTED, ids=[f"{p[0]}:{p[3]}" for p in PLANTED])
def test_a_planted_wrong_judgement_is_stopped_at_the_gate(
    item: str, text: str, true: str, false: str, shipped: Catalog
) -> None:
    reply = answered(item, (F.BENEFITS,) if "几个月" in text else (), text, shipped)
    first = reply.statements[0].model_copy(update={"text": reply.statements[0].text.replace(true, false)})
    assert first != reply.statements[0]
    forged = reply.model_copy(
        update={"text": reply.text.replace(true, false), "statements": (first, *reply.statements[1:])}
    )
    passed = Gate(shipped).check(forged, (text,))
    assert first not in passed.reply.statements
    assert false not in passed.reply.text


def test_a_judgement_on_what_was_not_said_is_stopped(shipped: Catalog) -> None:
    reply = answered("elderly-allowance", (F.CONDITIONS,), "我今年82岁能领吗", shipped)
    passed = Gate(shipped).check(reply, ("我今年28岁能领吗",))
    assert reply.statements[0] not in passed.reply.statements
    assert "符合“年满80周岁”" not in passed.reply.text


def test_a_number_told_before_picks_the_tier_but_no_judgement_is_said_twice(shipped: Catalog) -> None:
    guide, before = shipped.general("passport"), "那给孩子办呢，八岁。有效期几年"
    opener = opening(("有效期几年", before), guide, (F.VALIDITY,), shipped)
    assert opener is not None and opener.sentence.text == "按您说的八岁：未满16周岁的，有效期5年。"
    allowance = shipped.general("elderly-allowance")
    assert opening(("还有啥条件", "我59岁能领吗。还有啥条件"), allowance, (F.CONDITIONS,), shipped) is None


def test_an_overview_leaves_out_what_nobody_publishes_and_what_an_extension_adds(shipped: Catalog) -> None:
    licence = answered("food-business-licence", (), "办食品证", shipped)
    assert "另加的时间" in licence.text or "法定时限10个工作日" in licence.text
    assert "这是另加的时间" not in licence.text
    split = answered("household-split", (), "我想分户", shipped)
    assert "没有写明金额" not in split.text
    assert "收费" in [option.label for option in split.options]


def test_a_follow_up_is_answered_by_its_own_words_and_not_with_the_whole_guide(shipped: Catalog) -> None:
    words = shipped.general("student-loan")
    asked = Asked(ResolvedGuide(words, True), (), "毕业以后几年还清", ("毕业以后几年还清",))
    place = Place("410000", "河南省", DAY)
    pairs = lambda text: frozenset(text[i : i + 2] for i in range(len(text) - 1))  # noqa: E731
    sense = Sense(pairs, lambda question, sentences: None)
    reply = compose(asked, place, shipped, sense)
    assert [s.field for s in reply.statements if s.field in (F.MATERIALS, F.CHANNELS)] == []
    assert reply.statements[0].text.startswith("助学贷款是贷款，毕业后要还")
    whole = compose(asked._replace(question="助学贷款怎么办"), place, shipped, sense)
    assert F.MATERIALS in {s.field for s in whole.statements}


def test_beside_another_field_only_the_clauses_that_it_rests_on_are_told(shipped: Catalog) -> None:
    reply = answered("food-business-licence", (F.FEES, F.BASES), "收费依据", shipped)
    assert [s.text[:9] for s in reply.statements] == ["许可办理费用（行政", "《行政许可法》第5"]


def test_a_yes_or_no_about_a_share_is_answered_and_not_refused_for_want_of_a_figure(shipped: Catalog) -> None:
    text = "公积金租房提取还要看房租超过收入比例吗"
    assert answered("housing-fund-withdrawal", (F.BENEFITS,), text, shipped).kind == "answer"
    assert answered("housing-fund-withdrawal", (F.BENEFITS,), "租房提取的比例是多少", shipped).kind == "refusal"


def test_a_tier_for_what_she_did_not_tell_is_not_hers(shipped: Catalog) -> None:
    expecting, lost = (
        answered("maternity-allowance", (F.BENEFITS,), text, shipped).text
        for text in ("怀孕八个月了，产假能歇多少天", "怀孕八个月流产了，能歇多少天")
    )
    assert ("按您说的" in expecting, "按您说的八个月：怀孕满4个月流产的，产假42天" in lost) == (False, True)
