"""What must be checked again, and by whom."""

from datetime import date
from pathlib import Path

import pytest

from knowledge import __main__ as cli
from knowledge.catalog import Catalog
from knowledge.model import Library
from knowledge.staleness import Stale, stale

TODAY, NEXT_YEAR = date(2026, 11, 22), date(2027, 3, 1)
BUS = "老年乘车卡办理"
ENDING = "依据《河南省老年乘车卡办法》将于 2027-01-31 失效"


def found(library: Library, day: date, days: int = 180) -> list[Stale]:
    return [one for one in stale(Catalog(library), day, days) if "bus-card" in one.key or "elderly" in one.key]


def test_old_checks_ending_bases_and_second_hand_texts_are_listed_with_their_reasons(changing: Library) -> None:
    not_yet = "依据《河南省老年乘车卡办法（2026年修订）》2027-01-01 才施行"
    assert found(changing, TODAY) == [
        Stale("交通运输部门", "410000/bus-card", BUS, ("266天没有核对（上次 2026-03-01）", ENDING)),
        Stale("交通运输部门", "410000/bus-card@2027-01-01", BUS, ("总体标为“据公开转述，待复核”", not_yet)),
        Stale("交通运输部门", "410100/bus-card@2027-01-01", BUS, ("总体标为“据公开转述，待复核”",)),
        Stale("交通运输部门", "410184/bus-card@2027-01-01", BUS, ("总体标为“据公开转述，待复核”",)),
        Stale("民政部门", "410000/elderly-permit", "老年优待证办理", ("本指南已于 2025-12-31 失效，没有接替的版本",)),
    ]


def test_a_version_that_was_replaced_is_history(changing: Library) -> None:
    assert [one.key for one in found(changing, NEXT_YEAR, 365)] == [
        "410000/bus-card@2027-01-01", "410100/bus-card@2027-01-01", "410184/bus-card@2027-01-01", "410000/elderly-permit",
    ]  # fmt: skip


@pytest.mark.parametrize("days, listed", [(266, False), (265, True)])
def test_a_check_is_old_after_the_given_days(small: Library, days: int, listed: bool) -> None:
    guides = tuple(g.model_copy(update={"checked_on": date(2026, 3, 1)}) for g in small.guides)
    keys = {one.key for one in stale(Catalog(small.model_copy(update={"guides": guides})), TODAY, days)}
    assert ("410000/card-reissue" in keys) is listed


def test_the_command_groups_by_authority(changing_root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["--library", str(changing_root), "stale", "--days", "90", "--as-of", "2026-11-22"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "交通运输部门（4份）"
    assert lines[1] == f"  {BUS}（410000/bus-card）：266天没有核对（上次 2026-03-01）；{ENDING}"
    assert lines[-1] == "合计：5份要复核，共13份（按 2026-11-22，超过90天未核对算旧）。"
