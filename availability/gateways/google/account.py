"""Google's Calendar API (version 3) for one account, as a `Provider`."""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from urllib.parse import quote

from availability.gateways.faults import Forbidden, Missing, TokenExpired, Unsound
from availability.gateways.google.client import Call, Client, Gone, Json, NotTaken
from availability.gateways.google.events import Odd, body_of, item_of, text_of
from availability.gateways.meter import Meter
from availability.gateways.provider import Access, Entry, Item, Listed, Page, Span, Stored, Watch

PAGE = 1_000
LISTS = "/users/me/calendarList"
MADE_BY = "Made by TimeFlow for planned work:"
MOST_BUSY = 50
"""So many calendars are told of in one answer about busy times."""
ACCESS = {
    "owner": Access.OWNER,
    "writer": Access.WRITER,
    "reader": Access.READER,
    "freeBusyReader": Access.BUSY,
}
FIELDS = (
    "nextPageToken,nextSyncToken,timeZone,items(id,etag,status,summary,description,location,start,end,recurrence,"
    "recurringEventId,originalStartTime,transparency,visibility,attendees(self,responseStatus),extendedProperties/private)"
)


class GoogleAccount:
    """`token` gives an access token, a fresh one if told that the last was refused. `meter` lets calls pass or wait."""

    def __init__(self, token: Callable[[bool], str], meter: Meter) -> None:
        self._client = Client(token, meter)

    def calendars(self) -> list[Listed]:
        return [listed for page in self._pages("list_calendars", LISTS) for listed in _listed(page)]

    def changes(self, calendar: str, *, token: str = "", page: str = "") -> Page:
        asked = {"maxResults": str(PAGE), "fields": FIELDS}
        if token:
            asked["syncToken"] = token
        if page:
            asked["pageToken"] = page
        try:
            answer = self._client.ask(Call("list_events", "GET", f"{_of(calendar)}/events", asked))
        except Gone as gone:
            raise TokenExpired from gone
        except NotTaken as fault:
            # "Invalid sync token value", "Invalid page token value": beside these nothing sent here can be wrong.
            if token or page:
                raise TokenExpired from fault
            raise
        return Page(
            **_items(answer),
            next_page=str(answer.get("nextPageToken", "")),
            token=str(answer.get("nextSyncToken", "")),
            is_full=not token,
        )

    def make_calendar(self, name: str, zone: str, mark: str) -> Listed:
        for page in self._pages("list_calendars", LISTS):
            for entry in page.get("items", []):
                if mark in str(entry.get("description", "")).split() and entry.get("accessRole") == "owner":
                    return next(_listed({"items": [entry]}))
        body = {"summary": name, "description": f"{MADE_BY} {mark}", "timeZone": zone}
        made = self._client.ask(Call("make_calendar", "POST", "/calendars", body=body))
        return Listed(id=_id(made), name=name, access=Access.OWNER, zone=zone)

    def get(self, calendar: str, event_id: str) -> Item:
        return _item(self._client.ask(Call("get_event", "GET", _event(calendar, event_id))))

    def id_for(self, calendar: str, mark: str, turn: int) -> str:
        # Google takes the digits 0-9 and the letters a-v, and never the id of a deleted event again.
        return f"tf{hashlib.sha256(f'{mark} {turn}'.encode()).hexdigest()[:40]}"

    def insert(self, calendar: str, event_id: str, entry: Entry) -> Stored:
        body = {"id": event_id, **body_of(entry, is_new=True)}
        return _stored(self._client.ask(Call("insert_event", "POST", f"{_of(calendar)}/events", body=body)))

    def update(self, calendar: str, event_id: str, entry: Entry, *, was: Entry | None, etag: str) -> Stored:
        body = body_of(entry, was)
        return _stored(
            self._client.ask(Call("update_event", "PATCH", _event(calendar, event_id), body=body, etag=etag))
        )

    def delete(self, calendar: str, event_id: str, *, etag: str) -> None:
        try:
            self._client.ask(Call("delete_event", "DELETE", _event(calendar, event_id), etag=etag))
        except Missing:
            return

    def busy(self, calendars: Sequence[str], start: datetime, end: datetime) -> dict[str, list[Span]]:
        spans: dict[str, list[Span]] = {}
        for begin in range(0, len(calendars), MOST_BUSY):
            some = calendars[begin : begin + MOST_BUSY]
            body = {
                "timeMin": start.astimezone(UTC).isoformat(),
                "timeMax": end.astimezone(UTC).isoformat(),
                "items": [{"id": calendar} for calendar in some],
            }
            found = self._client.ask(Call("free_busy", "POST", "/freeBusy", body=body))
            try:
                spans |= {calendar: _spans(found["calendars"][calendar]) for calendar in some}
            except (KeyError, TypeError, ValueError) as error:
                raise Unsound from error
        return spans

    def watch(self, calendar: str, channel: str, *, token: str, address: str, seconds: int) -> Watch | None:
        body = {
            "id": channel,
            "type": "web_hook",
            "address": address,
            "token": token,
            "params": {"ttl": str(seconds)},
        }
        try:
            made = self._client.ask(Call("watch", "POST", f"{_of(calendar)}/events/watch", body=body))
            expires_at = datetime.fromtimestamp(int(made["expiration"]) / 1000, UTC)
            return Watch(str(made["resourceId"]), expires_at)
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            raise Unsound from error
        except Forbidden:
            # Some calendars, of holidays for instance, cannot be watched.
            return None

    def stop_watching(self, channel: str, resource: str) -> None:
        try:
            self._client.ask(
                Call("stop_watching", "POST", "/channels/stop", body={"id": channel, "resourceId": resource})
            )
        except Missing:
            return

    def _pages(self, kind: str, path: str) -> Iterator[Json]:
        page = ""
        while True:
            asked = {"maxResults": "250", **({"pageToken": page} if page else {})}
            answer = self._client.ask(Call(kind, "GET", path, asked))
            yield answer
            page = str(answer.get("nextPageToken", ""))
            if not page:
                return


