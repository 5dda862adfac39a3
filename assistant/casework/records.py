"""What the desk reads and writes beside the published content, as one value."""

from typing import NamedTuple

from assistant.casework.editions import Editions
from assistant.casework.notes import NoteStore
from assistant.kept import Stores


class Records(NamedTuple):
    """The stores of the service, and those that only the desk may open."""

    stores: Stores
    notes: NoteStore
    editions: Editions
