"""Settings about the account as a whole: what happened to it, taking everything along, leaving."""

import tempfile

from django.http import FileResponse, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.middleware import fresh_sign_in, leave
from accounts.requests import PersonRequest, caller_of
from accounts.selectors.activity import activity as activity_of
from accounts.selectors.zones import person_clock
from accounts.services.deletion import ask_deletion
from accounts.services.export import export_account
from timeflow.lib.throttle import rate_limited


@require_safe
def account(request: PersonRequest) -> HttpResponse:
    return render(request, "settings/account.html")


@require_safe
def activity(request: PersonRequest) -> HttpResponse:
    page, entries = activity_of(request.user, request.GET.get("page", "1"))
    return render(request, "settings/activity.html", {"page": page, "entries": entries})


@fresh_sign_in
@rate_limited("files")
@require_POST
def export(request: PersonRequest) -> FileResponse:
    """The archive, from a file on disk that is gone once it is sent."""
    now = timezone.now()
    file = tempfile.TemporaryFile()  # noqa: SIM115  # the answer closes it
    export_account(user=request.user, caller=caller_of(request), now=now, to=file)
    file.seek(0)
    name = f"timeflow-{person_clock(request.user, now).today:%Y-%m-%d}.zip"
    return FileResponse(file, as_attachment=True, filename=name, content_type="application/zip")


@fresh_sign_in
@require_POST
def delete(request: PersonRequest) -> HttpResponse:
    now, person = timezone.now(), request.user
    due_at = ask_deletion(user=person, caller=caller_of(request), now=now)
    clock = person_clock(person, now)
    until = f"{clock.day(due_at)} at {clock.time(due_at)}"
    leave(request)
    return render(request, "accounts/goodbye.html", {"until": until, "email": person.email})
