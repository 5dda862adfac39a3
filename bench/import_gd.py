"""Imports a real catalogue, indexes its drafts for a moment and shows ten searches over it.

Usage: python bench/import_gd.py ITEMS.jsonl
"""

import sys
import tempfile
import time
from pathlib import Path

from assistant.config import Settings
from knowledge.index.embedding import open_embedder
from knowledge.index.entries import distinct, draft_doc
from knowledge.index.tokens import Tokens
from knowledge.retrieval import Everything, Index, Retriever
from knowledge.sources.draft import Draft
from knowledge.sources.importer import ImportOptions, import_files
from knowledge.sources.report import ImportReport, report_text
from knowledge.sources.staging import read_drafts
from knowledge.terminal import DONE, USAGE, progress_bar

QUESTIONS = (
    "驾照丢了去哪补", "想当律师怎么办证", "申请开办技工学校要什么材料", "办护照", "公证遗嘱", "环评报告表审批多少天", "取水许可证",
    "养老金怎么领", "买了二手车怎么过户", "出国留学签证身份证明公证",
)  # fmt: skip
GROUPS = {
    "时限": ("statutory_limit", "promised_limit", "stated_limits"),
    "收费": ("fees", "charged"),
    "电话": ("consult_phones", "complaint_phones"),
    "渠道": ("visits", "url", "booking_url", "bookable", "courier", "location", "forms"),
}


def shares(report: ImportReport) -> list[str]:
    """Of the filled cells of each group of fields, the share that was understood."""
    lines = []
    for name, fields in GROUPS.items():
        counts = [report.fields[field] for field in fields if field in report.fields]
        understood, kept = sum(c.understood for c in counts), sum(c.kept for c in counts)
        share = f"{understood / (understood + kept):.2%}" if understood + kept else "来源里没有这一列"
        lines.append(f"{name}：读懂 {understood}，留作文字 {kept}，{share}")
    return lines


def index(drafts: list[Draft]) -> tuple[Retriever, float]:
    """The index classes of the product over the drafts, and the seconds that it took."""
    docs, which = distinct(map(draft_doc, drafts))
    embedder = open_embedder("embedded", Settings().data_dir / "model")
    started = time.perf_counter()
    bar, move = progress_bar("计算向量")
    with bar:
        made = Index.build(docs, Tokens(), embedder, move)
    keys = [f"{draft.jurisdiction}/{draft.draft_id}" for draft in drafts]
    return Retriever(made, embedder, Everything(keys, which)), time.perf_counter() - started


def main() -> int:
    """Import, report, index, search."""
    if len(sys.argv) != 2:
        sys.stderr.write("用法：python bench/import_gd.py ITEMS.jsonl\n")
        return USAGE
    with tempfile.TemporaryDirectory() as folder:
        started = time.perf_counter()
        report = import_files([Path(sys.argv[1])], ImportOptions(Path(folder)))
        seconds = time.perf_counter() - started
        drafts = list(read_drafts(Path(folder)))
    say = [report_text(report), *shares(report), f"导入 {seconds:.2f} 秒，{report.rows_read / seconds:.0f} 行/秒"]
    retriever, built = index(drafts)
    say.append(f"索引 {len(drafts)} 份草稿用 {built:.0f} 秒")
    by_key = {f"{draft.jurisdiction}/{draft.draft_id}": draft for draft in drafts}
    for question in QUESTIONS:
        found = retriever.search(question, k=3)
        say.append(f"{question}（{1000 * sum(found.timings.values()):.0f} 毫秒）")
        say += [f"  {hit.score:.3f}  {by_key[hit.key].name}｜{by_key[hit.key].authority}" for hit in found.kept]
    sys.stdout.write("\n".join(say) + "\n")
    return DONE


if __name__ == "__main__":
    raise SystemExit(main())
