"""收费: free or not free, and one amount for one case."""

import re
from collections import defaultdict
from collections.abc import Iterator

from knowledge.lint.finding import ELEMENTS, OFFICE_115, Card, Fault, guide_rule
from knowledge.lint.shelf import Shelf
from knowledge.lint.views import GuideView
from knowledge.model import Fee

# A whole-item claim: it fills its clause, so that 低保户不收费 or 第一本不收费 is none.
_FREE_CLAIM = re.compile(
    r"(?:^|[，。；：！])(?:本事项|该事项|此事项|办理本事项|办理|全程|一律|均|都|目前|是否收费[:：]?|收费情况[:：]?|属于)*"
    r"(?:不收取?任何费用|不收取?费用|不收费|免费办理|免费|零收费|否)(?=$|[，。；！（])"
)
_GENERIC = re.compile(r"^(?:本事项)?(?:办理|收取|是否|申请|行政事业性|行政)?(?:费用?|收费|不收费|免费|办理费用?)$")


def _charged(fee: Fee) -> bool:
    return fee.amount is not None and fee.amount.amount > 0


@guide_rule(Card(
    "free-with-charge", "写了不收费就没有收费项", "error", OFFICE_115 + "；行政许可法第58条",
    good="不收费；没有收费项目", bad="不收费；收费项目：工本费10元/证",
))  # fmt: skip
def free_with_charge(view: GuideView, shelf: Shelf) -> Iterator[Fault]:
    """An item is either free or has rows with amounts, not both."""
    charged = [fee for fee in view.guide.fees if _charged(fee)]
    if not charged:
        return
    row = f"{charged[0].name} {charged[0].amount}"
    for index, fee in enumerate(view.guide.fees):
        free = fee.amount is not None and fee.amount.amount == 0 and not fee.applies
        if free and _GENERIC.match(fee.name):
            yield Fault(f"fees[{index}]", f"写着不收费，又有收费项：{row}", "核对后留一种；部分人免收的写清是哪些人")
    for where, text in view.sentences():
        if where.startswith(("summary", "steps", "visits", "benefits", "pitfalls", "fees")) and _FREE_CLAIM.search(
            text
        ):
            yield Fault(where, f"“{text}”，又有收费项：{row}", "核对后留一种；部分人免收的写清是哪些人")


@guide_rule(Card(
    "fee-twice", "同一项收费只有一个数", "error", ELEMENTS,
    good="住宅登记费80元/件", bad="住宅登记费80元/件；住宅登记费100元/件",
))  # fmt: skip
def fee_twice(view: GuideView, shelf: Shelf) -> Iterator[Fault]:
    """One name and case of a charge has one amount."""
    rows: dict[str, list[Fee]] = defaultdict(list)
    for fee in view.guide.fees:
        if fee.amount is not None:
            rows[fee.name].append(fee)
    for name, fees in rows.items():
        found = {str(fee.amount) for fee in fees}
        cases = {fee.applies for fee in fees}
        if len(found) > 1 and (None in cases or len(cases) < len(fees)):
            yield Fault(
                "fees", f"“{name}”写了{len(found)}个数：{'、'.join(sorted(found))}", "留一个，或在 applies 里分清情形"
            )


RULES = (free_with_charge, fee_twice)
