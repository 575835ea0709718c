"""The Calendar API's doors: which scopes open each, and what is behind it. Imported to register them."""

import hashlib
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from timeflow.fakes.google import calendars
from timeflow.fakes.google.calls import ROOT, Call, door
from timeflow.fakes.google.exchange import Answer, as_json, invalid
from timeflow.fakes.google.listing import Snapshot, list_events, list_instances
from timeflow.fakes.google.moments import stamp
from timeflow.fakes.google.push import Channel
from timeflow.fakes.google.store import Event

WRITE_EVENTS = "calendar calendar.app.created calendar.events calendar.events.owned"
READ_EVENTS = (
    f"{WRITE_EVENTS} calendar.readonly calendar.events.readonly calendar.events.freebusy "
    "calendar.events.owned.readonly calendar.events.public.readonly"
)
READ_LIST = "calendar calendar.readonly calendar.calendarlist calendar.calendarlist.readonly"
MAKE_CALENDARS = "calendar calendar.app.created calendar.calendars"
OF_CHANNELS = (
    f"{READ_EVENTS} {READ_LIST} calendar.acls calendar.acls.readonly calendar.settings calendar.settings.readonly"
)
OF_COLOURS = (
    f"{READ_LIST} calendar.app.created calendar.events.freebusy calendar.events.owned calendar.events.owned.readonly "
    "calendar.events.public.readonly"
)
LONGEST_CHANNEL = timedelta(days=30)
USUAL_CHANNEL = timedelta(days=7)
CHANNEL_ID = re.compile(r"[A-Za-z0-9_\-+/=]{1,64}")


def _event(call: Call, event: Event) -> Answer:
    return as_json(call.show(event), headers={"ETag": event.etag})


def _list(call: Call, usual: int, most: int, owner: str, make: Callable[[], Snapshot]) -> dict[str, Any]:
    return call.api.pages.page(call.request, owner, usual, most, make)


@door("calendarList.list", "GET", "/users/me/calendarList", READ_LIST)
def _list_calendars(call: Call) -> Answer:
    make = lambda: calendars.list_calendars(call.api.store, call.email, call.request)  # noqa: E731
    page = _list(call, 100, 250, f"{call.email} calendarList", make)
    return as_json({"kind": "calendar#calendarList", "etag": f'"{call.api.store.serial}"', **page})


@door("calendarList.get", "GET", "/users/me/calendarList/{calendarId}", f"{READ_LIST} calendar.app.created")
def _get_listed(call: Call) -> Answer:
    listed = call.api.store.lists[call.email][call.calendar.id]
    return as_json(calendars.shown_listed(call.api.store, call.email, listed))


@door("calendars.insert", "POST", "/calendars", MAKE_CALENDARS)
def _make_calendar(call: Call) -> Answer:
    account = call.api.store.accounts[call.email]
    made = calendars.make_calendar(call.api.store, account, call.request.json(), call.access.client_id)
    return as_json(calendars.shown_calendar(made))


@door(
    "calendars.get", "GET", "/calendars/{calendarId}", f"{MAKE_CALENDARS} calendar.readonly calendar.calendars.readonly"
)
def _get_calendar(call: Call) -> Answer:
    return as_json(calendars.shown_calendar(call.calendar))


@door("calendars.patch", "PATCH", "/calendars/{calendarId}", MAKE_CALENDARS)
def _change_calendar(call: Call) -> Answer:
    calendars.need_owner(call.calendar, call.email)
    calendars.change_calendar(call.api.store, call.calendar, call.request.json())
    return as_json(calendars.shown_calendar(call.calendar))


@door("calendars.delete", "DELETE", "/calendars/{calendarId}", MAKE_CALENDARS)
def _drop_calendar(call: Call) -> Answer:
    calendars.drop_calendar(call.api.store, call.calendar, call.email)
    return Answer(204)


@door("events.list", "GET", "/calendars/{calendarId}/events", READ_EVENTS)
def _list_events(call: Call) -> Answer:
    owner = f"{call.email} {call.calendar.id}"
    return _events(call, owner, lambda: list_events(call.events, call.request, call.show_in_list))


@door("events.instances", "GET", "/calendars/{calendarId}/events/{eventId}/instances", READ_EVENTS)
def _list_instances(call: Call) -> Answer:
    series = call.events.get(call.event_id)
    make = lambda: list_instances(call.events, series, call.request, call.show_in_list)  # noqa: E731
    return _events(call, f"{call.email} {call.calendar.id} {series.id}", make)


