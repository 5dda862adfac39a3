"""What every door of the desk works with: the generation that is served, the stores, and the place and day asked for."""

from datetime import date
from typing import Any, NamedTuple

from assistant.assistant import Assistant
from assistant.casework.casework import Casework
from assistant.casework.records import Records
from assistant.errors import BadInput
from assistant.serving import Serving
from ui.metrics import Metrics
from ui.staff.doors import Call

PROVINCE = "410000"


class Where(NamedTuple):
    """The place and the day that a page is about."""

    adcode: str
    name: str
    day: date
    today: bool

    @property
    def kept(self) -> dict[str, str]:
        """What links carry on; the province and today go without saying."""
        place = {} if self.adcode == PROVINCE else {"place": self.adcode}
        return place if self.today else {**place, "as_of": self.day.isoformat()}


class Workplace:
    """The desk's things; nothing of a request stays here."""

    def __init__(self, serving: Serving, records: Records, metrics: Metrics) -> None:
        self._serving, self.records, self.metrics = serving, records, metrics
        self._casework: Casework | None = None

    @property
    def casework(self) -> Casework:
        """The look-ups over whoever answers now."""
        assistant: Assistant = self._serving.assistant
        known = self._casework
        if known is None or known.assistant is not assistant:
            known = self._casework = Casework(assistant)
        return known

    def where(self, call: Call) -> Where:
        """The place and day in a request's query or form. Raises BadInput."""
        name = call.said("place") or call.query.get("place", "") or PROVINCE
        place = self.casework.place(name)
        asked = call.said("as_of") or call.query.get("as_of", "")
        day = day_of(asked) if asked else call.today
        return Where(place.adcode, place.name, day, day == call.today)

    def about(self, call: Call) -> dict[str, Any]:
        """What every page shows of the generation and the place."""
        return {
            "call": call, "where": self.where(call), "places": self.casework.places,
            "generation": self.casework.assistant.generation_number,
        }  # fmt: skip


def day_of(text: str) -> date:
    """2026-03-01, or 2026-03 for its first day. Raises BadInput."""
    try:
        return date.fromisoformat(text if len(text) > 7 else f"{text}-01")
    except ValueError:
        raise BadInput(f"“{text}”不是日期，请写成 2026-03-01") from None
