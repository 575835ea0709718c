"""What is counted and timed, for Prometheus. Labels are names out of the code, never an id, an address or a text.

Each `tell_*` is called where the thing happens. What is only looked at when somebody asks (queues, rows that wait) is
in `gauges`; how several processes count together, in `together`.
"""

import logging

from prometheus_client import CollectorRegistry, Counter, Histogram

COUNTED = CollectorRegistry()
NO_ROUTE = "none"
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_FOR_PEOPLE = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
_FOR_WORKERS = (0.1, 0.5, 1, 3, 10, 30, 60, 300)


def _counter(name: str, about: str, *labels: str) -> Counter:
    return Counter(f"timeflow_{name}", about, labels, registry=COUNTED)


def _timer(name: str, about: str, buckets: tuple[float, ...], *labels: str) -> Histogram:
    return Histogram(f"timeflow_{name}_seconds", about, labels, buckets=buckets, registry=COUNTED)


REQUESTS = _counter("requests", "Requests answered; status is 2xx and so on", "route", "method", "status")
REQUEST_SECONDS = _timer("request", "Time to the answer", _FOR_PEOPLE, "route", "method")
REQUEST_QUERIES = _counter("request_queries", "Database queries of requests", "route")
REQUEST_QUERY_SECONDS = _counter("request_query_seconds", "Time that requests waited for the database", "route")
TASK_SECONDS = _timer("task", "Background tasks, while they ran", _FOR_WORKERS, "task", "state")
JOB_SECONDS = _timer("job", "Jobs that ended, since they were asked for", _FOR_WORKERS, "kind", "state")
CACHE_READS = _counter("cache_reads", "Looks into the cache; result is hit or miss", "result")
RATE_REFUSALS = _counter("rate_refusals", "Requests refused by a rate limit", "scope")
SECURITY_EVENTS = _counter("security_events", "What the log calls security.<kind>", "kind")
SIGN_INS = _counter("sign_ins", "Sessions opened, by the last step of signing in", "method")
PROVIDER_CALLS = _counter("provider_calls", "Calls to providers of calendars", "provider", "kind", "lane")
PROVIDER_REFUSALS = _counter("provider_refusals", "Calls that there was no quota for", "provider", "kind", "lane")
ERRORS = _counter("errors", "Lines of level error in the log", "logger")


def tell_request(
    *, route: str | None, method: str | None, status: int, seconds: float, queries: int, query_seconds: float
) -> None:
    where, how = route or NO_ROUTE, method if method in METHODS else "other"
    REQUESTS.labels(where, how, f"{status // 100}xx").inc()
    REQUEST_SECONDS.labels(where, how).observe(seconds)
    REQUEST_QUERIES.labels(where).inc(queries)
    REQUEST_QUERY_SECONDS.labels(where).inc(query_seconds)


def tell_task(*, task: str, state: str, seconds: float) -> None:
    TASK_SECONDS.labels(task, state.lower()).observe(seconds)


def tell_job(*, kind: str, state: str, seconds: float) -> None:
    """`seconds` from when it was asked for to its end."""
    JOB_SECONDS.labels(kind, state).observe(seconds)


def tell_calls(*, provider: str, kind: str, lane: str, calls: int, refused: int) -> None:
    """`refused` for want of quota, there or here."""
    PROVIDER_CALLS.labels(provider, kind, lane).inc(calls)
    PROVIDER_REFUSALS.labels(provider, kind, lane).inc(refused)


class CountedErrors(logging.Filter):
    """Lets every line pass, and counts errors. Django's lines about suspicious requests are no errors of ours."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.name.startswith("django.security."):
            SECURITY_EVENTS.labels("request_refused").inc()
        elif record.levelno >= logging.ERROR:
            ERRORS.labels(record.name).inc()
        return True
