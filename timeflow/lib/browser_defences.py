"""What browsers are told to forbid our pages, and what they report when a page tried it all the same."""

import json
import logging
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import Resolver404, resolve
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

log = logging.getLogger(__name__)

# What pages use: passkeys, and the button that copies a key.
USED = ("clipboard-write", "publickey-credentials-create", "publickey-credentials-get")
UNUSED = (
    "accelerometer",
    "autoplay",
    "browsing-topics",
    "camera",
    "clipboard-read",
    "compute-pressure",
    "display-capture",
    "encrypted-media",
    "fullscreen",
    "gamepad",
    "geolocation",
    "gyroscope",
    "hid",
    "identity-credentials-get",
    "idle-detection",
    "local-fonts",
    "magnetometer",
    "microphone",
    "midi",
    "otp-credentials",
    "payment",
    "picture-in-picture",
    "screen-wake-lock",
    "serial",
    "storage-access",
    "sync-xhr",
    "usb",
    "window-management",
    "xr-spatial-tracking",
)
HEADERS = {
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": ", ".join([*(f"{name}=(self)" for name in USED), *(f"{name}=()" for name in UNUSED)]),
    "Reporting-Endpoints": f'csp="{settings.CSP_REPORT_PATH}"',
}
PLAIN_HTTP = {"code": "https_only", "detail": "Ask by https. A key that was sent along has been seen: revoke it."}
MAX_REPORT_BYTES = 16 * 1024
MAX_REPORTS = 10
MAX_WORD = 200
SINGLE, SEVERAL = "application/csp-report", "application/reports+json"


class BrowserDefencesMiddleware:
    """First of all, so that every answer has the headers, files too. A report is nobody's: its cookies are not read."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path == settings.CSP_REPORT_PATH:
            request.META.pop("HTTP_COOKIE", None)
        answer = self.get_response(request)
        for name, value in HEADERS.items():
            answer.headers.setdefault(name, value)
        return answer


class NoPlainApiMiddleware:
    """A program that asks by plain http is refused, and not sent on: it would never learn that it shows its key."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.SECURE_SSL_REDIRECT and request.path.startswith("/api/") and not request.is_secure():
            return JsonResponse(PLAIN_HTTP, status=403, content_type="application/problem+json")
        return self.get_response(request)


@csrf_exempt
@login_not_required
@require_POST
def csp_report(request: HttpRequest) -> HttpResponse:
    """Logs what a browser stopped, a line for each of the first reports. Anybody may send one, true or not."""
    if request.content_type not in (SINGLE, SEVERAL):
        return HttpResponse(status=415)
    raw = request.read(MAX_REPORT_BYTES + 1)
    if len(raw) > MAX_REPORT_BYTES:
        return HttpResponse(status=413)
    try:
        reports = list(_reports(json.loads(raw)))
    except (ValueError, RecursionError):
        return HttpResponse(status=400)
    for report in reports[:MAX_REPORTS]:
        log.warning("csp_report %s", json.dumps(_facts(report)))
    return HttpResponse(status=204)


def _reports(sent: Any) -> Iterator[dict[str, Any]]:
    """The content of each report, in the words of either format. Raises `ValueError`."""
    for entry in sent if isinstance(sent, list) else [sent]:
        content = entry.get("csp-report") or entry.get("body") if isinstance(entry, dict) else None
        if not isinstance(content, dict):
            raise ValueError("this is not a report")
        if entry.get("type", "csp-violation") == "csp-violation":
            yield content


def _facts(report: dict[str, Any]) -> dict[str, object]:
    """What helps to find the fault, without any query or any part of an address that may be secret."""

    def said(*names: str) -> str:
        return next((value for name in names if isinstance(value := report.get(name), str)), "")

    line = report.get("line-number", report.get("lineNumber"))
    return {
        "directive": said("effective-directive", "violated-directive", "effectiveDirective")[:MAX_WORD],
        "page": _place(said("document-uri", "documentURL")),
        "blocked": _origin(said("blocked-uri", "blockedURL")),
        "source": _place(said("source-file", "sourceFile")),
        "line": line if isinstance(line, int) and 0 <= line < 10**6 else None,
    }


def _place(address: str) -> str:
    """The name of the route behind an address of ours, since its parameters may be secrets; a file by its path."""
    try:
        path = urlsplit(address).path
        return resolve(path).view_name if not path.startswith(settings.STATIC_URL) else path[:MAX_WORD]
    except (ValueError, Resolver404):
        return "unknown" if address else ""


def _origin(address: str) -> str:
    """`inline`, `eval` and the like stay as they are; of an address only where it leads."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return "unknown"
    return (f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}" if parts.scheme else parts.path)[:MAX_WORD]
