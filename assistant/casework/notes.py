"""Internal notes of caseworkers: beside the published content, never in it, so that no citizen's search can find one.

One JSON file a note under `<data>/staff/notes/<item_id>/`. Only the caseworkers' desk reads this folder.
"""

import secrets
from datetime import datetime
from pathlib import Path
from typing import Protocol

from pydantic import ValidationError

from assistant.errors import BadInput
from assistant.safety.privacy import mask
from knowledge.index import durable
from knowledge.model import Frozen, Slug

LONGEST = 1000  # characters of one note


class Note(Frozen):
    """What a caseworker wrote down about an item, for colleagues only; masked."""

    note_id: str
    item_id: Slug
    text: str
    author: str
    at: datetime


class NoteStore(Protocol):
    """Where internal notes are kept."""

    def add(self, note: Note) -> None:
        """Keep a note. Raises OSError."""
        ...

    def remove(self, note_id: str) -> None:
        """Drop a note; one that is not there is dropped already. Raises OSError."""
        ...

    def all(self) -> list[Note]:
        """The notes, latest first. Raises OSError when they cannot be read."""
        ...


def plain(text: str) -> str:
    """What a caseworker wrote, without personal data. Raises BadInput when it is too long."""
    masked = mask(text)
    words = (masked.text if masked.kinds else text).strip()  # as it was typed, unless it names somebody
    if len(words) > LONGEST:
        raise BadInput(f"备注太长了（{len(words)}字），请缩短到{LONGEST}字以内。")
    return words


def written(item_id: str, text: str, author: str, at: datetime) -> Note:
    """A new note without personal data. Raises BadInput when it says nothing or too much."""
    if not (words := plain(text)):
        raise BadInput("备注是空的，请写下要留给同事的话。")
    return Note(note_id=secrets.token_hex(8), item_id=item_id, text=words, author=author, at=at)


def about(notes: list[Note], item_id: str) -> tuple[Note, ...]:
    """The notes on one item."""
    return tuple(note for note in notes if note.item_id == item_id)


def matching(notes: list[Note], query: str) -> tuple[Note, ...]:
    """The notes that hold every word of a query."""
    words = query.casefold().split()
    return tuple(note for note in notes if words and all(word in note.text.casefold() for word in words))


class FolderNotes:
    """The notes of a data folder; several processes may share it, each note is a file of its own."""

    def __init__(self, data: Path) -> None:
        self._folder = data / "staff" / "notes"

    def add(self, note: Note) -> None:
        """Write the note so that it survives a power cut."""
        folder = self._folder / note.item_id
        folder.mkdir(parents=True, exist_ok=True)
        durable.replace(folder / f"{note.note_id}.json", note.model_dump_json())

    def remove(self, note_id: str) -> None:
        """Delete the note's file."""
        for path in self._folder.glob("*/*.json"):
            if path.stem == note_id:
                path.unlink(missing_ok=True)

    def all(self) -> list[Note]:
        """Every note that reads as one, latest first. Raises OSError naming a file that does not."""
        found = []
        for path in self._folder.glob("*/*.json"):
            try:
                found.append(Note.model_validate_json(path.read_bytes()))
            except FileNotFoundError:
                continue
            except ValidationError as error:
                raise OSError(f"备注文件 {path.name} 损坏，请移走它") from error
        return sorted(found, key=lambda note: note.at, reverse=True)
