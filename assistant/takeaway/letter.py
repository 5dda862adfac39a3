"""A blank letter of authority (授权委托书) for the items whose guide takes one; nobody's data stands in it."""

from assistant.model import Plan
from assistant.takeaway.sheet import Part, Row

LETTER = "authorization-letter"  # the kind of paper by which a guide says that another may go
_BLANK = "＿" * 8
_PERSON = f"姓名：{_BLANK}　电话：{_BLANK}"
_NUMBER = f"身份证件号码：{'＿' * 14}"
_DATE = "＿＿＿年＿＿月＿＿日"
_POWERS = ("提交申请和材料", "签收通知", "领取办理结果")


def letter_of(plan: Plan) -> Part | None:
    """The letter with a box for each item that names it as a paper, and when; None where no item does."""
    needs = [need for material in plan.materials if material.kind == LETTER for need in material.needs]
    if not needs:
        return None
    items = [f"{need.item}（{need.condition}）" if need.condition else need.item for need in needs]
    lines = (
        "空白样式。窗口有规定格式的，用窗口的；法律规定要本人到场的，不能委托。",
        f"委托人　{_PERSON}", _NUMBER, f"受托人　{_PERSON}", _NUMBER,
        "委托人因故不能到场，委托受托人代为办理下面打勾的事项：",
    )  # fmt: skip
    signed = (f"委托期限：{_DATE}至{_DATE}", f"委托人签名：{_BLANK}　{_DATE}", f"受托人签名：{_BLANK}　{_DATE}")
    return Part(
        title="授权委托书",
        rows=(
            *(Row(text=line) for line in lines), *(Row(text=item, box=True) for item in dict.fromkeys(items)),
            Row(text="委托权限（打勾的有效）："), *(Row(text=power, box=True) for power in _POWERS),
            *(Row(text=line) for line in signed),
        ),
    )  # fmt: skip
