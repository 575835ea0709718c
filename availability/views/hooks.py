"""Where providers tell that a calendar changed."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from availability.services.mirrors.channels import hear
from timeflow.lib.errors import NotFound
from timeflow.lib.throttle import rate_limited

MOST = 300
"""Characters of a header that are looked at."""


@csrf_exempt
@login_not_required
@rate_limited("hook")
@require_POST
def google_calendar(request: HttpRequest) -> HttpResponse:
    """Reads no body and no cookie: the secret of the channel says who calls."""
    said = {
        name: request.headers.get(f"X-Goog-{header}", "")[:MOST]
        for name, header in (
            ("channel_id", "Channel-ID"),
            ("secret", "Channel-Token"),
            ("resource", "Resource-ID"),
            ("state", "Resource-State"),
        )
    }
    try:
        hear(**said, now=timezone.now())
    except NotFound:
        return HttpResponse(status=404)
    return HttpResponse(status=204)
