"""The composition root: the only place that picks concrete classes."""

import sqlite3

from assistant.answering.llm import LangChainRewriter
from assistant.assistant import Assistant, Rewriter
from assistant.config import Settings
from assistant.errors import NotReady
from assistant.gaps import SqliteGaps
from assistant.serving import Serving
from assistant.sessions import SqliteSessions
from knowledge.errors import GenerationError, ModelMissing
from knowledge.index.embedding import Embedder, open_embedder
from knowledge.index.generation import GenerationStore
from knowledge.index.opening import Generation


def build_serving(settings: Settings) -> Serving:
    """Open the published generation and everything around it, ready to follow later publications.

    Without the embedding model the assistant still answers from words alone, and says so in `warnings`.
    Raises NotReady when nothing valid is published or the sessions cannot be kept.
    """
    embedder, warnings = _embedder(settings)
    store = GenerationStore(settings.data_dir)
    try:
        opened, found = store.open(embedder)
    except GenerationError as error:
        raise NotReady(str(error)) from error
    sessions, rewriter = _sessions(settings), _rewriter(settings)
    gaps = gap_store(settings) if settings.keep_gaps else None

    def assemble(generation: Generation, problems: tuple[str, ...]) -> Assistant:
        told = (*warnings, *problems)
        return Assistant(generation, sessions, settings.max_chars, rewriter, told, settings.public_url, gaps)

    return Serving(store, embedder, assemble, assemble(opened, found))


def build_assistant(settings: Settings) -> Assistant:
    """The assistant over what is published now, for a process that will not outlive it. Raises NotReady."""
    return build_serving(settings).assistant


def gap_store(settings: Settings) -> SqliteGaps:
    """Where questions without an answer are counted."""
    return SqliteGaps(settings.data_dir / "gaps.sqlite3")


def _sessions(settings: Settings) -> SqliteSessions:
    path = settings.data_dir / "sessions.sqlite3"
    try:
        return SqliteSessions(path, settings.session_hours)
    except (OSError, sqlite3.OperationalError) as error:
        raise NotReady(f"会话库 {path} 打不开或不能写，请检查数据文件夹的权限和磁盘空间") from error


def _embedder(settings: Settings) -> tuple[Embedder | None, tuple[str, ...]]:
    try:
        return open_embedder(settings.embedding, settings.model_dir), ()
    except ModelMissing as error:
        return None, (f"向量模型不可用，只按词语检索：{error}",)


def _rewriter(settings: Settings) -> Rewriter | None:
    if not settings.llm_base_url or not settings.llm_model:
        return None
    key = settings.llm_api_key.get_secret_value() if settings.llm_api_key else "none"
    return LangChainRewriter(settings.llm_base_url, settings.llm_model, key, settings.llm_timeout_seconds)
