"""What the platform counts, for Prometheus (text format 0.0.4).

Every named refusal, verdict, malformed entry and kind of problem has its series; labels are closed lists
of ours, never text from outside.
"""

from __future__ import annotations

import time
from collections.abc import Mapping

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from application.platform.record_deposits import Recorded
from domain.jobs.job import Queue, State
from entrypoints.api.care_metrics import CareMetrics

BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
"""Seconds."""


class Metrics:
    """One platform's series, in a registry of their own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._problems = self._counter("rvm_problems", "Problem documents answered.", "type")
        self._verdicts = self._counter("rvm_verdicts", "Verdicts on items.", "verdict", "why")
        self._entries = self._counter("rvm_entries", "Journal entries received and kept.", "kind")
        self._rejected = self._counter("rvm_rejected_entries", "Entries kept apart: malformed, or of no chain.")
        self._replayed = self._counter("rvm_replayed_entries", "Entries that were held already.")
        self._gaps = self._counter("rvm_gaps", "Batches refused because something before them is missing.")
        self._claims = self._counter("rvm_claims", "Early claims of a session, by what was answered.", "why")
        self._alarms = self._counter("rvm_alarms", "Alarms raised.", "kind")
        self._limited = self._counter("rvm_rate_limited", "Requests refused because they came too often.", "rate")
        self._dropped = self._counter("rvm_live_dropped", "WebSockets closed by us, by reason.", "feed", "why")
        self.degraded = self._gauge("rvm_degraded", "1 while this part is away and we go on without.", "part")
        self._live = self._gauge("rvm_live_connections", "Open WebSockets.", "feed")
        self.outbox_waiting = self._gauge("rvm_outbox_waiting", "Outbox rows not yet published.")
        self.outbox_lag = self._gauge("rvm_outbox_lag_seconds", "Age of the oldest row not yet published; 0 when none.")
        self._jobs = self._gauge("rvm_jobs", "Jobs by queue and state.", "queue", "state")
        self.care = CareMetrics(self.registry)
        self._requests = Histogram(
            "rvm_http_request_seconds", "Time to answer, by route.", ["method", "route", "status"],
            registry=self.registry, buckets=BUCKETS,
        )  # fmt: skip

    def _counter(self, name: str, what: str, *labels: str) -> Counter:
        return Counter(name, what, labels, registry=self.registry)

    def _gauge(self, name: str, what: str, *labels: str) -> Gauge:
        return Gauge(name, what, labels, registry=self.registry)

    def problem(self, code: str) -> None:
        """Count a problem document."""
        self._problems.labels(code).inc()

    def recorded(self, recorded: Recorded) -> None:
        """Count what became of a batch: entries, verdicts, what was kept apart, alarms, gaps."""
        for judged in recorded.judged:
            self._entries.labels(judged.entry.kind.value).inc()
            if judged.verdict is not None:
                self._verdicts.labels(judged.verdict.standing.value, judged.verdict.why.value).inc()
        self._replayed.inc(recorded.replayed)
        self._rejected.inc(len(recorded.rejected))
        for alarm in recorded.alarms:
            self._alarms.labels(alarm.kind).inc()
        if recorded.gap:
            self._gaps.inc()

    def claim(self, why: str) -> None:
        """Count an early claim."""
        self._claims.labels(why).inc()

    def jobs(self, counted: Mapping[tuple[Queue, State], int]) -> None:
        """Take over how many jobs there are."""
        for queue in Queue:
            for state in State:
                self._jobs.labels(queue.value, state.value).set(counted.get((queue, state), 0))

    def limited(self, rate: str) -> None:
        """Count a request that came too often."""
        self._limited.labels(rate).inc()

    def live(self, feed: str, change: int) -> None:
        """Note that WebSockets opened (+1) or closed (-1)."""
        self._live.labels(feed).inc(change)

    def dropped(self, feed: str, why: str) -> None:
        """Count a WebSocket that we closed."""
        self._dropped.labels(feed, why).inc()

    def request(self, method: str, route: str, status: int, seconds: float) -> None:
        """Note how long an answer took."""
        self._requests.labels(method, route, str(status)).observe(seconds)

    def text(self) -> bytes:
        """Return all series in Prometheus' text format."""
        return generate_latest(self.registry)


_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class Measured:
    """ASGI middleware: how long each answer took, by the route's pattern (a path from outside is no label)."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, status = time.perf_counter(), 500

        async def watched(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, watched)
        finally:
            route = getattr(scope.get("route"), "path", "none")
            method = scope["method"] if scope["method"] in _METHODS else "other"
            self._metrics.request(method, route, status, time.perf_counter() - began)
