"""What a follow-up inherits: the fields last asked for, and when it does not."""

import pytest

from assistant import carrying
from assistant.model import Focus
from assistant.understanding.understand import understand
from knowledge.catalog import Catalog
from knowledge.model import FieldName

F = FieldName
FOLLOWING: tuple[tuple[str, str, tuple[FieldName, ...]], ...] = (
    ("vehicle-plate-replace", "要是绿本丢了咋弄", ()),  # another matter, asked how: no price
    ("passport", "那护照呢", (F.FEES,)),
    ("used-car-transfer", "洛阳呢", (F.FEES,)),
    ("used-car-transfer", "不是我爸，是我爷，八十一", ()),  # another person and an age: judged anew
    ("used-car-transfer", "不是我妈，是我姥姥", (F.FEES,)),
)


@pytest.mark.parametrize(("item", "said", "fields"), FOLLOWING, ids=[said for _, said, _ in FOLLOWING])
def test_a_follow_up_inherits_what_was_asked_unless_it_asks_something_else(
    item: str, said: str, fields: tuple[FieldName, ...], shipped: Catalog
) -> None:
    focus = Focus(items=("used-car-transfer",), fields=(F.FEES,))
    assert carrying.fields(understand(said, focus, shipped), item, focus) == fields
