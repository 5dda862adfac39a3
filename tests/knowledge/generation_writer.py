"""A writer to be killed: for each folder on stdin, forks a child that builds and publishes there without end.

Started once by test_generation.py, so that twelve killings pay for one start of Python and one dictionary.
"""

import os
import sys
from pathlib import Path

from conftest import HashingEmbedder

from knowledge.catalog import Catalog
from knowledge.index import contents
from knowledge.index.contents import user_words
from knowledge.index.generation import GenerationStore
from knowledge.index.tokens import Tokens
from knowledge.sources.library import load_library


def write_without_end(data: Path) -> None:
    while True:
        GenerationStore(data).build(LIBRARY, HashingEmbedder())
        GenerationStore(data).publish()


LIBRARY = load_library(Path(__file__).parent / "small_library")
TOKENS = Tokens(user_words(Catalog(LIBRARY)))
contents.Tokens = lambda words: TOKENS  # type: ignore[assignment, misc]
for line in sys.stdin:
    child = os.fork()
    if not child:
        write_without_end(Path(line.strip()))
    sys.stdout.write(f"{child}\n")
    sys.stdout.flush()
    os.waitpid(child, 0)
