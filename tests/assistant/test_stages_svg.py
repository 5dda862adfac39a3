"""The picture of a plan: every item, every wait that nothing else says, the critical path, and the same in words."""

from itertools import pairwise
from xml.etree import ElementTree

import pytest

from assistant.takeaway.stages_svg import stages_svg
from tests.assistant.sheets import TOLD, sheets, toy
from tests.assistant.test_theme_walks import THEMES


def needed_waits(waits: dict[str, set[str]]) -> list[tuple[str, str]]:
    """Those waits without which an item could begin earlier: take one away and nothing else leads there."""

    def leads(start: str, end: str, without: tuple[str, str]) -> bool:
        return any(
            (before, end) != without and (before == start or leads(start, before, without)) for before in waits[end]
        )

    every = [(before, name) for name, others in waits.items() for before in others]
    return [edge for edge in every if not leads(*edge, without=edge)]


def test_a_wait_over_a_stage_goes_over_the_boxes_between() -> None:
    plan = toy(TOLD).plan
    item = plan.stages[0][0]
    names = {"a": (), "b": (), "c": ("bbb",), "d": ("aaa", "bbb", "ccc")}
    items = {n: item.model_copy(update={"item_id": n, "name": n * 3, "waits_for": waits}) for n, waits in names.items()}
    stages = ((items["a"], items["b"]), (items["c"],), (items["d"],))
    across, down = ElementTree.fromstring(
        stages_svg(plan.model_copy(update={"stages": stages, "schedule": None}))
    ).findall("svg")
    assert [path.get("d") for path in across.findall("g/path")[::2]] == [
        "M202 120C230 120 230 62 249 62", "M202 62H230V32H486V62H505", "M458 62C486 62 486 62 505 62",
    ]  # fmt: skip
    assert down.findtext("desc") == "共3步。第1步：aaa，bbb。第2步：ccc（等bbb）。第3步：ddd（等aaa、bbb、ccc）。"


@pytest.mark.parametrize("theme_id", THEMES)
def test_a_picture_shows_every_item_and_every_wait_and_says_so_in_words(theme_id: str) -> None:
    for sheet in sheets(theme_id, 5):
        plan, html = sheet.plan, stages_svg(sheet.plan)
        if sum(map(len, plan.stages)) < 2:
            assert html == ""
            continue
        items = [item for stage in plan.stages for item in stage]
        waits = needed_waits({item.name: set(item.waits_for) for item in items})
        critical = plan.schedule.latest.critical if plan.schedule else ()
        fat = [edge for edge in waits if edge in pairwise(critical)]
        for svg in ElementTree.fromstring(html).findall("svg"):
            boxes, paths = svg.findall("g/rect"), svg.findall("g/path")
            assert [len(boxes), len(paths)] == [len(items), 2 * len(waits)]
            assert sum(box.get("stroke-width") == "5" for box in boxes) == (len(critical) if len(critical) > 1 else 0)
            assert sum(path.get("stroke-width") == "4" for path in paths) == len(fat)
            words = "".join(text.text or "" for text in svg.findall("g/text")).replace("◆", "")
            assert all(item.name in words and item.name in (svg.findtext("desc") or "") for item in items)
        assert float(svg.attrib["width"].removesuffix("em")) <= 15