def _events(call: Call, owner: str, make: Callable[[], Snapshot]) -> Answer:
    calendar = call.calendar
    about = {"summary": calendar.name, "description": calendar.notes, "timeZone": calendar.zone}
    role, changed = calendar.roles[call.email], stamp(call.api.store.clock.now())
    head = {"kind": "calendar#events", "etag": f'"{call.api.store.serial}"', **about, "updated": changed}
    return as_json({**head, "accessRole": role, "defaultReminders": [], **_list(call, 250, 2500, owner, make)})


@door("events.get", "GET", "/calendars/{calendarId}/events/{eventId}", READ_EVENTS)
def _get_event(call: Call) -> Answer:
    event = call.events.get(call.event_id)
    if call.request.headers.get("If-None-Match") == event.etag:
        return Answer(304, headers={"ETag": event.etag})
    return _event(call, event)


@door("events.insert", "POST", "/calendars/{calendarId}/events", WRITE_EVENTS)
def _insert_event(call: Call) -> Answer:
    return _event(call, call.events.insert(call.request.json()))


@door("events.update", "PUT", "/calendars/{calendarId}/events/{eventId}", WRITE_EVENTS)
def _update_event(call: Call) -> Answer:
    return _event(call, call.events.update(call.event_id, call.request.json(), if_match=_if_match(call)))


@door("events.patch", "PATCH", "/calendars/{calendarId}/events/{eventId}", WRITE_EVENTS)
def _patch_event(call: Call) -> Answer:
    return _event(call, call.events.patch(call.event_id, call.request.json(), if_match=_if_match(call)))


@door("events.delete", "DELETE", "/calendars/{calendarId}/events/{eventId}", WRITE_EVENTS)
def _delete_event(call: Call) -> Answer:
    call.events.delete(call.event_id, if_match=_if_match(call))
    return Answer(204)


def _if_match(call: Call) -> str:
    return call.request.headers.get("If-Match") or ""


@door("events.watch", "POST", "/calendars/{calendarId}/events/watch", READ_EVENTS)
def _watch_events(call: Call) -> Answer:
    wish, calendar, now = call.request.json(), call.calendar, call.api.store.clock.now()
    channel_id, token = wish.get("id"), wish.get("token") or ""
    if not isinstance(channel_id, str) or not CHANNEL_ID.fullmatch(channel_id):
        raise invalid("Invalid channel id.")
    if (
        wish.get("type") not in ("web_hook", "webhook")
        or not isinstance(wish.get("address"), str)
        or len(str(token)) > 256
    ):
        raise invalid("Invalid channel.")
    lives = USUAL_CHANNEL
    try:
        if wish.get("expiration"):
            lives = datetime.fromtimestamp(int(wish["expiration"]) / 1000, UTC) - now
        elif wish.get("params"):
            lives = timedelta(seconds=int(wish["params"]["ttl"]))
    except (ValueError, TypeError, KeyError, OverflowError):
        raise invalid("Invalid ttl.") from None
    if lives <= timedelta():
        raise invalid("Invalid ttl.")
    resource = hashlib.sha256(f"{call.email} {calendar.id}".encode()).hexdigest()[:27]
    uri = f"{call.api.origin}{ROOT}/calendars/{calendar.id}/events?alt=json"
    ends = now + min(lives, LONGEST_CHANNEL)
    channel = Channel(
        channel_id, wish["address"], str(token), call.email, call.access.client_id, calendar.id, resource, uri, ends
    )
    call.api.push.open(channel)
    told = {"kind": "api#channel", "id": channel_id, "resourceId": resource, "resourceUri": uri}
    told |= {"token": str(token)} if token else {}
    return as_json(told | {"expiration": str(int(ends.timestamp() * 1000))})


@door("channels.stop", "POST", "/channels/stop", OF_CHANNELS)
def _stop_channel(call: Call) -> Answer:
    wish = call.request.json()
    call.api.push.close(str(wish.get("id")), str(wish.get("resourceId")), call.access.client_id)
    return Answer(204)


@door("freebusy.query", "POST", "/freeBusy", "calendar calendar.readonly calendar.freebusy calendar.events.freebusy")
def _free_busy(call: Call) -> Answer:
    return as_json(calendars.free_busy(call.api.store, call.email, call.request.json()))


@door("colors.get", "GET", "/colors", OF_COLOURS)
def _colours(call: Call) -> Answer:
    return as_json(calendars.colours())
