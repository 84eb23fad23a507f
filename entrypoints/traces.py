"""OpenTelemetry traces, off unless a setting names a collector (the extra `telemetry`).

    RVM_PLATFORM_OTLP_URL=http://collector:4318/v1/traces

A span for each request, by its route; addresses without their query, since a ticket's signature may stand there. Lines
of the log carry the id of the trace that they belong to.
"""

from __future__ import annotations

from collections.abc import Callable, MutableMapping
from typing import Any

from fastapi import FastAPI

UNTRACED = "health/.*,metrics"
"""What is asked all the time by machines that watch."""
SEND_SECONDS = 2
"""How long a collector may take; traces are dropped rather than waited for."""


def trace(app: FastAPI, collector: str) -> Callable[[], None]:
    """Send a span for each request of an app to a collector (OTLP over HTTP). Returns what sends the rest and ends."""
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.instrumentation.fastapi import FastAPIInstrumentor
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    provider = TracerProvider(resource=Resource.create({"service.name": "myrvm-platform"}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(collector, timeout=SEND_SECONDS)))
    FastAPIInstrumentor.instrument_app(
        app, tracer_provider=provider, excluded_urls=UNTRACED, exclude_spans=["receive", "send"],
        server_request_hook=_named,
    )  # fmt: skip
    return provider.shutdown


def _named(span: Any, scope: MutableMapping[str, Any]) -> None:
    """Leave out what may be secret of an address, and tell the log which trace this is."""
    import structlog

    bare = f"{scope.get('scheme', 'http')}://{_host(scope)}{scope['path']}"
    for attribute in ("http.url", "url.full"):
        if attribute in span.attributes:
            span.set_attribute(attribute, bare)
    for attribute in ("http.target", "url.path"):
        if attribute in span.attributes:
            span.set_attribute(attribute, scope["path"])
    if "url.query" in span.attributes:
        span.set_attribute("url.query", "")
    structlog.contextvars.bind_contextvars(trace=f"{span.get_span_context().trace_id:032x}")


def _host(scope: MutableMapping[str, Any]) -> str:
    host, port = scope.get("server") or ("platform", None)
    return f"{host}:{port}" if port else str(host)
