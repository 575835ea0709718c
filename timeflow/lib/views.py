"""Pages for probes: is the process there, and can people be sent to it?"""

import time

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from timeflow.lib.health import what_is_missing


@login_not_required
@require_safe
def healthz(_request: HttpRequest) -> HttpResponse:
    return _said("")


@login_not_required
@require_safe
def readyz(_request: HttpRequest) -> HttpResponse:
    return _said(what_is_missing(time.monotonic()))


def _said(missing: str) -> HttpResponse:
    headers = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
    return HttpResponse(
        missing or "ok", status=503 if missing else 200, content_type="text/plain; charset=utf-8", headers=headers
    )


PROBES = {"healthz": healthz, "readyz": readyz}
