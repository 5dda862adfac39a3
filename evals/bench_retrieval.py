"""`python -m evals bench retrieval`: what a whole province costs to build, keep, open and search."""

import json
import os
import platform
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from evals.bench_stages import PERCENTILES

SIZES = (10_000, 100_000, 400_000)
Figures = dict[str, Any]


def bench_retrieval(rows: Path, model: Path, out: Path, sizes: Sequence[int] = SIZES) -> Iterator[Figures]:
    """Measure each size from an empty folder under `out`, every stage in a process of its own.

    Gives all figures so far after each size, so that an interrupted run keeps what it has measured.
    """
    figures: Figures = {
        "processors": os.cpu_count(), "python": platform.python_version(), "load_before": os.getloadavg(), "sizes": {},
    }  # fmt: skip
    for size in sizes:
        data = out / str(size)
        shutil.rmtree(data, ignore_errors=True)
        data.mkdir(parents=True)
        cold, changed = (_stage("build", data, model, rows, size, revision) for revision in (0, 1))
        serving = _stage("serve", data, model, time.time())
        figures["sizes"][str(size)] = {"cold": cold, "changed": changed, "serving": serving}
        yield figures


def _stage(*words: object) -> Figures:
    """One stage's figures. Its progress bar shows on this terminal."""
    command = [sys.executable, "-m", "evals.bench_stages", *map(str, words)]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True)
    figures: Figures = json.loads(done.stdout)
    return figures


def as_markdown(figures: Figures) -> str:
    """Two tables: builds and start-up by size, then queries."""
    load = "、".join(f"{value:.1f}" for value in figures["load_before"])
    return "\n".join([
        f"{figures['processors']} 核，Python {figures['python']}，开始时的负载 {load}。每个阶段各用一个进程。", "",
        *_table(("指南", "不同的文档", "不同的文本", "首次生成 秒", "改动 1 % 后 秒", "生成时内存 MB", "一个版本 MB", "启动 秒", "服务时内存 MB"),
                map(_size_row, figures["sizes"].values())), "",
        *_table(("指南", "检索范围", "同时", *(f"含向量 p{p}" for p in PERCENTILES), *(f"不含 p{p}" for p in PERCENTILES), "次/秒"),
                _query_rows(figures)), "",
    ])  # fmt: skip


def _size_row(size: Figures) -> tuple[object, ...]:
    cold, changed, serving = size["cold"], size["changed"], size["serving"]
    return (
        f"{cold['guides']:,}", f"{cold['documents']:,}", f"{cold['texts']:,}",
        f"{cold['seconds']:.0f}（向量 {cold['embedding_seconds']:.0f}，CPU {cold['cpu_seconds']:.0f}）",
        f"{changed['seconds']:.0f}（新文本 {changed['embedded']}，CPU {changed['cpu_seconds']:.0f}）", max(cold["memory_mb"], changed["memory_mb"]),
        changed["disk_mb"], serving["start_seconds"], serving["memory_mb"],
    )  # fmt: skip


def _query_rows(figures: Figures) -> Iterator[tuple[object, ...]]:
    for size, measured in figures["sizes"].items():
        for query in measured["serving"]["queries"]:
            total = query["total"] if query["vectors"] else ["—"] * len(PERCENTILES)
            yield (
                f"{int(size):,}",
                query["scope"],
                query["clients"],
                *total,
                *query["without_embedding"],
                query["queries_per_second"],
            )


def _table(heads: Sequence[str], rows: Iterator[tuple[object, ...]]) -> list[str]:
    lines = [heads, ["---"] * len(heads), *rows]
    return [f"| {' | '.join(map(str, line))} |" for line in lines]
