"""Pages for machines that watch: is the process there, can people be sent to it, and what was counted?"""

import time

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.views.decorators.http import require_safe
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from timeflow.lib.condition import find_condition
from timeflow.lib.health import what_is_missing
from timeflow.lib.logs import Suspicion, tell_security
from timeflow.lib.metrics.gauges import gauges
from timeflow.lib.metrics.together import as_text, counted


@login_not_required
@require_safe
def healthz(_request: HttpRequest) -> HttpResponse:
    return _said("")


@login_not_required
@require_safe
def readyz(_request: HttpRequest) -> HttpResponse:
    return _said(what_is_missing(time.monotonic()))


@login_not_required
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """For whoever has `METRICS_TOKEN`; without that setting there is no such page."""
    if not settings.METRICS_TOKEN:
        return _answer("There is nothing here.", 404)
    if not constant_time_compare(request.headers.get("Authorization", ""), f"Bearer {settings.METRICS_TOKEN}"):
        tell_security(Suspicion.METRICS_REFUSED)
        refused = _answer("It takes the bearer token that METRICS_TOKEN names.", 401)
        refused["WWW-Authenticate"] = "Bearer"
        return refused
    condition = find_condition(timezone.now(), time.perf_counter)
    return _answer(as_text(counted(), gauges(condition)), 200, CONTENT_TYPE_PLAIN_0_0_4)


def _said(missing: str) -> HttpResponse:
    return _answer(missing or "ok", 503 if missing else 200)


def _answer(words: str, status: int, content_type: str = "text/plain; charset=utf-8") -> HttpResponse:
    headers = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
    return HttpResponse(words, status=status, content_type=content_type, headers=headers)


# They stand before everything else, and are nobody's: no host name, no session, no limit.
PROBES = {"healthz": healthz, "readyz": readyz, "metrics": metrics}
