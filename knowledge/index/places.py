"""Where generations are published: the data folder, or a database that an address names."""

from pathlib import Path

from knowledge.index.generation import GenerationStore
from knowledge.index.opening import Generations


def open_place(data: Path, index_url: str | None) -> Generations:
    """The place that readers and publishers share. Nothing is connected yet."""
    if not index_url:
        return GenerationStore(data)
    from knowledge.index.postgres import Database
    from knowledge.index.shared_generations import SharedGenerations

    return SharedGenerations(Database(index_url), data)
