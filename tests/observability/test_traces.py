"""Traces: off by default; switched on, a real collector gets them, with nothing secret, and the log names the trace."""

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from entrypoints.api.app import create_app
from entrypoints.container import build_platform, close_platform
from entrypoints.platform import serve, serving
from entrypoints.traces import trace
from tests.api.conftest import quick_settings
from tests.objects.world import OUTSIDE
from tests.observability.test_logs import Told, told  # noqa: F401 - a fixture


class Collector(HTTPServer):
    """Takes what OpenTelemetry sends (OTLP, protobuf over HTTP)."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Taking)
        self.spans = []

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}/v1/traces"


class Taking(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.headers.get("Content-Encoding") == "gzip":
            import gzip

            body = gzip.decompress(body)
        request = ExportTraceServiceRequest.FromString(body)
        for resource in request.resource_spans:
            for scope in resource.scope_spans:
                self.server.spans += scope.spans
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_):
        """Say nothing."""


@pytest.fixture
def collector():
    with Collector() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_a_collector_gets_a_span_for_each_request_and_no_secret(tmp_path, collector, told):  # noqa: F811
    container = build_platform(quick_settings(tmp_path))
    app = create_app(container)
    end = trace(app, collector.url)
    signature = "f" * 64
    with serving(container, app) as url:
        OUTSIDE.get(f"{url}/api/v1/objects/images/a?expires=1&signature={signature}")
        OUTSIDE.get(f"{url}/health/ready")
        OUTSIDE.get(f"{url}/api/v1/balance?access_token=not-a-token-{signature}")
    close_platform(container)
    end()
    assert sorted(span.name for span in collector.spans) == [
        "GET /api/v1/balance",
        "GET /api/v1/objects/{bucket}/{key:path}",
    ]
    assert signature not in str(collector.spans)
    assert told.answered(status=401)["trace"] in {span.trace_id.hex() for span in collector.spans}


@pytest.mark.parametrize("collector_url", ["", "http://127.0.0.1:9/v1/traces"])
def test_only_the_setting_switches_traces_on(tmp_path, monkeypatch, collector_url):
    traced, ended = [], []

    def trace_to(_, url):
        traced.append(url)
        return lambda: ended.append(url)

    monkeypatch.setattr("entrypoints.platform.trace", trace_to)
    monkeypatch.setattr("entrypoints.platform.tell_by", lambda *_: None)
    monkeypatch.setattr("uvicorn.Server.run", lambda *_, **__: None)
    serve(quick_settings(tmp_path, otlp_url=collector_url), say=lambda _: None)
    assert traced == ended == [url for url in [collector_url] if url]
