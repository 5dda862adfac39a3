"""The assistant that answers now: swapped whole when another generation is published, kept when that one is damaged."""

import gc
import logging
import threading
from collections.abc import Callable
from typing import NamedTuple

from assistant.assistant import Assistant
from knowledge.errors import GenerationError, IndexUnavailable
from knowledge.index.embedding import Embedder
from knowledge.index.opening import REMEDY, Generation, Generations
from knowledge.index.pointer import Pointed
from knowledge.index.served_embedding import ServedEmbedder

Assemble = Callable[[Generation, tuple[str, ...]], Assistant]
SECONDS_BETWEEN_LOOKS = 1.0
log = logging.getLogger(__name__)


class State(NamedTuple):
    """Who answers, and why what is published may be something else."""

    assistant: Assistant
    refused: tuple[str, ...] = ()


class Serving:
    """Holds one reference; whoever takes `assistant` keeps it for a whole question, and no question waits."""

    def __init__(self, place: Generations, embedder: Embedder | None, assemble: Assemble, first: Assistant) -> None:
        self._place, self._embedder, self._assemble = place, embedder, assemble
        self._seen: Pointed | None = None
        self._state = State(first)

    @property
    def assistant(self) -> Assistant:
        """The assistant over the generation that is served."""
        return self._state.assistant

    @property
    def problems(self) -> tuple[str, ...]:
        """What the operator must know: how the start went, and why what is published now was refused."""
        state = self._state
        away = (
            (self._embedder.problem,) if isinstance(self._embedder, ServedEmbedder) and self._embedder.problem else ()
        )
        return tuple(dict.fromkeys((*state.assistant.warnings, *state.refused, *away)))

    def refresh(self) -> None:
        """Look at the pointer once, and serve what it names if it is whole."""
        try:
            pointed = self._place.pointer.read()
        except GenerationError as error:
            self._seen = None  # once it can be read, what it names is looked at anew
            self._refuse(str(error), _remedy(error))
            return
        try:
            if pointed == self._seen or not pointed.publications:
                return
            self._seen = pointed
            self._follow(pointed)
        except GenerationError as error:
            if isinstance(error, IndexUnavailable):
                self._seen = None
            self._refuse(str(error), _remedy(error))

    def _follow(self, pointed: Pointed) -> None:
        published, served = pointed.publications[0], self._state.assistant.generation
        if published.manifest == served.publication.manifest:
            self._state = State(self._assemble(served, ()), pointed.problems)
            return
        opened = self._place.open_publication(published, self._embedder)
        self._state = State(self._assemble(opened, ()), pointed.problems)
        log.warning("已换用版本 %s", published.number)
        gc.collect()  # a catalog refers to itself through its caches: left alone, four and more were held at once

    def _refuse(self, reason: str, remedy: str = REMEDY) -> None:
        told = f"{reason}；仍用版本 {self._state.assistant.generation_number}。{remedy}"
        if (told,) != self._state.refused:
            log.error("没有换用新版本：%s", told)
        self._state = State(self._state.assistant, (told,))

    def watch(self, stop: threading.Event) -> None:
        """Look again every second until told to stop; whatever goes wrong, what is served goes on being served."""
        while not stop.wait(SECONDS_BETWEEN_LOOKS):
            try:
                self.refresh()
            except Exception as error:
                log.exception("换用新版本时出错")
                self._refuse(f"换用新版本时出错（{type(error).__name__}）")


def _remedy(error: GenerationError) -> str:
    """What an operator does about it."""
    return "恢复以后自己接上" if isinstance(error, IndexUnavailable) else REMEDY
