"""One turn over a stored session, and the transcript that a page shows; the client's own history is never read."""

from datetime import date

from assistant.assistant import Assistant
from assistant.model import Answer, PlanReply, Session, Turn
from assistant.onething.changing import told_answers
from assistant.sessions import new_session_id
from ui.render import Beside, Places, card, question, view

Message = dict[str, str]


def converse(
    assistant: Assistant, session_id: str | None, text: str, city: str | None = None, as_of: date | None = None
) -> tuple[Session, Turn]:
    """Ask within a session; an id that is not stored here counts for nothing and a new one is issued."""
    session = (assistant.sessions.get(session_id) if session_id else None) or Session(session_id=new_session_id())
    turn = assistant.ask(session, text, city, as_of)
    session = session.add(turn)
    assistant.sessions.put(session)
    return session, turn


def place_names(assistant: Assistant) -> dict[str, str]:
    """Adcode → name of all places."""
    return {place.adcode: place.name for place in assistant.catalog.library.jurisdictions}


def transcript(assistant: Assistant, session: Session | None, places: Places) -> list[Message]:
    """All stored turns as messages, in the citizen's words where she tapped an option."""
    messages: list[Message] = []
    before: Turn | None = None
    for count, turn in enumerate(session.turns if session else ()):
        messages.append(asked(turn.question, before))
        blocks = view(turn.reply, beside(assistant, session.turns[: count + 1] if session else (), places))
        messages.append({"role": "assistant", "content": card(blocks, turn.reply)})
        before = turn
    return messages


def beside(assistant: Assistant, turns: tuple[Turn, ...], places: Places) -> Beside:
    """What is shown with the last of these turns; the rest of a guide is shown once, with the first answer from it."""
    *earlier, turn = turns
    reply = turn.reply
    if isinstance(reply, Answer):
        seen = {item.guide_id for before in earlier if before.reply.kind == "answer" for item in before.reply.items}
        new = not seen.intersection(item.guide_id for item in reply.items)
        return Beside(places, rest=assistant.rest(reply) if new else None)
    answers = reply.plan.answers if isinstance(reply, PlanReply) else turn.focus.flow.answers if turn.focus.flow else {}
    return Beside(places, told=told_answers(answers, assistant.catalog.facts))


def asked(text: str, before: Turn | None) -> Message:
    """The citizen's message; a tapped option shows its label, not its value."""
    labels = {option.value: option.label for option in before.reply.options} if before else {}
    return {"role": "user", "content": question(labels.get(text, text))}