def _of(calendar: str) -> str:
    return f"/calendars/{quote(calendar, safe='')}"


def _event(calendar: str, event_id: str) -> str:
    return f"{_of(calendar)}/events/{quote(event_id, safe='')}"


def _items(answer: Json) -> Json:
    """What a `Page` says of the events."""
    items, unread, skipped = list[Item](), list[str](), Counter[str]()
    zone = str(answer.get("timeZone", ""))
    for event in answer.get("items", []):
        try:
            items.append(item_of(event, zone))
        except Odd as odd:
            skipped[str(odd)] += 1
            unread += filter(None, [text_of(event.get("id"))])
        except AttributeError:
            skipped["It is not an event."] += 1
    return {"items": items, "unread": unread, "skipped": skipped}


def _item(event: Json) -> Item:
    try:
        return item_of(event, "")
    except Odd as error:
        raise Unsound from error


def _listed(page: Json) -> Iterator[Listed]:
    for entry in page.get("items", []):
        if isinstance(entry, dict) and entry.get("id") and not entry.get("deleted"):
            yield Listed(
                id=str(entry["id"]),
                name=text_of(entry.get("summaryOverride")) or text_of(entry.get("summary")) or "Calendar",
                access=ACCESS.get(str(entry.get("accessRole")), Access.READER),
                zone=text_of(entry.get("timeZone")),
                colour=text_of(entry.get("backgroundColor")),
                is_primary=bool(entry.get("primary")),
            )


def _stored(event: Json) -> Stored:
    return Stored(_id(event), str(event.get("etag", "")))


def _id(found: Json) -> str:
    if not isinstance(found.get("id"), str):
        raise Unsound
    return str(found["id"])


def _spans(found: Json) -> list[Span]:
    if found.get("errors"):
        raise Unsound
    return [(datetime.fromisoformat(one["start"]), datetime.fromisoformat(one["end"])) for one in found["busy"]]
