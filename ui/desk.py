"""What happens on the page without any widget: each event yields screens; only the stored session is believed."""

import logging
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from assistant.assistant import Assistant
from assistant.errors import BadInput, TurnedAway
from assistant.model import Option
from assistant.safety.privacy import mask
from ui.conversation import Message, asked, beside, converse, place_names, transcript
from ui.home import home_html
from ui.limits import Buckets
from ui.metrics import Metrics
from ui.render import card, view
from ui.wording import BROKEN, CLEARED, DONE, GONE, RESUMED, SEARCHING, TOO_FAST

SLOTS = 8
PACE_SECONDS, AT_MOST_SECONDS = 0.08, 0.5
Choice = tuple[str, str]
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Screen:
    """Everything that an event may change."""

    session_id: str | None
    messages: tuple[Message, ...]
    city: str
    county: str
    counties: tuple[Choice, ...]
    options: tuple[Option, ...] = ()
    status: str = ""
    fault: bool = False
    draft: str = ""


class Desk:
    """The page's events over one assistant."""

    def __init__(self, assistant: Assistant, metrics: Metrics, buckets: Buckets) -> None:
        self._assistant, self._metrics, self._buckets = assistant, metrics, buckets
        self._places = {place.adcode: place for place in assistant.catalog.library.jurisdictions}
        self._names = place_names(assistant)
        self.root = next(code for code, place in self._places.items() if place.parent is None)
        cities = [place for place in self._places.values() if place.parent == self.root]
        self.cities: list[Choice] = [(self._names[self.root], self.root), *((c.name, c.adcode) for c in cities)]

    def counties_of(self, city: str) -> tuple[Choice, ...]:
        """The counties of a city, with “whole city” first."""
        whole = "全省" if city == self.root else "全市"
        inside = [p for p in self._places.values() if p.parent == city] if city != self.root else []
        return ((whole, ""), *((p.name, p.adcode) for p in inside))

    def home(self, hours: int) -> str:
        """The first screen."""
        return home_html(self._assistant.front(date.today()), hours)

    def ask(self, session_id: str | None, text: str, place: str, address: str) -> Iterator[Screen]:
        """A typed question: first her own words, then the reply block by block."""
        masked, screen = mask(text), self._screen(session_id, place)
        text = masked.text if masked.kinds else text  # a draft comes back as it was typed, unless it names somebody
        if not (self._buckets.take(address) and (session_id is None or self._buckets.take_turn(session_id))):
            yield replace(screen, status=TOO_FAST, fault=True, draft=text)
            return
        session = self._assistant.sessions.get(session_id) if session_id else None
        before = session.turns[-1] if session and session.turns else None
        own_words = asked(text, before)
        if text.strip():
            yield replace(screen, messages=(*screen.messages, own_words), options=(), status=SEARCHING)
        try:
            yield from self._reply(session_id, text, place, screen, own_words)
        except (BadInput, TurnedAway) as error:
            yield replace(screen, status=str(error), fault=True, draft=text)
        except Exception as error:
            log.exception("页面出错：%s", type(error).__name__)
            self._metrics.failed(500)
            yield replace(screen, status=BROKEN, fault=True, draft=text)

    def tap(self, session_id: str | None, slot: int, place: str, address: str) -> Iterator[Screen]:
        """A tapped option; which options there were is read from the stored session, not from the page."""
        options = self._screen(session_id, place).options
        if slot < len(options):
            yield from self.ask(session_id, options[slot].value, place, address)
        else:
            yield replace(self._screen(session_id, place), status=GONE, fault=True)

    def open(self, theme_id: str, place: str, address: str) -> Iterator[Screen] | None:
        """The page opened at the address of a life event, as it is printed on a plan; None for any other address."""
        theme = self._assistant.catalog.themes.get(theme_id)
        return self.ask(None, theme.name, place, address) if theme else None

    def resume(self, session_id: str) -> Screen | None:
        """The conversation that a reloaded tab had; None when this server no longer holds it."""
        session = self._assistant.sessions.get(session_id) if session_id else None
        if not session or not session.turns:
            return None
        return replace(self._screen(session_id, session.focus.jurisdiction or self.root), status=RESUMED)

    def clear(self, session_id: str | None) -> Screen:
        """Forget the conversation on the server too."""
        if session_id:
            self._assistant.sessions.forget(session_id)
        return replace(self._screen(None, self.root), status=CLEARED)

    def _reply(
        self, session_id: str | None, text: str, place: str, screen: Screen, own_words: Message
    ) -> Iterator[Screen]:
        started = time.perf_counter()
        session, turn = converse(self._assistant, session_id, text, self._moved(session_id, place))
        self._metrics.replied(turn, time.perf_counter() - started)
        before = (*screen.messages, own_words)
        after = self._screen(session.session_id, turn.focus.jurisdiction or place)
        blocks = view(turn.reply, beside(self._assistant, session.turns, self._names))
        for count in range(1, len(blocks)):
            part = {"role": "assistant", "content": card(blocks[:count], turn.reply)}
            yield replace(after, messages=(*before, part), options=(), status=SEARCHING)
            time.sleep(min(PACE_SECONDS, AT_MOST_SECONDS / len(blocks)))
            if self._assistant.sessions.get(session.session_id) is None:  # cleared meanwhile
                yield replace(self._screen(None, self.root), status=CLEARED)
                return
        whole = {"role": "assistant", "content": card(blocks, turn.reply)}
        yield replace(after, messages=(*before, whole), status=DONE)

    def _moved(self, session_id: str | None, place: str) -> str | None:
        """The place to ask for, if it was changed on the page; otherwise the conversation knows best."""
        session = self._assistant.sessions.get(session_id) if session_id else None
        current = (session.focus.jurisdiction if session else None) or self.root
        return None if place == current else place

    def _screen(self, session_id: str | None, place: str) -> Screen:
        """The screen of a stored session, with nothing new on it."""
        session = self._assistant.sessions.get(session_id) if session_id else None
        if place not in self._places:
            place = self.root
        level = self._places[place]
        city = (level.parent or self.root) if level.level == "county" else place
        return Screen(
            session_id=session_id, messages=tuple(transcript(self._assistant, session, self._names)), city=city,
            county=place if level.level == "county" else "", counties=self.counties_of(city),
            options=session.turns[-1].reply.options if session and session.turns else (),
        )  # fmt: skip
