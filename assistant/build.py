"""The composition root: the only place that picks concrete classes."""

from assistant.answering.llm import LangChainRewriter
from assistant.assistant import Assistant, Rewriter
from assistant.config import Settings
from assistant.errors import NotReady
from assistant.sessions import SqliteSessions
from knowledge.errors import KnowledgeError, ModelMissing
from knowledge.index.embedding import Embedder, open_embedder
from knowledge.index.generation import GenerationStore


def build_assistant(settings: Settings) -> Assistant:
    """Open the published generation and everything around it.

    Without the embedding model the assistant still answers from words alone, and says so in `warnings`.
    Raises NotReady when nothing valid is published.
    """
    embedder, warnings = _embedder(settings)
    try:
        generation, problems = GenerationStore(settings.data_dir).open(embedder)
    except KnowledgeError as error:
        raise NotReady(str(error)) from error
    sessions = SqliteSessions(settings.data_dir / "sessions.sqlite3", settings.session_hours)
    return Assistant(generation, sessions, settings.max_chars, _rewriter(settings), (*warnings, *problems))


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
