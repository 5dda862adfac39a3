"""Files of every kind with bytes changed, lost, doubled or made up: they are read and accounted for, or refused in Chinese."""

import tempfile
import unicodedata
from pathlib import Path

import docx
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from source_files import HEADER, ROW, csv_text, excel, jsonl_text, pdf, shown

from knowledge.errors import KnowledgeError
from knowledge.sources.guards import KINDS
from knowledge.sources.importer import ImportOptions, import_files
from knowledge.sources.report import report_text
from knowledge.sources.staging import read_drafts

ITEM: dict[str, object] = dict(zip(HEADER, ROW, strict=True))
QUIET = settings(
    max_examples=40, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)


def whole(suffix: str) -> bytes:
    """A good file of a kind."""
    page = "<h2>居民身份证补领</h2><h3>收费标准</h3><p>工本费40元/证</p>"
    text = "事项名称：居民身份证补领\n收费标准：工本费40元/证\n"
    made = {
        ".csv": csv_text().encode(), ".tsv": csv_text().replace(",", "\t").encode(), ".json": jsonl_text(ITEM)[:-1].encode(),
        ".jsonl": jsonl_text(ITEM, ITEM).encode(), ".ndjson": jsonl_text(ITEM).encode(), ".html": page.encode(),
        ".htm": page.encode("gb18030"), ".txt": text.encode("gb18030"),
    }  # fmt: skip
    if suffix in made:
        return made[suffix]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"a{suffix}"
        if suffix == ".xlsx":
            excel(path)
        elif suffix == ".pdf":
            pdf(path, shown(*text.splitlines()))
        else:
            document = docx.Document()
            for line in text.splitlines():
                document.add_paragraph(line)
            document.save(str(path))
        return path.read_bytes()


@pytest.mark.parametrize("suffix", sorted(KINDS))
def test_whatever_bytes_a_file_has_it_is_accounted_for_or_refused(suffix: str) -> None:
    good = whole(suffix)
    places = st.integers(0, len(good))
    changes = st.lists(st.tuples(places, st.integers(0, 40), st.binary(max_size=6)), min_size=1, max_size=5)

    @QUIET
    @example(good)
    @given(st.one_of(changes.map(lambda found: changed(good, found)), st.binary(min_size=1, max_size=200)))
    def imported(data: bytes) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path, out = Path(folder) / f"a{suffix}", Path(folder) / "out"
            path.write_bytes(data)
            try:
                report = import_files([path], ImportOptions(out, adcode="410100"))
            except KnowledgeError as error:
                assert not out.exists() and seen(str(error))
                return
            assert seen(report_text(report).replace("\n", ""))
            drafts = list(read_drafts(out))
            assert len(drafts) == report.made
            assert sum(len(draft.origins) for draft in drafts) == report.made + report.merged

    imported()


def seen(text: str) -> bool:
    """Whether a terminal only shows it."""
    return not any(unicodedata.category(c)[0] == "C" for c in text)


def changed(good: bytes, changes: list[tuple[int, int, bytes]]) -> bytes:
    """At each place so many bytes are lost and others put there."""
    for place, lost, put in changes:
        good = good[:place] + put + good[place + lost :]
    return good
