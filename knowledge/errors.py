"""Faults of the knowledge room. "Nothing found" is never an error.

KnowledgeError
├── LibraryError        one or more files of the library are broken (all findings at once)
├── UnknownJurisdiction a place that the library does not know
├── GuideNotFound       an item or guide id that does not exist
├── SourceRefused       a file to import that is damaged, locked, too large or of a kind that is not read
├── ModelMissing        the embedding model is not prepared, or is damaged
├── RerankerUnavailable the reranker failed or took too long; the fused order stands
├── VectorsDamaged      the kept vectors cannot be read or written
├── ExportRefused       an export whose folder is not empty or cannot be written
├── TimeIsUp            the question that is being answered has taken as long as it may
├── EmbedderUnavailable the embedding service does not answer, or is of another model; words alone are searched
└── GenerationError     no valid published generation, or a damaged one
    └── IndexUnavailable    the database that holds the index does not answer now
"""

from collections.abc import Sequence
from typing import NamedTuple
from unicodedata import category


class Finding(NamedTuple):
    """One broken place in the library: which file, which field, what is wrong and what to do."""

    file: str
    field: str
    problem: str

    def __str__(self) -> str:
        return f"{self.file} · {self.field or '整个文件'}：{self.problem}"


def printable(text: str) -> str:
    """A foreign text fit for a terminal and a log: what is no character to be seen (escape sequences) is shown as �."""
    return "".join("\ufffd" if category(c)[0] == "C" or category(c) in {"Zl", "Zp"} else c for c in text)


class KnowledgeError(Exception):
    """Base of all faults here; its text is Chinese and fit to show an operator."""


class LibraryError(KnowledgeError):
    """The library does not load; `findings` names every broken file and field."""

    def __init__(self, findings: Sequence[Finding], what: str = "指南库") -> None:
        self.findings = tuple(findings)
        lines = "\n".join(f"  - {finding}" for finding in self.findings)
        super().__init__(f"{what}有 {len(self.findings)} 处错误，改正后再试：\n{lines}")


class UnknownJurisdiction(KnowledgeError):
    """A place name or adcode that is not in the table of jurisdictions."""


class GuideNotFound(KnowledgeError):
    """No guide of that id in the catalog."""


class SourceRefused(KnowledgeError):
    """A file that is not imported; nothing was written."""

    def __init__(self, file: str, problem: str) -> None:
        file, problem = printable(file), printable(problem)
        self.file, self.problem = file, problem
        super().__init__(f"不能导入 {file}：{problem}")


class ModelMissing(KnowledgeError):
    """The embedding model folder is absent, incomplete or damaged."""


class RerankerUnavailable(KnowledgeError):
    """No relevance from the reranker; the order without it stands."""


class VectorsDamaged(KnowledgeError):
    """The file of kept vectors cannot be read or written."""


class ExportRefused(KnowledgeError):
    """A folder or format that the export does not write."""


class EmbedderUnavailable(KnowledgeError):
    """No vector now; asking again later may help."""


class TimeIsUp(KnowledgeError):
    """No time is left for the stage that the text names."""


class GenerationError(KnowledgeError):
    """No published generation can be read."""


class IndexUnavailable(GenerationError):
    """The index cannot be reached now; asking again later may help."""
