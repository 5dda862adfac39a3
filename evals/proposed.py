"""A case that nobody has looked at yet: a suite refuses its line until `proposed` is taken out by hand."""

from assistant.casework.proposing import Basis
from evals.lint_data import Shelf
from evals.sample import Case


class Why(Basis):
    """Where it comes from: what was wrong, which generation answered, and which guides are right."""

    why: tuple[str, ...]
    answered_by: str


class Proposed(Case):
    """A case with its origin; its gold digests pin the text of the guides that it was written for."""

    proposed: Why

    def pinned(self, shelf: Shelf) -> "Proposed":
        """The case with the digest of every field that it expects, in every guide that is right."""
        pointers = [f"{guide}#{field.value}" for guide in self.proposed.guides for field in self.expect.fields]
        digests = {pointer: digest for pointer in pointers if (digest := shelf.digest(pointer))}
        return self.model_copy(update={"gold": digests})
