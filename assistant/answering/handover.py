"""What she can copy or read out to 12345 when there is no answer: one masked paragraph, written here word by word."""

from assistant.model import RefusalReason, Reply

LONGEST = 120  # characters of her own words
_PARAGRAPHS = {
    RefusalReason.NO_KNOWLEDGE: "您好，我{place}，想问：“{question}”。网上的办事助手没有查到这件事的办事指南，"
    "请告诉我归哪个部门办、要什么材料、到哪里办。",
    RefusalReason.NOT_PUBLISHED_HERE: "您好，我{place}，办{items}，想问：“{question}”。办事指南写明这一项由当地公布，没有具体的数，"
    "请告诉我本地现在的规定是多少、依据哪份文件。",
    RefusalReason.OTHER_JURISDICTION: "您好，我想问咱们这里的规定：“{question}”。请告诉我归哪个部门办、要什么材料、到哪里办。",
    RefusalReason.ACCOUNT_DATA: "您好，我{place}，想查自己的办理情况：“{question}”。请告诉我到哪里查、要带什么证件。",
}


def handover(question: str, reply: Reply, place: str) -> str | None:
    """The paragraph for a refusal that a person can help with; None for any other reply. `question` is already masked."""
    paragraph = _PARAGRAPHS.get(reply.reason) if reply.reason else None
    if paragraph is None:
        return None
    words = question.strip().rstrip("。？?！! ")
    short = words if len(words) <= LONGEST else f"{words[:LONGEST]}……"
    items = "、".join(f"“{item.name}”" for item in reply.items) or "一件事"
    return paragraph.format(question=short, place=f"在{place}", items=items)
