"""Counts and seconds by outcome, in Prometheus text; no question, place or address is ever a label."""

import threading
from collections import Counter

from assistant.model import AnyReply


class Metrics:
    """What operators watch: replies by kind and reason, errors by status, seconds spent answering."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._replies: Counter[tuple[str, str]] = Counter()
        self._errors: Counter[int] = Counter()
        self._seconds = 0.0
        self._reworded = 0

    def replied(self, reply: AnyReply, seconds: float) -> None:
        """Count one reply."""
        with self._lock:
            self._replies[(reply.kind, reply.reason or "")] += 1
            self._seconds += seconds
            self._reworded += reply.ai_generated

    def failed(self, status: int) -> None:
        """Count one request that ended in a problem document or an error on the page."""
        with self._lock:
            self._errors[status] += 1

    def text(self, generation: str, problems: int) -> str:
        """The exposition format, version 0.0.4."""
        with self._lock:
            replies, errors, seconds, reworded = dict(self._replies), dict(self._errors), self._seconds, self._reworded
        lines = ["# HELP bancheng_replies_total 回答次数", "# TYPE bancheng_replies_total counter"]
        lines += [f'bancheng_replies_total{{kind="{k}",reason="{r}"}} {n}' for (k, r), n in sorted(replies.items())]
        lines += ["# HELP bancheng_errors_total 出错次数", "# TYPE bancheng_errors_total counter"]
        lines += [f'bancheng_errors_total{{status="{status}"}} {n}' for status, n in sorted(errors.items())]
        lines += ["# HELP bancheng_reply_seconds 回答用时", "# TYPE bancheng_reply_seconds summary"]
        lines += [f"bancheng_reply_seconds_sum {seconds:.6f}", f"bancheng_reply_seconds_count {sum(replies.values())}"]
        lines += ["# HELP bancheng_reworded_total 用了语言模型的话的回答次数", "# TYPE bancheng_reworded_total counter"]
        lines += [f"bancheng_reworded_total {reworded}"]
        lines += ["# HELP bancheng_generation_info 正在使用的版本", "# TYPE bancheng_generation_info gauge"]
        lines += [f'bancheng_generation_info{{generation="{generation}"}} 1']
        lines += ["# HELP bancheng_problems 要处理的问题数，详见 /readyz", "# TYPE bancheng_problems gauge"]
        lines += [f"bancheng_problems {problems}", ""]
        return "\n".join(lines)
