"""The composition root: the only place that picks concrete classes."""

import sqlite3
from functools import partial

from pydantic import SecretStr

from assistant.answering.llm import LangChainEndpoint
from assistant.answering.upstream import Deadlines, LanguageModel
from assistant.assistant import Aids, Assistant
from assistant.config import Settings
from assistant.errors import NotReady
from assistant.gaps import SqliteGaps
from assistant.safety.danger import fits
from assistant.serving import Serving
from assistant.sessions import SqliteSessions
from knowledge.errors import GenerationError, ModelMissing
from knowledge.index.embedding import Embedder, open_embedder
from knowledge.index.entries import card_of
from knowledge.index.generation import GenerationStore
from knowledge.index.opening import Generation
from knowledge.index.reranking import CrossEncoderReranker, Reranker, Reranking


def build_serving(settings: Settings) -> Serving:
    """Open the published generation and everything around it, ready to follow later publications.

    Without the embedding model the assistant still answers from words alone, and says so in `warnings`.
    Raises NotReady when nothing valid is published or the sessions cannot be kept.
    """
    embedder, warnings = _embedder(settings)
    reranker, more = _reranker(settings)
    warnings += more + _half_deaf(embedder)
    store = GenerationStore(settings.data_dir)
    try:
        opened, found = store.open(embedder)
    except GenerationError as error:
        raise NotReady(str(error)) from error
    warnings += _half_named(settings)
    sessions, model = _sessions(settings), _language_model(settings)
    proposing = model if settings.llm_proposes else None
    gaps = gap_store(settings) if settings.keep_gaps else None
    aids = Aids(model, proposing, gaps, settings.public_url)

    def assemble(generation: Generation, problems: tuple[str, ...]) -> Assistant:
        if reranker:
            passage_of = partial(card_of, catalog=generation.catalog)
            reranking = Reranking(reranker, passage_of, settings.rerank_seconds)
            generation = generation._replace(retriever=generation.retriever.reranked_by(reranking))
        return Assistant(generation, sessions, settings.max_chars, (*warnings, *problems), aids)

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
        return None, (f"向量模型不可用，只按词语检索，危急求助也只凭字词听：{error}",)


def _half_deaf(embedder: Embedder | None) -> tuple[str, ...]:
    """That danger to life is heard by characters alone, where the vectors are not those it was fitted on."""
    if embedder is None or fits(embedder.model_digest):
        return ()
    return ("危急求助只凭字词听，会多漏一些：拟合时用的不是现在的向量模型，请运行 python -m bench.fit_danger",)


def _reranker(settings: Settings) -> tuple[Reranker | None, tuple[str, ...]]:
    try:
        return CrossEncoderReranker(settings.reranker) if settings.reranker else None, ()
    except ModelMissing as error:
        return None, (f"重排模型不可用，按原来的次序回答：{error}",)


def _half_named(settings: Settings) -> tuple[str, ...]:
    """What was begun and not finished in naming a language model."""
    pairs = (
        ("BANCHENG_LLM_", settings.llm_base_url, settings.llm_model),
        ("BANCHENG_LLM_FALLBACK_", settings.llm_fallback_base_url, settings.llm_fallback_model),
    )
    return tuple(
        f"{name}BASE_URL 和 {name}MODEL 要一起设，现在只设了一个，这个语言模型没有用"
        for name, url, model in pairs
        if bool(url) != bool(model)
    )


def _language_model(settings: Settings) -> LanguageModel | None:
    """The configured addresses, the preferred one first; None when there is none."""
    named = (
        (settings.llm_base_url, settings.llm_model, settings.llm_api_key),
        (settings.llm_fallback_base_url, settings.llm_fallback_model, settings.llm_fallback_api_key),
    )
    deadlines = Deadlines(settings.llm_first_word_seconds, settings.llm_timeout_seconds)
    endpoints = [
        LangChainEndpoint(url, model, key or SecretStr("none"), deadlines.total)
        for url, model, key in named if url and model
    ]  # fmt: skip
    return LanguageModel(endpoints, deadlines) if endpoints else None
