"""One turn over a stored session, and the transcript that a page shows; the client's own history is never read."""

from datetime import date

from assistant.assistant import Assistant
from assistant.model import Session, Turn
from assistant.sessions import new_session_id
from ui.render import Places, card, question, view

Message = dict[str, str]


def converse(
    assistant: Assistant, session_id: str | None, text: str, city: str | None = None, as_of: date | None = None
) -> tuple[str, Turn]:
    """Ask within a session; an id that is not stored here counts for nothing and a new one is issued."""
    session = (assistant.sessions.get(session_id) if session_id else None) or Session(session_id=new_session_id())
    turn = assistant.ask(session, text, city, as_of)
    assistant.sessions.put(session.add(turn))
    return session.session_id, turn


def place_names(assistant: Assistant) -> dict[str, str]:
    """Adcode → name of all places."""
    return {place.adcode: place.name for place in assistant.catalog.library.jurisdictions}


def transcript(session: Session | None, places: Places) -> list[Message]:
    """All stored turns as messages, in the citizen's words where she tapped an option."""
    messages: list[Message] = []
    before: Turn | None = None
    for turn in session.turns if session else ():
        messages.append(asked(turn.question, before))
        messages.append({"role": "assistant", "content": card(view(turn.reply, places), turn.reply)})
        before = turn
    return messages


def asked(text: str, before: Turn | None) -> Message:
    """The citizen's message; a tapped option shows its label, not its value."""
    labels = {option.value: option.label for option in before.reply.options} if before else {}
    return {"role": "user", "content": question(labels.get(text, text))}
