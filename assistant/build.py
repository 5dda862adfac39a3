"""The composition root: the only place that picks concrete classes."""

from datetime import timedelta
from functools import partial

from pydantic import SecretStr

from assistant.answering.llm import LangChainEndpoint
from assistant.answering.upstream import Deadlines, LanguageModel
from assistant.assistant import Aids, Assistant
from assistant.casework.editions import PublishedEditions
from assistant.casework.notes import FolderNotes
from assistant.casework.records import Records
from assistant.config import Settings
from assistant.controls import FILE as CONTROLS
from assistant.controls import LiveControls, Switched
from assistant.door import Door
from assistant.errors import BadInput, NotReady
from assistant.kept import Stores
from assistant.safety.hearing import fits
from assistant.serving import Serving
from assistant.stores.opening import open_over
from assistant.stores.retention import Periods
from knowledge.errors import GenerationError, ModelMissing
from knowledge.index.embedding import Embedder, open_embedder
from knowledge.index.entries import card_of
from knowledge.index.opening import Generation, Generations
from knowledge.index.places import open_place
from knowledge.index.reranking import CrossEncoderReranker, Reranker, Reranking

HURRIED, PATIENT = 1.0, 30.0  # seconds that a question and an operator's command wait for the database


def build_serving(settings: Settings, stores: Stores, door: Door | None = None) -> Serving:
    """Open the published generation and everything around it, ready to follow later publications.

    Without the embedding model the assistant still answers from words alone, and says so in `warnings`; without the
    database it answers as well. `door` limits how many it hears at once. Raises NotReady when nothing valid is published.
    """
    embedder, warnings = _embedder(settings)
    reranker, more = _reranker(settings)
    warnings += more + _half_deaf(embedder)
    place = _place(settings)
    try:
        opened, found = place.open(embedder)
    except GenerationError as error:
        raise NotReady(str(error)) from error
    warnings += half_named(settings)
    door = door or Door()
    named = _language_model(settings)
    model = Switched(named, door.controls) if named else None
    proposing = model if settings.llm_proposes else None
    aids = Aids(model, proposing, stores.gaps if settings.keep_gaps else None, settings.public_url, door)

    def assemble(generation: Generation, problems: tuple[str, ...]) -> Assistant:
        if reranker:
            passage_of = partial(card_of, catalog=generation.catalog)
            reranking = Reranking(reranker, passage_of, settings.rerank_seconds)
            generation = generation._replace(retriever=generation.retriever.reranked_by(reranking))
        return Assistant(generation, stores.sessions, settings.max_chars, (*warnings, *problems), aids)

    return Serving(place, embedder, assemble, assemble(opened, found))


def build_assistant(settings: Settings) -> Assistant:
    """The assistant over what is published now, for a process that will not outlive it. Raises NotReady."""
    return build_serving(settings, open_stores(settings)).assistant


def open_stores(settings: Settings, patience: float = HURRIED) -> Stores:
    """Everything that outlives a question; a database that cannot be reached raises nothing here. Raises SettingsError."""
    address = settings.database_url.get_secret_value() if settings.database_url else None
    return open_over(settings.data_dir, address, patience, _periods(settings))


def open_door(settings: Settings) -> Door:
    """The door of a service, with the controls that its operator may change."""
    controls = LiveControls(settings.data_dir / CONTROLS)
    at_once, waiting, patience = settings.answers_at_once, settings.answers_waiting, settings.answers_wait_seconds
    return Door(at_once, waiting, patience, controls, settings.answer_seconds)


def switch_generation(settings: Settings, number: int | None) -> int:
    """Publish a generation that was built, or with None the one published before; its number. Raises BadInput."""
    generations = _place(settings)
    try:
        return (generations.rollback() if number is None else generations.publish(number)).number
    except GenerationError as error:
        raise BadInput(str(error)) from error


def _place(settings: Settings) -> Generations:
    """Where generations are published."""
    return open_place(settings.data_dir, settings.index_url.get_secret_value() if settings.index_url else None)


def _periods(settings: Settings) -> Periods:
    """How long each kind is kept."""
    days = (settings.gap_days, settings.feedback_days, settings.worklist_days, settings.audit_days)
    gaps, feedback, worklist, audit = (timedelta(days=number) for number in days)
    return Periods(timedelta(hours=settings.session_hours), gaps, feedback, worklist, audit)


def open_records(settings: Settings, stores: Stores) -> Records:
    """What the caseworkers' desk reads and writes; the assistant gets none of it."""
    return Records(stores, FolderNotes(settings.data_dir), PublishedEditions(settings.data_dir))


def _embedder(settings: Settings) -> tuple[Embedder | None, tuple[str, ...]]:
    try:
        return open_embedder(settings.embedding, settings.model_dir), ()
    except ModelMissing as error:
        return None, (f"向量模型不可用，只按词语检索，危急求助也只凭字词听：{error}",)


def _half_deaf(embedder: Embedder | None) -> tuple[str, ...]:
    """That danger to life is heard by characters alone, where the vectors are not those it was fitted on."""
    if embedder is None or fits(embedder.model_digest):
        return ()
    return ("危急求助只凭字词听，会多漏一些：拟合时用的不是现在的向量模型，请运行 python -m bench.fit_hearing",)


def _reranker(settings: Settings) -> tuple[Reranker | None, tuple[str, ...]]:
    try:
        return CrossEncoderReranker(settings.reranker) if settings.reranker else None, ()
    except ModelMissing as error:
        return None, (f"重排模型不可用，按原来的次序回答：{error}",)


def half_named(settings: Settings) -> tuple[str, ...]:
    """What was begun and not finished in naming a language model, or the login gateway of the caseworkers' desk."""
    pairs = (
        ("BANCHENG_LLM_", settings.llm_base_url, settings.llm_model),
        ("BANCHENG_LLM_FALLBACK_", settings.llm_fallback_base_url, settings.llm_fallback_model),
    )
    models = tuple(
        f"{name}BASE_URL 和 {name}MODEL 要一起设，现在只设了一个，这个语言模型没有用"
        for name, url, model in pairs
        if bool(url) != bool(model)
    )
    if bool(settings.staff_header) == bool(settings.staff_proxies):
        return models
    return (*models, "BANCHENG_STAFF_HEADER 和 BANCHENG_STAFF_PROXIES 要一起设，现在只设了一个，统一登录没有用")


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
