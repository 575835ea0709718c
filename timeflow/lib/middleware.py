"""What stands before everything else: answers to probes, and a line in the log for every other request."""

import logging
import re
import time
from collections.abc import Callable
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse
from structlog.contextvars import bind_contextvars, clear_contextvars

from timeflow.lib.client_address import is_from_proxy
from timeflow.lib.ids import new_id
from timeflow.lib.logs import REQUEST_ID
from timeflow.lib.metrics import tell_request
from timeflow.lib.views import PROBES

ACCEPTABLE = re.compile(r"[A-Za-z0-9-]{8,64}")
log = logging.getLogger("timeflow.requests")
Door = Callable[[HttpRequest], HttpResponse]


class ProbeMiddleware:
    """Answers probes by itself: they come over plain HTTP, for an IP address as host, and are nobody's."""

    def __init__(self, get_response: Door) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return PROBES.get(request.path_info.removeprefix("/"), self.get_response)(request)


class DatabaseWatch:
    """Counts the queries of one request, and the seconds that they took."""

    def __init__(self) -> None:
        self.queries, self.seconds = 0, 0.0

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        began = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            self.queries += 1
            self.seconds += time.perf_counter() - began


class RequestLogMiddleware:
    """Gives a request its id, which the answer names too, and tells the log and the metrics of it once it is answered.

    The address is told where no route was found; elsewhere the route's name says it, without what stands in it.
    """

    def __init__(self, get_response: Door) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        started = time.perf_counter()
        clear_contextvars()
        request_id = _request_id(request)
        bind_contextvars(request_id=request_id)
        request.META[REQUEST_ID] = request_id
        database = DatabaseWatch()
        with connection.execute_wrapper(database):
            answer = self.get_response(request)
        answer["X-Request-ID"] = request_id
        spent = time.perf_counter() - started
        where = _where(request)
        said = {"method": request.method, **where, "status": answer.status_code, "duration_ms": round(spent * 1000)}
        log.info("request", extra=said)
        tell_request(
            route=where.get("route"),
            method=request.method,
            status=answer.status_code,
            seconds=spent,
            queries=database.queries,
            query_seconds=database.seconds,
        )
        clear_contextvars()
        return answer


def _where(request: HttpRequest) -> dict[str, str]:
    route = request.resolver_match and request.resolver_match.view_name
    return {"route": route} if route else {"path": request.path[:200]}


def _request_id(request: HttpRequest) -> str:
    given = request.headers.get("X-Request-ID", "")
    return given if is_from_proxy(request) and ACCEPTABLE.fullmatch(given) else str(new_id())
