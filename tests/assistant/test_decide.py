"""From hits to one decision: answer, ask, enter a life event, or say that nothing was found."""

import math
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.assistant import Assistant
from assistant.confidence import REFUSE_BELOW, Evidence, confidence, content, evidence, unheard, weigh
from assistant.decide import (
    Decision,
    bare_family,
    candidates,
    decide,
    entered_theme,
    family_question,
    item_of,
    only_member_that_says,
)  # fmt: skip
from assistant.model import Candidate, Focus, Option
from assistant.understanding.understand import Intent, Understanding, understand
from knowledge.catalog import Catalog
from knowledge.model import FieldName
from knowledge.retrieval import Hit, RetrievalResult

WordsOf = Callable[[str], frozenset[str]]
unit = st.floats(0, 1, allow_nan=False)


def heard(said: str, catalog: Catalog, focus: Focus = Focus()) -> Understanding:  # noqa: B008
    return understand(said, focus, catalog)


@pytest.fixture
def words_of(by_words: Assistant) -> WordsOf:
    """The words of a text as the published generation cuts it."""
    return by_words.generation.retriever.tokenize.words


def found(*hits: Hit) -> RetrievalResult:
    return RetrievalResult(hits, (), {})


def hit(key: str, cosine: float = 0.93, score: float = 0.9, lexical: float = 1.0) -> Hit:
    return Hit(f"410000/{key}", score, cosine, lexical)


def decided(said: str, result: RetrievalResult, catalog: Catalog, words_of: WordsOf) -> Decision:
    seen = heard(said, catalog)
    return decide(seen, weigh(seen, result, catalog, words_of), catalog)


@given(st.tuples(unit, unit, unit, unit), unit, unit)
def test_confidence_grows_with_cosine_and_words_and_falls_with_words_unheard_and_a_rival(
    values: tuple[float, float, float, float], one: float, two: float
) -> None:
    seen, (low, high) = Evidence(*values), sorted((one, two))
    for field, better, worse in (
        ("cosine", high, low),
        ("unheard", low, high),
        ("rival", low, high),
        ("lexical", high, low),
    ):
        assert confidence(seen._replace(**{field: worse})) <= confidence(seen._replace(**{field: better}))


@given(st.tuples(unit, unit, st.floats(-1, 1), unit))
def test_confidence_is_a_probability(values: tuple[float, float, float, float]) -> None:
    assert 0 <= confidence(Evidence(*values)) <= 1


def test_without_the_dense_side_the_words_decide() -> None:
    assert confidence(Evidence(math.nan, 0.0, -1.0, 1.0)) > REFUSE_BELOW
    assert confidence(Evidence(math.nan, 1.0, 0.4, 0.5)) < REFUSE_BELOW


def test_the_unheard_share_is_by_characters_of_the_words_a_guide_never_says() -> None:
    said = {"采矿": "采矿 办理", "办理采矿": "采矿 办理"}
    words = lambda text: frozenset(said.get(text.strip(), text).split())  # noqa: E731
    assert unheard(content("采矿", words), "本局办理") == 0.5
    assert unheard(content("采矿", words), "采矿在本局办理") == 0.0
    assert unheard(content("", words), "本局办理") == 0.0


def test_a_sure_hit_is_answered(shipped: Catalog, words_of: WordsOf) -> None:
    decision = decided("居住证怎么第一次申请领取", found(hit("residence-permit")), shipped, words_of)
    assert (decision.name, decision.items) == ("answer", ("residence-permit",))


def test_an_unsure_hit_is_not_answered(shipped: Catalog, words_of: WordsOf) -> None:
    result = found(hit("residence-permit", 0.8, 0.3, 0.2))
    assert decided("火星移民签注", result, shipped, words_of).name == "nothing_found"


def test_nothing_found_is_nothing_found(shipped: Catalog, words_of: WordsOf) -> None:
    assert decided("居住地址怎么改", found(), shipped, words_of) == Decision("nothing_found")


def test_the_guide_of_which_the_evidence_is_surest_comes_first_and_life_events_keep_their_places(
    shipped: Catalog, words_of: WordsOf
) -> None:
    event = Hit("theme:newborn", 0.97, 0.95, 1.0)
    first, second = hit("id-card-renew", 0.90, 0.95, 0.5), hit("id-card-reissue", 0.95, 0.93, 1.0)
    weighed = weigh(heard("身份证丢了", shipped), found(first, event, second), shipped, words_of)
    assert weighed.found.kept == (second, event, first)
    words = content("身份证丢了", words_of)
    assert (
        weighed.sure
        == confidence(evidence(words, second, None, shipped))
        > confidence(evidence(words, first, None, shipped))
    )


def test_a_name_said_of_something_else_is_no_answer(shipped: Catalog, words_of: WordsOf) -> None:
    tractor = Hit("拖拉机驾驶证业务", 0.95, 0.95, 1.0)
    result = found(hit("driving-licence-renew", 0.89, 0.5))._replace(uncovered=tractor)
    decision = decided("拖拉机驾驶证换证", result, shipped, words_of)
    assert decision.name != "answer"
    without = decided("拖拉机驾驶证换证", result._replace(uncovered=None), shipped, words_of)
    assert without.confidence > decision.confidence


