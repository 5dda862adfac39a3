"""The reports of a finished run, one file for each kind of reader, all from the same outcomes."""

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from evals.compare import compared, read_record
from evals.metrics import METRICS, faults, wrong
from evals.outcome import Outcome
from evals.page import Earlier, as_html
from evals.report import as_json, markdown, summary
from evals.runs import Run


def write_reports(folder: Path, run: Run, outcomes: Sequence[Outcome], baseline: Path | None) -> dict[str, Any]:
    """Write JSON, Markdown, CSV, JUnit and the page into the run's folder; return the summary. Raises SuiteError."""
    report = summary(run, outcomes)
    before = read_record(baseline) if baseline else None
    found = compared(before, read_record(folder)) if before else []
    texts = {
        "report.json": as_json(report),
        "report.md": markdown(report),
        "cases.csv": as_csv(outcomes),
        "junit.xml": as_junit(outcomes),
        "report.html": as_html(report, outcomes, Earlier(before, found)),
    }
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    return report


def as_csv(outcomes: Iterable[Outcome]) -> str:
    """One row a case: whom it is about, what came, every score; with a byte-order mark, so that Excel reads Chinese."""
    names = list(METRICS)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([
        "case_id", "repeat", "suite", "split", "style", "city", "authority", "cluster", "question", "expected", "got",
        "reason", "confidence", "milliseconds", "wrong", "error", *names,
    ])  # fmt: skip
    for o in outcomes:
        writer.writerow([
            o.case_id, o.repeat, o.suite, o.split, o.style, o.city, o.authority, o.cluster, _safe(" → ".join(o.turns)),
            "/".join(o.expect.kinds), o.reply.kind if o.reply else "", o.reply.reason or "" if o.reply else "",
            o.guess.confidence if o.guess else "", round(o.seconds * 1000, 2), faults(o),
            o.error or "", *(_number(o.scores.get(name)) for name in names),
        ])  # fmt: skip
    return "\ufeff" + out.getvalue()


def _safe(text: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in "=+-@\t" else text


def _number(value: bool | float | None) -> str:
    return "" if value is None else f"{float(value):g}"


def as_junit(outcomes: Sequence[Outcome]) -> str:
    """A test case a question, for build servers: a breach of a gate or a wrong kind fails, an error is an error."""
    root = ElementTree.Element("testsuites")
    for suite in sorted({o.suite for o in outcomes}):
        mine = [o for o in outcomes if o.suite == suite]
        bad = [o for o in mine if o.error is None and wrong(o)]
        node = ElementTree.SubElement(root, "testsuite", {
            "name": suite, "tests": str(len(mine)), "failures": str(len(bad)), "errors": str(sum(o.error is not None for o in mine)),
            "time": f"{sum(o.seconds for o in mine):.3f}",
        })  # fmt: skip
        for o in mine:
            case = ElementTree.SubElement(
                node, "testcase", {"classname": suite, "name": o.key, "time": f"{o.seconds:.4f}"}
            )
            if o.error:
                ElementTree.SubElement(case, "error", {"message": o.error})
            elif wrong(o):
                told = ElementTree.SubElement(case, "failure", {"message": faults(o)})
                told.text = f"{' → '.join(o.turns)}\n得到 {o.explanation}"
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="unicode", xml_declaration=True) + "\n"
