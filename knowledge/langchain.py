"""The retriever as a LangChain `BaseRetriever`, for people who bring their own chain."""

from datetime import date

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict

from knowledge.catalog import Catalog
from knowledge.retrieval import Retriever


class GuideRetriever(BaseRetriever):
    """Finds guides for a place and a date; each Document is one guide's card with its id and score."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    retriever: Retriever
    catalog: Catalog
    jurisdiction: str | None = None
    as_of: date | None = None
    k: int = 5

    def _get_relevant_documents(self, query: str, *, run_manager: CallbackManagerForRetrieverRun) -> list[Document]:
        found = self.retriever.search(query, self.jurisdiction, self.as_of or date.today(), self.k)
        documents = []
        for hit in found.kept:
            if hit.key.startswith("theme:"):
                continue
            guide = self.catalog.guide(hit.key)
            metadata = {"guide_id": guide.guide_id, "name": guide.name, "score": hit.score}
            documents.append(Document(page_content=guide.summary.text, metadata=metadata))
        return documents
