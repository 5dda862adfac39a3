"""`python -m knowledge export`: the library as a data set for evaluators and model builders, with its data card."""

import hashlib
from pathlib import Path

from knowledge.catalog import Catalog
from knowledge.errors import ExportRefused
from knowledge.export.card import data_card
from knowledge.export.tables import tables
from knowledge.export.writers import WRITERS
from knowledge.sources.library import load_library


def export(folder: Path, form: str, out: Path) -> str:
    """Write every table, the whole library and the card into a new or empty folder. Raises ExportRefused."""
    if form not in WRITERS:
        raise ExportRefused(f"没有“{form}”这种格式，可选 {'、'.join(WRITERS)}")
    if out.is_file() or (out.is_dir() and any(out.iterdir())):
        raise ExportRefused(f"{out} 里已有东西，请换一个新的或空的文件夹")
    library = load_library(folder)
    catalog = Catalog(library)
    made = tables(catalog)
    content = library.model_dump_json()
    try:
        out.mkdir(parents=True, exist_ok=True)
        (out / "library.json").write_text(content, encoding="utf-8")
        for table in made:
            WRITERS[form](table, out / f"{table.name}.{form}")
        files = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(out.iterdir())}
        digest = hashlib.sha256(content.encode()).hexdigest()
        (out / "README.md").write_text(data_card(catalog, made, files, digest), encoding="utf-8")
    except OSError as error:
        raise ExportRefused(f"{out} 写不进去：{error.strerror}") from error
    rows = "，".join(f"{table.title} {len(table.rows)} 行" for table in made)
    return f"已导出到 {out}（{form}）：{rows}。说明见 README.md。"
