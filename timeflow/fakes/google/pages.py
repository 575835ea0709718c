"""Pages for people: what the stand-in holds, a calendar to change as if in Google, and the consent page."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote
from zoneinfo import ZoneInfo

from django.template import Context, Engine

from timeflow.fakes.google.calendars import shown_listed
from timeflow.fakes.google.events import Events
from timeflow.fakes.google.exchange import Answer, Refused, Request, as_page, not_found, redirect
from timeflow.fakes.google.oauth import API, NotGranted
from timeflow.fakes.google.store import Account, Calendar, Event

if TYPE_CHECKING:
    from timeflow.fakes.google.stand_in import Google

TEMPLATES = Path(__file__).parent / "templates"
SHOWN = timedelta(days=14)
STEPS = {
    "-24": "a day earlier",
    "-2": "2 h earlier",
    "-1": "1 h earlier",
    "1": "1 h later",
    "2": "2 h later",
    "24": "a day later",
}
WORDS = {
    "calendar": "See, change, share and delete all calendars",
    "calendar.readonly": "See all calendars and their events",
    "calendar.events": "See and change events of all calendars",
    "calendar.events.readonly": "See events of all calendars",
    "calendar.calendarlist.readonly": "See the list of calendars",
    "calendar.app.created": "Make calendars, and change those that it made",
    "calendar.freebusy": "See when there is something, but not what",
}
ANSWERS = {"needsAction": "not answered"}
MARKS = {"tentative": "tentative", "private": "private", "outOfOffice": "out of office", "transparent": "free"}
TROUBLES: dict[str, tuple[str, Callable[["Google", str], object]]] = {
    "revoke": ("Take back all that this account granted", lambda google, email: google.revoke_grants(email)),
    "access": ("Let access tokens end", lambda google, _: google.expire_access_tokens()),
    "sync": ("Void all sync tokens (410)", lambda google, _: google.expire_sync_tokens()),
    "away": ("Be away for the next three requests (503)", lambda google, _: google.fail(503, count=3)),
    "quota": ("Refuse the next three requests as too many (403)", lambda google, _: google.fail(403, count=3)),
    "lost": ("Lose the next three notifications", lambda google, _: google.lose_notifications(3)),
    "mend": ("Let all be well again", lambda google, _: google.mend()),
}
"""By name: in words, and what is done for an account."""


class Site:
    """Used under the store's lock."""

    def __init__(self, google: "Google") -> None:
        self.google = google
        self.engine = Engine(dirs=[str(TEMPLATES)])

    def style(self, request: Request) -> Answer:
        return Answer(200, (TEMPLATES / "stand_in.css").read_bytes(), {"Content-Type": "text/css; charset=utf-8"})

    def index(self, request: Request) -> Answer:
        store = self.google.store
        people = [
            {
                "account": account,
                "calendars": [
                    {**entry, "href": calendar_path(account.email, entry["id"])}
                    for listed in store.lists[account.email].values()
                    if not listed.is_deleted
                    for entry in [shown_listed(store, account.email, listed)]
                ],
            }
            for account in store.accounts.values()
        ]
        troubles = [(name, words) for name, (words, _) in TROUBLES.items() if name != "revoke"]
        done = TROUBLES.get(request.one("done"), ("",))[0]
        return self._page("index.html", people=people, troubles=troubles, done=done)

    def make_trouble(self, request: Request) -> Answer:
        form = request.form()
        deed, account = (form.get(name, [""])[0] for name in ("deed", "account"))
        if deed not in TROUBLES:
            raise not_found()
        TROUBLES[deed][1](self.google, account)
        return redirect(f"/?done={deed}")

    def consent(self, request: Request) -> Answer:
        query = {name: values[-1] for name, values in request.query.items()}
        self.google.asked.append(query)
        return self._asking(query, lambda ask: self._consent_page(ask, request, ""))

    def answer_consent(self, request: Request) -> Answer:
        query = {name: values[-1] for name, values in request.query.items()}
        return self._asking(query, lambda ask: self._decide(ask, request))

    def calendar(self, request: Request) -> Answer:
        """/people/ADDRESS/CALENDAR, and below it what is done there: /add, /move, /delete."""
        _, _, email, calendar_id, *rest = [*map(unquote, request.path.split("/")), "", ""]
        deed = rest[0] if rest else ""
        try:
            events = Events(self.google.store, self.google.store.calendar(calendar_id, email), email)
            if request.method == "GET" and not deed:
                return self._calendar_page(events)
            if request.method != "POST" or deed not in ("add", "move", "delete"):
                raise not_found()
            form = {name: values[-1] for name, values in request.form().items()}
            getattr(self, f"_{deed}")(events, form)
        except (Refused, KeyError, ValueError) as error:
            words = error.words if isinstance(error, Refused) else "Something in that form is missing or no time."
            return self._page("wrong.html", error.status if isinstance(error, Refused) else 400, words=words)
        return redirect(calendar_path(email, events.calendar.id))

    def _add(self, events: Events, form: dict[str, str]) -> None:
        start = datetime.fromisoformat(form["start"]).replace(tzinfo=ZoneInfo(events.calendar.zone))
        end = start + timedelta(minutes=int(form["minutes"]))
        span = {"start": {"dateTime": start.isoformat()}, "end": {"dateTime": end.isoformat()}}
        events.insert({"summary": form["title"], **span})

    def _move(self, events: Events, form: dict[str, str]) -> None:
        event, by = events.get(form["event"]), timedelta(hours=int(form["hours"]))
        ends = {"start": event.start.moved(by).shown("UTC"), "end": event.end.moved(by).shown("UTC")}
        events.patch(event.id, ends)

    def _delete(self, events: Events, form: dict[str, str]) -> None:
        events.delete(form["event"])

    def _calendar_page(self, events: Events) -> Answer:
        calendar, now = events.calendar, self.google.clock.now()
        local = now.astimezone(ZoneInfo(calendar.zone))
        today = local.replace(hour=0, minute=0, second=0, microsecond=0)
        days: dict[str, list[dict[str, Any]]] = {}
        for event in events.within(today, today + SHOWN):
            start = max(event.start.instant(calendar.zone).astimezone(today.tzinfo), today)
            days.setdefault(f"{start:%A %-d %B}", []).append(_row(event, calendar))
        return self._page(
            "calendar.html",
            calendar=calendar,
            email=events.email,
            days=list(days.items()),
            steps=list(STEPS.items()),
            day_steps=[("-24", STEPS["-24"]), ("24", STEPS["24"])],
            may_write=events.role in ("writer", "owner"),
            soon=f"{(local + timedelta(hours=1)).replace(minute=0):%Y-%m-%dT%H:%M}",
            path=calendar_path(events.email, calendar.id),
        )

    def _consent_page(self, ask: Any, request: Request, words: str) -> Answer:
        if "none" in ask.prompt:
            return redirect(self.google.oauth.refuse(ask, "interaction_required"))
        accounts = list(self.google.store.accounts.values())
        is_known = any(account.email == ask.hint for account in accounts)
        hint = ask.hint if is_known or not accounts else accounts[0].email
        boxes = [(scope, WORDS.get(scope.removeprefix(API), scope)) for scope in ask.boxes]
        asker = ask.redirect_uri.partition("//")[2].partition("/")[0]
        return self._page("consent.html", ask=ask, accounts=accounts, hint=hint, boxes=boxes, asker=asker, words=words)

    def _decide(self, ask: Any, request: Request) -> Answer:
        oauth, form = self.google.oauth, request.form()
        if form.get("decision") != ["allow"]:
            return redirect(oauth.refuse(ask))
        email = (form.get("email", [""])[0] or form.get("account", [""])[0]).strip().lower()
        account = self._account(email)
        if account is None:
            return self._consent_page(ask, request, "Choose an account, or type an address such as me@gmail.example.")
        ticked = ask.boxes if "all" in form else form.get("scope", [])
        return redirect(oauth.agree(ask, account, ticked))

    def _account(self, email: str) -> Account | None:
        """By address or subject; an unknown address is a new account."""
        store = self.google.store
        known = store.accounts.get(email) or store.account_of(email)
        return known or (self.google.add_account(email) if "@" in email.strip("@") else None)

    def _asking(self, query: dict[str, str], answer: Callable[[Any], Answer]) -> Answer:
        try:
            return answer(self.google.oauth.read(query))
        except NotGranted as refused:
            return self._page("wrong.html", refused.status, words=f"{refused.words} ({refused.error})")

    def _page(self, name: str, status: int = 200, **parts: Any) -> Answer:
        return as_page(self.engine.get_template(name).render(Context(parts, use_l10n=False, use_tz=False)), status)


def calendar_path(email: str, calendar_id: str) -> str:
    return f"/people/{quote(email)}/{quote(calendar_id)}"


def _row(event: Event, calendar: Calendar) -> dict[str, Any]:
    fields, zone = event.fields, ZoneInfo(calendar.zone)
    start, end = (moment.instant(calendar.zone).astimezone(zone) for moment in (event.start, event.end))
    marks = [
        MARKS[fields[name]] for name in ("status", "visibility", "eventType", "transparency") if fields[name] in MARKS
    ]
    if "recurringEventId" in fields:
        marks.append("of a series")
    if "private" in fields.get("extendedProperties", {}):
        marks.append("by a program")
    answers = [guest["responseStatus"] for guest in fields.get("attendees", []) if guest["email"] == calendar.id]
    marks += [ANSWERS.get(answer, answer) for answer in answers]
    times = "all day" if event.start.day else f"{start:%H:%M}–{end:%H:%M}"
    return {
        "id": event.id,
        "title": fields.get("summary") or "(no title)",
        "times": times,
        "marks": list(dict.fromkeys(marks)),
        "is_all_day": bool(event.start.day),
    }
