"""What an import did: every row accounted for, every field counted, in JSON for programs and in Chinese for people."""

from collections import Counter
from collections.abc import Iterator
from typing import Literal

from pydantic import BaseModel, Field, model_validator

from knowledge.errors import printable
from knowledge.model import Frozen
from knowledge.sources.drafting import TYPED, Made
from knowledge.sources.mapping import FIELD_NAMES

EXAMPLES = 3
LABELS = FIELD_NAMES | {"limits": "办结时限", "system": "来源系统", "unread": "没读懂的文字"}
SHORT = 60
MOST_REASONS = 200


class FieldCount(Frozen):
    """One field over all rows that became drafts."""

    reader: Literal["typed", "copied"]
    understood: int = 0
    kept: int = 0  # not understood, kept as text
    empty: int = 0
    examples: tuple[str, ...] = ()  # of what was not understood

    @property
    def share(self) -> float | None:
        """Of the filled cells, the share that was understood; None when all are empty."""
        filled = self.understood + self.kept
        return self.understood / filled if filled else None


class Change(Frozen):
    """One draft that differs from the one of the import before."""

    draft: str
    fields: tuple[str, ...] = ()


class Diff(Frozen):
    """The drafts of one import against what stood in the folder."""

    new: int = 0
    changed: int = 0
    same: int = 0
    gone: int = 0
    changes: tuple[Change, ...] = ()
    missing: tuple[str, ...] = ()


class ImportReport(Frozen):
    """The account of one run; `rows_read` is always the sum of the other three."""

    files: tuple[str, ...]
    mappings: tuple[str, ...]
    rows_read: int
    made: int
    merged: int
    skipped: dict[str, int] = Field(default_factory=dict)
    skipped_examples: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    differing: dict[str, int] = Field(default_factory=dict)  # fields in which merged rows contradict each other
    fields: dict[str, FieldCount] = Field(default_factory=dict)
    unused_columns: tuple[str, ...] = ()
    diff: Diff = Diff()

    @model_validator(mode="after")
    def _adds_up(self) -> "ImportReport":
        if self.rows_read != self.made + self.merged + sum(self.skipped.values()):
            raise ValueError("读到的行数与做成、合并、跳过之和不等")
        return self


class Tally(BaseModel):
    """Counts while the rows stream by; nothing in it grows with the number of rows."""

    rows: int = 0
    made: int = 0
    merged: int = 0
    mappings: dict[str, None] = {}
    unused: dict[str, None] = {}
    differing: Counter[str] = Counter()
    skipped: Counter[str] = Counter()
    skipped_at: dict[str, list[str]] = {}
    outcomes: dict[str, Counter[str]] = {}
    examples: dict[str, list[str]] = {}  # of what was not understood

    def skip(self, reason: str, where: str) -> None:
        """One row that became nothing."""
        reason = reason if reason in self.skipped or len(self.skipped) < MOST_REASONS else "其他原因"
        self.skipped[reason] += 1
        _remember(self.skipped_at.setdefault(reason, []), where)

    def count(self, made: Made) -> None:
        """The fields of one row that became a draft or joined one."""
        for field, (outcome, text) in made.outcomes.items():
            self.outcomes.setdefault(field, Counter())[outcome] += 1
            if outcome == "kept":
                _remember(self.examples.setdefault(field, []), text)

    def report(self, files: tuple[str, ...], diff: Diff) -> ImportReport:
        """The finished account."""
        rows = self.made + self.merged
        fields = {
            field: FieldCount(
                reader="typed" if field in TYPED else "copied", understood=counts["understood"], kept=counts["kept"],
                empty=rows - counts["understood"] - counts["kept"], examples=tuple(self.examples.get(field, ())),
            )
            for field in FIELD_NAMES if (counts := self.outcomes.get(field))
        }  # fmt: skip
        return ImportReport(
            files=files, mappings=tuple(self.mappings), rows_read=self.rows, made=self.made, merged=self.merged,
            skipped=dict(self.skipped.most_common()), differing=dict(self.differing.most_common()), fields=fields,
            skipped_examples={reason: tuple(where) for reason, where in self.skipped_at.items()},
            unused_columns=tuple(self.unused), diff=diff,
        )  # fmt: skip


def _remember(examples: list[str], text: str) -> None:
    short = text.replace("\n", " ")[:SHORT]
    if len(examples) < EXAMPLES and short not in examples:
        examples.append(short)


def report_text(report: ImportReport) -> str:
    """The account in Chinese."""
    return "\n".join(map(printable, [*_rows(report), *_diff(report.diff), *_fields(report)]))


def _rows(report: ImportReport) -> Iterator[str]:
    skipped = sum(report.skipped.values())
    yield f"读了 {'、'.join(report.files)}，对照表：{'、'.join(report.mappings) or '无'}"
    yield (f"读到 {report.rows_read} 行 = 做成草稿 {report.made} + 合并到同一事项 {report.merged} + 跳过 {skipped}")
    for reason, count in report.skipped.items():
        yield f"  跳过 {count} 行：{reason}（例如 {'；'.join(report.skipped_examples[reason])}）"
    if report.differing:
        told = "、".join(f"{LABELS.get(f, f)} {n}" for f, n in report.differing.items())
        yield f"  合并的行说法不一，以先读到的为准：{told}"
    if report.unused_columns:
        yield f"  对照表里没有的列，没有读：{'、'.join(report.unused_columns)}"


def _diff(diff: Diff) -> Iterator[str]:
    yield f"与上次相比：新增 {diff.new}，改变 {diff.changed}，未变 {diff.same}，不再出现 {diff.gone}"
    for change in diff.changes:
        yield f"  改变：{change.draft}（{'、'.join(LABELS.get(f, f) for f in change.fields)}）"
    for name in diff.missing:
        yield f"  不再出现：{name}（草稿还留着，确认后自行删除）"


def _fields(report: ImportReport) -> Iterator[str]:
    yield "各字段（读懂 / 留作文字 / 空）："
    for field, count in report.fields.items():
        share = "" if count.share is None or count.reader == "copied" else f"　读懂 {count.share:.1%}"
        how = "照录" if count.reader == "copied" else "识别"
        yield f"  {FIELD_NAMES[field]}（{how}）：{count.understood} / {count.kept} / {count.empty}{share}"
        for example in count.examples:
            yield f"    没读懂：{example}"
    for name in ("fees", "consult_phones"):
        if name not in report.fields:
            yield f"  {FIELD_NAMES[name]}：来源里没有这一列"
