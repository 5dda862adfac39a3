"""Faults of the assistant room. A refusal is a reply, never an exception.

AssistantError
├── BadInput           the caller sent something that cannot be a question (exit code 2, HTTP 422)
├── NotReady           nothing is published, or what is published is damaged
├── NotFound           no such guide or theme (HTTP 404)
├── SettingsError      a setting is wrong
├── TurnedAway         the question was not heard now (HTTP 503)
│   ├── Busy           too many are asking; says after how many seconds to come back
│   ├── Late           it took as long as a question may
│   ├── OutOfReach     the database that holds the index does not answer
│   └── Shut           the service is closed, with a notice
├── StoreUnavailable   the database cannot be reached, read or written now; also an OSError
└── ModelUnavailable   the optional language model did not answer in time
"""


class AssistantError(Exception):
    """Base of all faults here; its text is Chinese."""


class BadInput(AssistantError):
    """Not a question: empty, too long, a bad date, an unknown place."""


class SettingsError(AssistantError):
    """A setting has a value that cannot be used."""


class TurnedAway(AssistantError):
    """A question that was not heard now. `retry_after`: seconds."""

    def __init__(self, told: str, retry_after: int) -> None:
        super().__init__(told)
        self.retry_after = retry_after


class Busy(TurnedAway):
    """Too many are asking."""


class Late(TurnedAway):
    """It took as long as a question may, and was given up."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"这一问查得太久，先停下了，请过 {retry_after} 秒再问一次；急事请拨打 12345。", retry_after)


class OutOfReach(TurnedAway):
    """The index cannot be reached now."""

    def __init__(self, retry_after: int) -> None:
        super().__init__("指南库暂时连不上，请过一会儿再问；急事请拨打 12345。", retry_after)


class Shut(TurnedAway):
    """The operator has closed the door; the text is the notice."""

    def __init__(self, notice: str) -> None:
        super().__init__(notice, 300)


class StoreUnavailable(AssistantError, OSError):
    """The database is absent, locked, full, read-only, slow or damaged; answering goes on without it."""


class ModelUnavailable(AssistantError):
    """The language model is down, slow or breaks a rule; the composed answer is served instead.

    `transient`: asking again at once may help. `rest`: seconds for which it wants to be left alone, None when it does not say.
    """

    def __init__(self, reason: str, transient: bool = False, rest: float | None = None) -> None:
        super().__init__(reason)
        self.transient, self.rest = transient, rest


class NotFound(AssistantError):
    """A guide or a theme that does not exist."""


class NotReady(AssistantError):
    """There is no valid generation to answer from."""
