"""What operators watch, for Prometheus; no question, place or address is ever a label."""

import logging
import threading
from collections import Counter as Counts
from collections.abc import Callable, Mapping
from typing import NamedTuple

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    Info,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
)  # fmt: skip
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.samples import Sample

from assistant.model import Turn

SECONDS = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0)
MEDIA_TYPE = CONTENT_TYPE_PLAIN_0_0_4
log = logging.getLogger(__name__)
disable_created_metrics()  # type: ignore[no-untyped-call]


class Counted(NamedTuple):
    """What this process counted since it started: replies by kind and reason, and how often each guide was told."""

    replies: Mapping[tuple[str, str], int]
    guides: Mapping[str, int]
    errors: int
    seconds: float


class Metrics:
    """Replies by kind and reason, errors by status, seconds by stage, statements that failed verification."""

    def __init__(self) -> None:
        self._registry = made = CollectorRegistry()
        self._lock = threading.Lock()
        self._guides: Counts[str] = Counts()
        self._replies = Counter("bancheng_replies", "回答次数", ("kind", "reason"), registry=made)
        self._errors = Counter("bancheng_errors", "出错次数", ("status",), registry=made)
        self._reply_seconds = Histogram("bancheng_reply_seconds", "回答用时", buckets=SECONDS, registry=made)
        self._stage_seconds = Histogram(
            "bancheng_stage_seconds", "各阶段用时", ("stage",), buckets=SECONDS, registry=made
        )
        self._unverified = Counter("bancheng_unverified_statements", "核对不上、没有说出去的话", registry=made)
        self._reworded = Counter("bancheng_reworded", "用了语言模型的话的回答次数", registry=made)
        self._generation = Info("bancheng_generation", "正在使用的版本", registry=made)
        ProcessCollector(registry=made)

    def replied(self, turn: Turn, seconds: float) -> None:
        """Count one reply, `seconds` from question to reply, and leave a line in the log."""
        reply, trace = turn.reply, turn.trace
        self._replies.labels(reply.kind, reply.reason or "").inc()
        self._reply_seconds.observe(seconds)
        for stage, milliseconds in trace.timings_ms.items():
            self._stage_seconds.labels(stage).observe(milliseconds / 1000)
        self._unverified.inc(len(trace.dropped))
        self._reworded.inc(reply.ai_generated)
        with self._lock:
            self._guides.update({item.guide_id for item in reply.items})
        log.info(
            "答复 %s", reply.trace_id,
            extra={"kind": reply.kind, "reason": reply.reason or "", "ms": round(seconds * 1000), "decision": trace.decision},
        )  # fmt: skip

    def failed(self, status: int) -> None:
        """Count one request that ended in a problem document or an error on the page."""
        self._errors.labels(str(status)).inc()

    def counted(self) -> Counted:
        """The counts as they stand."""
        replies = {
            (sample.labels["kind"], sample.labels["reason"]): int(sample.value) for sample in _totals(self._replies)
        }
        with self._lock:
            guides = dict(self._guides)
        seconds = self._registry.get_sample_value("bancheng_reply_seconds_sum") or 0.0
        return Counted(replies, guides, int(sum(sample.value for sample in _totals(self._errors))), seconds)

    def gauge(self, name: str, told: str, read: Callable[[], float]) -> None:
        """A number that is read when somebody looks."""
        Gauge(f"bancheng_{name}", told, registry=self._registry).set_function(read)

    def text(self, generation: str) -> bytes:
        """The exposition format, version 0.0.4."""
        self._generation.info({"generation": generation})
        return generate_latest(self._registry)


def _totals(counter: Counter) -> list[Sample]:
    return [sample for family in counter.collect() for sample in family.samples if sample.name.endswith("_total")]
