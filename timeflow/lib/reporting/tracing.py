"""Traces by OpenTelemetry: which route or task took how long. What a span may say is listed, all else stays."""

from collections.abc import Sequence

from django.conf import settings
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.instrumentation.celery import CeleryInstrumentor
from opentelemetry.instrumentation.django import DjangoInstrumentor
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.trace import Status

from timeflow.lib.version import VERSION

# Of a request its method, route and status; of a task its name and how it ended.
TOLD = frozenset(
    {
        *("http.method", "http.request.method", "http.route", "http.status_code", "http.response.status_code"),
        *("celery.action", "celery.state", "messaging.operation", "celery.task_name"),
    }
)
PROBES = "healthz,readyz,metrics"


class Scrubbed(SpanExporter):
    """Passes spans on without what quotes a request: addresses, clients, arguments, words of errors."""

    def __init__(self, exporter: SpanExporter) -> None:
        self.exporter = exporter

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        return self.exporter.export([_told(span) for span in spans])

    def shutdown(self) -> None:
        self.exporter.shutdown()

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        return self.exporter.force_flush(timeout_millis)


def _told(span: ReadableSpan) -> ReadableSpan:
    return ReadableSpan(
        name=span.name,
        context=span.context,
        parent=span.parent,
        resource=span.resource,
        attributes={name: value for name, value in (span.attributes or {}).items() if name in TOLD},
        kind=span.kind,
        status=Status(span.status.status_code),
        start_time=span.start_time,
        end_time=span.end_time,
        instrumentation_scope=span.instrumentation_scope,
    )


def start() -> None:
    """Where to, how much and under which name is said by OpenTelemetry's own variables.

    Raises `ValueError` for what is no web address.
    """
    if not settings.OTEL_EXPORTER_OTLP_ENDPOINT.startswith(("http://", "https://")):
        raise ValueError(settings.OTEL_EXPORTER_OTLP_ENDPOINT)
    provider = TracerProvider(resource=Resource.create({"service.version": VERSION}))
    provider.add_span_processor(BatchSpanProcessor(Scrubbed(OTLPSpanExporter())))
    DjangoInstrumentor().instrument(tracer_provider=provider, excluded_urls=PROBES)
    CeleryInstrumentor().instrument(tracer_provider=provider)
