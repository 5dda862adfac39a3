"""The privacy eval: what it plants is real, the mask reaches its targets, and no mask at all is noticed in every sink."""

import random
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from stdnum import luhn
from stdnum.cn import ric, uscc

from assistant import assistant as asking
from assistant.config import Settings
from assistant.safety.privacy import Masked, fold
from evals import privacy, sinks
from evals.personal import PERSONAL
from evals.privacy import Seen, leaks, load_lines, plain, samples
from evals.spellings import SPELLINGS
from knowledge.index.embedding import Embedder
from knowledge.index.generation import GenerationStore
from knowledge.model import Library

TURNS = 30


def unmasked(text: str) -> Masked:
    return Masked(fold(text), ())


def half(seen: list[Seen], personal: bool) -> list[Seen]:
    return privacy.of(seen, personal, "held")


@pytest.fixture(scope="module")
def settings(library: Library, embedder: Embedder, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The shipped library published under the fake embedder: the assistant answers by words alone."""
    folder = tmp_path_factory.mktemp("sinks")
    store = GenerationStore(folder)
    store.build(library, embedder)
    store.publish()
    return Settings(data_dir=folder)


def checked(number: str) -> bool:
    return bool(number[-1] == ric.calc_check_digit(number))


@pytest.mark.parametrize(("kind", "valid"), [
    ("居民身份证（18位）", checked), ("港澳台居民居住证", checked), ("外国人永居证（新）", checked), ("银行卡号", luhn.is_valid), ("统一社会信用代码", uscc.is_valid),
])  # fmt: skip
def test_planted_numbers_carry_valid_check_digits(kind: str, valid: Callable[[str], bool]) -> None:
    rng = random.Random(1)
    assert [n for n in (PERSONAL[kind][1](rng) for _ in range(50)) if not valid(n)] == []


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_spelling_reads_as_the_number_it_spells(spelling: str) -> None:
    rng = random.Random(2)
    for kind in ("居民身份证（18位）", "手机号", "护照号", "统一社会信用代码"):
        value = PERSONAL[kind][1](rng)
        assert plain(SPELLINGS[spelling](value, rng)) == plain(value)


@pytest.mark.parametrize(("value", "text", "leaked"), [
    ("13838123456", "打 138-3812-3456 找我", True), ("13838123456", "打【手机号已隐去】23456", False), ("13838123456", "幺三八三八一二", True),
    ("+8613838123456", "+86【手机号已隐去】", False), ("郑州市金水区花园路10号院3号楼", "郑州市金水区【住址已隐去】", False), ("张伟", "我叫张 伟", True),
], ids=["spelled", "five-digits", "six-digits", "country", "city-stays", "name"])  # fmt: skip
def test_a_leak_is_six_characters_in_a_row_or_a_whole_name(value: str, text: str, leaked: bool) -> None:
    assert leaks(value, text) is leaked


def test_no_sentence_stands_in_both_halves() -> None:
    halves = [{line.sentence or line.value for line in load_lines() if line.split == s} for s in ("dev", "held")]
    assert (halves[0] & halves[1], min(map(len, halves)) > 100) == (set(), True)


def test_the_mask_is_good_enough_and_no_mask_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = privacy.run(800, 11)
    assert (privacy.good_enough(seen), len(seen), all(s.intact for s in seen if s.sample.kind != "住址")) == (True, 3200, True)  # fmt: skip
    monkeypatch.setattr(privacy, "mask", unmasked)
    blind = privacy.run(200, 11)
    assert (privacy.rate(half(blind, True)).successes, privacy.good_enough(blind)) == (0, False)
    monkeypatch.setattr(privacy, "mask", lambda text: Masked("【全部已隐去】", ("全部",)))
    deaf = privacy.run(200, 11)
    assert (privacy.rate(half(deaf, False), good=False).value, privacy.good_enough(deaf)) == (1.0, False)


def test_after_many_turns_no_sink_of_the_process_holds_personal_data(settings: Settings, tmp_path: Path) -> None:
    planted = list(samples(TURNS, "held", True, random.Random(5)))
    texts = sinks.asked(own(settings, tmp_path), planted, lambda done, total: None)
    found = [sinks.search(name, kept, [s.value for s in planted]) for name, kept in texts.items()]
    assert {s.name: s.found for s in found} == dict.fromkeys(texts, ())
    assert all(s.characters > 1000 for s in found)


def test_without_the_mask_every_sink_of_the_process_holds_some(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "mask", unmasked)
    planted = list(samples(TURNS, "held", True, random.Random(5)))
    texts = sinks.asked(own(settings, tmp_path), planted, lambda done, total: None)
    found = {name: sinks.search(name, kept, [s.value for s in planted]).found for name, kept in texts.items()}
    assert [name for name, values in found.items() if not values] == []


@pytest.mark.integration
def test_a_running_server_neither_answers_nor_logs_personal_data(settings: Settings, tmp_path: Path) -> None:
    planted = list(samples(20, "held", True, random.Random(6)))
    texts = sinks.over_http(own(settings, tmp_path), planted)
    found = [sinks.search(name, kept, [s.value for s in planted]) for name, kept in texts.items()]
    assert [s.found for s in found] == [(), ()]
    statuses = {m[1] for t in texts["HTTP 的答复和错误"] if (m := re.search('"status": ?([0-9]+)', t))}
    assert statuses == {"404", "422"}


def own(settings: Settings, folder: Path) -> Settings:
    """The published data without anybody's conversations."""
    for part in ("generations", "CURRENT", "CURRENT.copy"):
        (folder / part).symlink_to(settings.data_dir / part)
    return settings.model_copy(update={"data_dir": folder})
