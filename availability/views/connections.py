"""Accounts elsewhere: connected, looked at, given up; and in which of their calendars the plan is written."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.gateways import google
from accounts.models import Connection
from accounts.requests import PersonRequest, caller_of
from accounts.services.google_grants import SCOPES, WRITE_ANYWHERE
from availability.errors import NeedsPermission
from availability.forms.connections import CalDavForm, FeedForm
from availability.selectors.accounts import Account, accounts, places
from availability.selectors.mirrors import known_mirrors, stale_calendars
from availability.services.mirrors import connecting, listing, target
from availability.views.calendars import form_of_places, page, shown_account
from availability.views.google_calendar import ask_google
from timeflow.lib.errors import NotFound, Refusal
from timeflow.lib.http import explain, owned, toast
from timeflow.lib.pages import back
from timeflow.lib.throttle import rate_limited

MOST_TURNS = 20
"""So often the page asks how an account is, about half a minute; whoever waits longer loads it anew."""
Google, CalDav, Feed = Connection.Provider.GOOGLE, Connection.Provider.CALDAV, Connection.Provider.FEED


@rate_limited("look", methods=["POST"])
@require_http_methods(["GET", "HEAD", "POST"])
def connect_caldav(request: PersonRequest) -> HttpResponse:
    """`again` in the query names an account to be connected again."""
    form = CalDavForm(request.POST or None)
    if request.method != "POST" and "again" in request.GET:
        known = Connection.objects.filter(user=request.user, provider=CalDav)
        form = CalDavForm.again(owned(known, request.GET["again"]))
    if request.method == "POST" and form.is_valid():
        given = {name: form.cleaned_data[name] for name in ("address", "account", "password")}
        try:
            connecting.connect_caldav(user=request.user, caller=caller_of(request), now=timezone.now(), **given)
        except Refusal as refusal:
            explain(form, refusal)
        else:
            toast(request, f"{given['account']} is connected.")
            return redirect("settings-calendars")
    return render(request, "settings/connect_caldav.html", {"form": form}, status=422 if form.errors else 200)


@rate_limited("look", methods=["POST"])
@require_http_methods(["GET", "HEAD", "POST"])
def connect_feed(request: PersonRequest) -> HttpResponse:
    form = FeedForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            feed = connecting.connect_feed(
                user=request.user, caller=caller_of(request), now=timezone.now(), **form.cleaned_data
            )
        except Refusal as refusal:
            explain(form, refusal)
        else:
            toast(request, f"You are subscribed to a calendar of {feed.account}.")
            return redirect("settings-calendars")
    return render(request, "settings/connect_feed.html", {"form": form}, status=422 if form.errors else 200)


@require_safe
def account_state(request: PersonRequest, connection_id: uuid.UUID) -> HttpResponse:
    """How an account is by now, asked by the page while it is looked at.

    Until its calendars are there, and when there are more or less `rows` of them than on the page, the whole of it is
    answered with the places for the plan; else only what is said of each, so that no form that somebody fills in is
    replaced.
    """
    known = accounts(request.user, timezone.now())
    account = _account(known, connection_id)
    turn = request.GET.get("turn", "")
    context = {**shown_account(account), "turn": int(turn) + 1 if turn in map(str, range(MOST_TURNS)) else MOST_TURNS}
    is_another = request.GET.get("rows", str(len(account.lines))) != str(len(account.lines))
    if "listing" not in request.GET and not is_another:
        return render(request, "settings/_account_states.html", context)
    if not account.is_listing:
        context |= {"places": places(known), "place_form": form_of_places(known)}
    answer = render(request, "settings/_account_alone.html", context)
    answer["HX-Retarget"] = f"#account-{connection_id}"
    return answer


def _account(known: list[Account], connection_id: uuid.UUID) -> Account:
    found = [one for one in known if one.connection.pk == connection_id]
    if not found:
        raise NotFound
    return found[0]


@rate_limited("look")
@require_POST
def look_at_account(request: PersonRequest, connection_id: uuid.UUID) -> HttpResponse:
    connection = connecting.look_again(user=request.user, connection_id=connection_id, now=timezone.now())
    toast(request, f"TimeFlow looks at {connection.account} now.")
    return redirect("settings-calendars")


@rate_limited("look")
@require_POST
def look(request: PersonRequest) -> HttpResponse:
    """Look at all calendars now; with `old` only at what was not read for a while, and nobody is told.

    A script gets what is stale by now, to be shown instead of what was; nothing if nothing had to be looked at.
    """
    now = timezone.now()
    if "old" in request.POST:
        if not listing.look_if_old(user=request.user, now=now):
            return HttpResponse(status=204)
    else:
        listing.look_now(user=request.user, now=now)
        toast(request, "TimeFlow looks at your calendars now.")
    if request.htmx:
        return render(request, "settings/_stale.html", {"stale": stale_calendars(request.user, now)})
    return redirect(back(request, "/settings/calendars"))


@require_http_methods(["GET", "HEAD", "POST"])
def disconnect(request: PersonRequest, connection_id: uuid.UUID) -> HttpResponse:
    """A GET asks once more and says what goes. Google is told; should it not hear, the person can do so there."""
    account = _account(accounts(request.user, timezone.now()), connection_id)
    if request.method != "POST":
        return render(request, "settings/disconnect.html", {"account": account})
    provider = account.connection.provider
    revoke = google.revoke if provider == Google else lambda _token: True
    is_told = connecting.disconnect(
        user=request.user, connection_id=connection_id, revoke=revoke, caller=caller_of(request), now=timezone.now()
    )
    if provider == CalDav:
        toast(request, "Disconnected. You can delete the app password at its provider now.")
    elif provider == Feed:
        toast(request, "You are not subscribed any more.")
    elif is_told:
        toast(request, "Disconnected. Google took the permission back.")
    else:
        words = "Disconnected here. Google could not be told; take the permission back in your Google account, too."
        messages.warning(request, words)
    return redirect("settings-calendars")


@require_POST
def choose_place(request: PersonRequest) -> HttpResponse:
    """Where the plan is written from now on."""
    form = form_of_places(accounts(request.user, timezone.now()), request)
    if not form.is_valid():
        return page(request, place_form=form)
    key, words = form.cleaned_data["place"], form.chosen_words
    try:
        return _choose(request, key, words)
    except NotFound:
        raise
    except Refusal as refusal:
        explain(form, refusal)
        return page(request, place_form=form)


def _choose(request: PersonRequest, key: str, words: str) -> HttpResponse:
    user, now = request.user, timezone.now()
    if key.startswith("own:"):
        connecting.keep_plan_in(user=user, connection_id=uuid.UUID(key.removeprefix("own:")), words=words)
        toast(request, "A calendar for your plan is made there, and your plan is written into it.")
        return redirect("settings-calendars")
    calendar_id = uuid.UUID(key) if key else None
    try:
        target.write_into(user=user, calendar_id=calendar_id, words=words, now=now)
    except NeedsPermission:
        wish: dict[str, Any] = {"calendar": key, "words": words}
        mirror = owned(known_mirrors(now).filter(user=user), calendar_id)
        return ask_google(request, scopes=(*SCOPES, WRITE_ANYWHERE), account=mirror.connection.account, wish=wish)
    toast(request, "Your plan is written there from now on." if key else "Your plan stays in TimeFlow from now on.")
    return redirect("settings-calendars")
