"""Answers over guides that inherit and change: whose rule it is, what is coming, and nothing expired as current."""

from datetime import date

import pytest

from assistant.answering import versions
from assistant.answering.citing import Citations
from assistant.answering.compose import Asked, Place, compose
from assistant.answering.gate import Gate, Passed
from assistant.answering.versions import Change, coming_statement
from assistant.assistant import Assistant
from assistant.errors import NotFound
from assistant.model import Answer, Refusal, Reply, Session
from assistant.sessions import MemorySessions
from knowledge.catalog import Catalog
from knowledge.index.embedding import Embedder
from knowledge.index.generation import GenerationStore
from knowledge.model import FieldName, Library

F = FieldName
TODAY, NEXT_YEAR = date(2026, 11, 22), date(2027, 1, 1)
NEXT_FEE = "自2027年1月1日起，收费改为：首次办卡工本费10元/张。"


@pytest.fixture(scope="module")
def places(changing: Library) -> Catalog:
    return Catalog(changing)


@pytest.fixture(scope="module")
def citizen_s(changing: Library, embedder: Embedder, tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    """The assistant over the changing library, by words alone."""
    folder = tmp_path_factory.mktemp("changing-data")
    store = GenerationStore(folder)
    store.build(changing, embedder)
    store.publish()
    return Assistant(store.open(None)[0], MemorySessions(), 500)


def said(places: Catalog, place: str, *fields: FieldName, as_of: date = TODAY) -> Reply:
    where = places.place_named(place)
    asked = Asked(places.resolve("bus-card", where.adcode, as_of), fields, "")
    reply = compose(asked, Place(where.adcode, where.name, as_of), places, frozenset)
    assert Gate(places).check(reply) == Passed(reply, ())
    return reply


@pytest.mark.parametrize("place, fields, whose", [
    ("河南", (F.FEES,), ""),
    ("济源", (F.FEES,), "按全省指南回答，库里没有济源市单独的规定。"),
    ("郑州", (F.FEES,), "收费按郑州市的规定。"),
    ("郑州", (F.LIMITS,), "办结时限沿用全省指南，这方面库里没有郑州市单独的规定。"),
    ("郑州", (F.LIMITS, F.FEES), "收费按郑州市的规定；办结时限沿用全省指南。"),
    ("新郑", (F.LIMITS, F.FEES), "办结时限按新郑市的规定；收费沿用郑州市指南。"),
    ("郑州经开区", (F.FEES,), "收费按郑州市的规定，库里没有郑州经济技术开发区单独的规定。"),
], ids=["省问省", "市无规定", "市的", "省的", "各半", "县和市", "县问市的"])  # fmt: skip
def test_the_answer_says_by_field_whose_rule_it_is(
    places: Catalog, place: str, fields: tuple[FieldName, ...], whose: str
) -> None:
    last = said(places, place, *fields, as_of=NEXT_YEAR).text.splitlines()[-1]
    assert last[last.rfind("。", 0, -1) + 1 :] == whose or (not whose and last.endswith("10元/张。"))


def test_a_citation_of_an_inherited_field_is_the_parent_s_with_its_own_check_date(places: Catalog) -> None:
    cited = {(c.field, c.guide_id, str(c.updated_on)) for c in said(places, "新郑", F.LIMITS, F.FEES, F.MATERIALS).citations}  # fmt: skip
    assert {c for c in cited if "@" not in c[1]} == {
        (F.LIMITS, "410184/bus-card", "2026-11-21"),
        (F.FEES, "410100/bus-card", "2026-11-20"),
        (F.MATERIALS, "410000/bus-card", "2026-03-01"),
    }


def test_a_known_change_follows_the_current_rule_with_its_date_and_its_clause(places: Catalog) -> None:
    reply = said(places, "河南", F.FEES)
    assert isinstance(reply, Answer)
    assert reply.text == f"老年乘车卡办理的收费：首次办卡工本费20元/张。{NEXT_FEE}"
    assert [(s.field, s.text, s.citations) for s in reply.statements] == [
        (F.FEES, "首次办卡工本费20元/张。", (1,)),
        (F.FEES, NEXT_FEE, (2,)),
    ]
    assert [(c.guide_id, c.basis) for c in reply.citations] == [
        ("410000/bus-card", "《河南省老年乘车卡办法》第1条"),
        ("410000/bus-card@2027-01-01", "《河南省老年乘车卡办法（2026年修订）》第1条"),
    ]
    assert [item.guide_id for item in reply.items] == ["410000/bus-card"]


@pytest.mark.parametrize("place, fields, coming", [
    ("河南", (F.LIMITS,), "自2027年1月1日起施行新规定，办结时限没有变化，有变化的是受理条件、收费。"),
    ("河南", (), "自2027年1月1日起施行新规定，有变化的是受理条件、收费。"),
    ("郑州", (F.FEES,), "自2027年1月1日起施行新规定，收费没有变化，有变化的是受理条件。"),
    ("郑州", (F.CONDITIONS,), "自2027年1月1日起，受理条件改为：年满60周岁。"),
    ("河南", (F.FEES, F.CONDITIONS), "自2027年1月1日起，收费改为：首次办卡工本费10元/张；受理条件改为：年满60周岁。"),
], ids=["所问不变", "没问字段", "市里不变", "沿用的变", "两样都变"])  # fmt: skip
def test_what_was_asked_is_quoted_and_what_was_not_is_named(
    places: Catalog, place: str, fields: tuple[FieldName, ...], coming: str
) -> None:
    assert said(places, place, *fields).statements[-1].text == coming


def test_after_the_day_only_the_new_rule_is_said(places: Catalog) -> None:
    reply = said(places, "河南", F.FEES, as_of=NEXT_YEAR)
    assert reply.text == "老年乘车卡办理的收费：首次办卡工本费10元/张。"
    assert {c.guide_id for c in reply.citations} == {"410000/bus-card@2027-01-01"}


def test_a_value_set_elsewhere_is_refused_without_idle_talk_of_the_coming_text(places: Catalog) -> None:
    reply = said(places, "河南", F.CHANNELS)
    assert isinstance(reply, Refusal)
    assert (reply.statements, reply.citations) == ((), ())


def test_a_coming_sentence_that_does_not_hold_is_dropped(places: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(versions, "_change", lambda field, new: f"{field.label}改为：首次办卡工本费9元/张")
    asked = Asked(places.resolve("bus-card", "410000", TODAY), (F.FEES,), "")
    passed = Gate(places).check(compose(asked, Place("410000", "河南省", TODAY), places, frozenset))
    false = "自2027年1月1日起，收费改为：首次办卡工本费9元/张。"
    assert passed.dropped == (f"fees：{false}", false)
    assert [s.text for s in passed.reply.statements] == ["首次办卡工本费20元/张。"]


def test_a_coming_text_that_changes_nothing_is_not_announced(places: Catalog) -> None:
    current = places.guide("410000/bus-card")
    same = current.model_copy(update={"effective_from": NEXT_YEAR, "supersedes": current.guide_id})
    for asked in ((F.FEES,), ()):
        assert coming_statement(Change(current, same, asked), Citations(places), places) == ()


def ask(assistant: Assistant, text: str, city: str | None, as_of: date) -> Reply:
    return assistant.ask(Session(session_id="test"), text, city, as_of).reply


@pytest.mark.parametrize("as_of, value", [(TODAY, "工本费20元"), (NEXT_YEAR, "工本费10元")])
def test_the_day_of_the_question_picks_the_version(citizen_s: Assistant, as_of: date, value: str) -> None:
    reply = ask(citizen_s, "老年乘车卡办理要多少钱", None, as_of)
    assert value in reply.statements[0].text
    current = {item.guide_id for item in reply.items}
    assert current == {"410000/bus-card" if as_of == TODAY else "410000/bus-card@2027-01-01"}


def test_an_expired_guide_is_never_cited(citizen_s: Assistant) -> None:
    assert ask(citizen_s, "老年优待证办理", None, date(2025, 6, 1)).kind == "answer"
    reply = ask(citizen_s, "老年优待证办理", None, TODAY)
    assert "410000/elderly-permit" not in {c.guide_id for c in reply.citations}
    with pytest.raises(NotFound, match="不在施行期间"):
        citizen_s.guide_view("410000", "elderly-permit", TODAY)


def test_a_guide_view_is_of_the_day_or_of_the_version_named(citizen_s: Assistant) -> None:
    today = citizen_s.guide_view("410184", "bus-card", TODAY)
    assert (today["guide_id"], today["own_fields"], today["parent_id"]) == ("410184/bus-card", ["limits"], "410100/bus-card")  # fmt: skip
    assert citizen_s.guide_view("410000", "bus-card@2027-01-01")["effective_from"] == "2027-01-01"
    with pytest.raises(NotFound):
        citizen_s.guide_view("410000", "bus-card@2029-01-01")


def test_a_conversation_goes_on_about_a_city_s_version(citizen_s: Assistant) -> None:
    session = Session(session_id="test")
    session = session.add(citizen_s.ask(session, "老年乘车卡办理要多少钱", "郑州", NEXT_YEAR))
    reply = citizen_s.ask(session, "多久能办好", None, NEXT_YEAR).reply
    assert [item.guide_id for item in reply.items] == ["410100/bus-card@2027-01-01"]
    assert "10个工作日" in reply.text
