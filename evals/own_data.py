"""A data folder of its own for a run: what is published, by link, and conversations that are thrown away with it."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from assistant.config import Settings

SHARED = ("model", "generations", "CURRENT", "CURRENT.copy")


@contextmanager
def own_data(settings: Settings) -> Iterator[Settings]:
    """The same settings over a folder that holds the same generations and no conversation."""
    with tempfile.TemporaryDirectory(prefix="bancheng-") as name:
        folder = Path(name)
        for part in SHARED:
            if (settings.data_dir / part).exists():
                (folder / part).symlink_to((settings.data_dir / part).resolve())
        yield settings.model_copy(update={"data_dir": folder})
