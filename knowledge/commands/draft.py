"""`python -m knowledge draft FILE ITEM`: a reviewed draft becomes a guide file; lint then lists what is missing."""

import re
from datetime import date
from pathlib import Path

from pydantic import ValidationError

from knowledge.errors import KnowledgeError, SourceRefused
from knowledge.model import DocumentKind
from knowledge.sources.draft import Draft
from knowledge.sources.library import load_library, yaml_text
from knowledge.sources.mapping import FIELD_NAMES
from knowledge.sources.skeleton import skeleton

LONGEST = 60  # characters of a text that is told, not carried over


def draft_text(file: Path, item_id: str, library: Path, today: date) -> str:
    """Write `guides/<place>/<item>.yaml` into the library and tell what stayed out. Raises KnowledgeError."""
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", item_id):
        raise KnowledgeError(f"事项编号用小写英文和短横，例如 id-card-reissue，不是“{item_id}”")
    draft = _read(file)
    target = library / "guides" / draft.jurisdiction / f"{item_id}.yaml"
    if target.exists():
        raise KnowledgeError(f"{target} 已经有了，不覆盖；换一个事项编号，或先移走它")
    made = skeleton(draft, item_id, _names(load_library(library).documents), today)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(yaml_text(made.guide), encoding="utf-8")
    told = [f"  {FIELD_NAMES.get(field, field)}：{_short(text)}" for field, text in made.left_out]
    head = f"写好 {target}。没有带进去的（数要先有条文，材料、结果要先有种类）："
    return "\n".join([head, *told, f"接着运行 python -m knowledge lint {target}，它列出还缺什么。"])


def _read(file: Path) -> Draft:
    try:
        return Draft.model_validate_json(file.read_bytes())
    except OSError as error:
        raise SourceRefused(file.name, f"打不开（{error.strerror}）") from error
    except ValidationError as error:
        raise SourceRefused(file.name, "不是 import 写的草稿") from error


def _names(documents: tuple[DocumentKind, ...]) -> dict[str, str]:
    return {name: kind.kind_id for kind in documents for name in (kind.name, *kind.aliases)}


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LONGEST else line[:LONGEST] + "…"
