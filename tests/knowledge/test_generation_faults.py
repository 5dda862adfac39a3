"""A seeded handful of what `python -m bench.generation_faults` does by the hundred: killed, crowded and forbidden writers."""

from collections.abc import Iterator

import pytest

from bench.faults import crowding, killing
from bench.faults.judging import Ground, Row, Verdict, prepared
from bench.faults.writing import writer
from knowledge.model import Library

GOOD = {Verdict.OLD, Verdict.NEW}


@pytest.fixture(scope="module")
def ground(small: Library, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    with writer() as hand:
        yield prepared(tmp_path_factory.mktemp("faults"), hand, small, seed=4)


def assert_whole(row: Row, runs: int) -> None:
    assert row.verdicts.total() >= runs, row
    assert {verdict for verdict, count in row.verdicts.items() if count} <= GOOD, row


def test_a_writer_killed_at_any_moment_leaves_a_whole_generation(ground: Ground) -> None:
    assert_whole(killing.at_moments(ground, 12), 12)


def test_a_writer_killed_before_a_file_operation_leaves_a_whole_generation(ground: Ground) -> None:
    assert_whole(killing.at_steps(ground, every=8), 10)


def test_files_that_may_not_grow_leave_the_old_generation(ground: Ground) -> None:
    assert_whole(crowding.largest_files(ground, 6), 6)


def test_two_writers_at_once_take_turns(ground: Ground) -> None:
    assert_whole(crowding.two_writers(ground, 2), 2)


def test_a_folder_that_may_not_be_written_is_told(ground: Ground) -> None:
    row = crowding.forbidden(ground)
    assert_whole(row, 1)
    assert row.note.startswith("没有权限读写，请检查文件夹的属主和挂载方式")


def test_no_question_fails_while_generations_come_and_go(ground: Ground) -> None:
    for row in crowding.readers_during(ground, 8):
        assert_whole(row, 1)  # how many questions fit into eight publications is the machine's affair
