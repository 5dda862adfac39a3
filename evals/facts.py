"""What a reply asserts: typed values by the guide and the field they are said of."""

from assistant.model import Reply
from knowledge.quantities import read_values

Values = frozenset[tuple[object, str]]


def values(text: str) -> Values:
    """The typed values of a text."""
    return frozenset(value.key for value in read_values(text))


def facts(reply: Reply) -> dict[str, Values]:
    """The values of a reply by guide and field; a field that is spoken of without a value stands with none."""
    about = ",".join(sorted(item.guide_id for item in reply.items))
    fields = dict.fromkeys(s.field for s in reply.statements)
    return {f"{about}#{f}": values(" ".join(s.text for s in reply.statements if s.field is f)) for f in fields}