@pytest.mark.parametrize(
    ("said", "family"),
    [("身份证怎么办", "id-card"), ("公积金", "housing-fund"), ("居住证", "residence-permit"), ("身份证丢了", None)],
)
def test_a_bare_family_name_is_told_from_its_items(said: str, family: str | None, shipped: Catalog) -> None:
    seen = bare_family(heard(said, shipped), shipped)
    assert (seen.family_id if seen else None) == family


def test_a_bare_family_name_asks_which_one_whatever_was_found(shipped: Catalog, words_of: WordsOf) -> None:
    decision = decided("身份证怎么办", found(hit("id-card-renew", 0.99)), shipped, words_of)
    family = shipped.families["id-card"]
    assert decision == family_question(family)
    assert decision.options[0] == Option(label="第一次办（含给孩子办）", value="item:id-card-first")
    assert decision.question == "您要办的是哪一种？"


def test_two_members_of_a_family_that_come_near_are_told_apart_by_a_question(
    shipped: Catalog, words_of: WordsOf
) -> None:
    result = found(hit("id-card-renew", 0.93, 0.90), hit("id-card-reissue", 0.93, 0.88))
    decision = decided("证件弄坏", result, shipped, words_of)
    assert (decision.name, decision.question) == ("clarify", "您要办的是哪一种？")


def test_the_only_member_that_has_the_asked_field_needs_no_question(shipped: Catalog) -> None:
    family = next(
        f for f in shipped.families.values()
        if sum(bool(shipped.general(o.item_id).benefits) for o in f.options) == 1
    )  # fmt: skip
    only = next(o.item_id for o in family.options if shipped.general(o.item_id).benefits)
    seen = heard("能领多少", shipped)
    assert seen.fields == (FieldName.BENEFITS,)
    assert only_member_that_says(family, seen, shipped) == only


def test_all_formalities_of_something_without_a_guide_enter_no_life_event(shipped: Catalog) -> None:
    asked = heard("想开个典当行都要什么手续", shipped)
    assert asked.intent is Intent.LIFE_EVENT
    store = Hit("theme:open-convenience-store", 0.8, 0.91, 1.0)
    pawn = Hit("典当行设立审批", 0.9, 0.95, 1.0)
    assert entered_theme(asked, found(store), shipped) == "open-convenience-store"
    assert entered_theme(asked, found(store)._replace(uncovered=pawn), shipped) is None


def test_the_saying_of_a_life_event_enters_it(shipped: Catalog) -> None:
    assert entered_theme(heard("想开个饭馆，要办啥", shipped), found(), shipped) == "open-restaurant"


def test_all_formalities_of_a_found_life_event_enters_it(shipped: Catalog) -> None:
    event, item = Hit("theme:newborn", 0.9, 0.9, 1.0), hit("birth-registration-hukou")._replace(score=0.8)
    assert entered_theme(heard("小孩降生要办哪些手续", shipped), found(event, item), shipped) == "newborn"
    assert entered_theme(heard("小孩降生", shipped), found(event, item), shipped) is None


def test_a_life_event_found_far_before_every_item_is_entered_unless_a_number_is_asked(shipped: Catalog) -> None:
    event, item = Hit("theme:newborn", 0.9, 0.9, 1.0), hit("birth-registration-hukou")._replace(score=0.7)
    assert entered_theme(heard("小孩降生", shipped), found(event, item), shipped) == "newborn"
    assert entered_theme(heard("小孩降生几天内报", shipped), found(event, item), shipped) is None


def test_the_trace_keeps_five_candidates_rounded_and_no_cosine_where_there_is_none() -> None:
    kept = candidates(found(*(hit("x", math.nan if n else 0.123456) for n in range(7))))
    assert len(kept) == 5
    assert kept[:2] == (
        Candidate(key="410000/x", score=0.9, cosine=0.1235),
        Candidate(key="410000/x", score=0.9, cosine=None),
    )


def test_an_item_is_the_key_without_its_place() -> None:
    assert item_of("410000/id-card-renew") == "id-card-renew"


def test_no_service_known_by_name_only_is_called_like_a_guide_or_life_event(shipped: Catalog) -> None:
    told = {n for g in shipped.guides for n in (g.name, *g.aliases, *g.sayings)}
    told |= {n for t in shipped.themes.values() for n in (t.name, *t.aliases, *t.sayings)}
    missing = {n for u in shipped.library.uncovered for n in (u.name, *u.sayings)}
    assert len(shipped.library.uncovered) > 900
    assert told & missing == set()


@pytest.mark.parametrize(
    ("said", "lead", "kind"),
    [("注销要几天", 0.1, "clarify"), ("注销要几天", 0.3, "answer"), ("拖拉机注销要几天", 0.1, "answer")],
)
def test_words_that_many_items_are_called_by_name_none_of_them(
    said: str, lead: float, kind: str, shipped: Catalog, words_of: WordsOf
) -> None:
    result = found(hit("simple-deregistration", score=0.9), hit("death-hukou-cancel", score=0.9 - lead))
    assert decided(said, result, shipped, words_of).name == kind
