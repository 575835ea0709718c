"""All routes of TimeFlow, and how to make what a route's address is about.

The walks of `every_route/` find new routes by themselves. A route under a known object (`tasks/<uuid:pk>/…`) needs
nothing; a route about a new kind of object needs one line in `MAKERS`.
"""

import re
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import quote

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from accounts.domain.callers import Caller
from accounts.models import ApiToken, SecurityEvent, Stay, User
from accounts.services.connections import keep_grant
from accounts.tests.signing_in import FAR_AHEAD, LONG_AGO, sign_in
from availability.models import Calendar, CallCount, Channel, Copy, DateOverride, Mirror, Series
from availability.services.events import create_event
from availability.tests.factories import CalendarFactory, EventFactory, WorkingHoursFactory
from scheduling.models import Plan, PlanJob
from scheduling.tests.factories import (
    NOW,
    TODAY,
    BlockFactory,
    ChecklistItemFactory,
    HabitCheckFactory,
    HabitFactory,
    LabelFactory,
    TaskFactory,
)
from timeflow.lib.models import Errand

PARAMETER = re.compile(r"<(?:(?P<kind>\w+):)?(?P<name>\w+)>")
# allauth writes some of its parameters as regular expressions.
GROUP = re.compile(r"\(\?P<(?P<name>\w+)>[^)]*\)")
# Where the walks find the back office, which has no address unless the environment names one.
STAFF = "staff/"
ALLAUTH = "accounts/"


@dataclass(frozen=True)
class Route:
    """One address pattern: `places` are the path segments before each of its parameters."""

    name: str
    pattern: str
    places: dict[str, str] = field(hash=False)
    defaults: dict[str, Any] = field(hash=False)
    view: Any = field(hash=False)

    @property
    def is_api(self) -> bool:
        return self.pattern.startswith("api/")

    @property
    def is_page(self) -> bool:
        """Whether it is a page of ours: neither for programs, nor allauth's, nor in the back office."""
        return not self.pattern.startswith(("api/", ALLAUTH, STAFF))

    @property
    def template(self) -> str:
        """The address with `{name}` for each parameter."""
        return "/" + PARAMETER.sub(r"{\g<name>}", GROUP.sub(r"{\g<name>}", self.pattern)).translate({94: "", 36: ""})

    def address(self, values: dict[str, Any]) -> str:
        return self.template.format(**{name: quote(str(value), safe="") for name, value in values.items()})


def all_routes() -> list[Route]:
    """Every route but allauth's own, which have no objects of ours, and those of the back office."""
    return [route for route in every_route() if not route.pattern.startswith((ALLAUTH, STAFF))]


def allauth_routes() -> list[Route]:
    return [route for route in every_route() if route.pattern.startswith(ALLAUTH)]


def every_route(urlconf: str | None = None) -> list[Route]:
    """All routes of a URL configuration, by default of the present one. Of two for one address the first counts."""
    found: dict[str, Route] = {}
    for route in _walk(get_resolver(urlconf).url_patterns, "", ""):
        found.setdefault(route.pattern, route)
    return list(found.values())


def _walk(patterns: list[URLPattern | URLResolver], prefix: str, space: str) -> Iterator[Route]:
    for pattern in patterns:
        address = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns, address, f"{pattern.namespace}:" if pattern.namespace else space)
        else:
            name = space + (pattern.name or "")
            yield Route(name, address, _places(address), pattern.default_args, pattern.callback)


def _places(address: str) -> dict[str, str]:
    """Each parameter with the nearest fixed segment before it: tasks/<pk>/checklist/<item> → pk: tasks, …"""
    places, segment = {}, ""
    for part in address.split("/"):
        found = [parameter["name"] for parameter in PARAMETER.finditer(part)]
        places |= dict.fromkeys(found, segment)
        segment = segment if found or not part else part.strip("^")
    return places


@dataclass
class World:
    """What belongs to one person, made when a route asks for it."""

    owner: User
    made: dict[str, Any] = field(default_factory=dict)
    ids: list[str] = field(default_factory=list)

    def value(self, place: str, name: str) -> Any:
        maker = MAKERS.get((place, name)) or MAKERS.get(place)
        if maker is None:
            raise LookupError(
                f"No test knows what <{name}> after “{place}/” stands for. "
                f"Add a maker for “{place}” to MAKERS in timeflow/tests/routes.py, so that this route is tried, too."
            )
        return maker(self)

    def task(self) -> Any:
        return self._once("task", lambda: TaskFactory(user=self.owner))

    def habit(self) -> Any:
        return self._once("habit", lambda: HabitFactory(user=self.owner))

    def block(self) -> Any:
        return self._once("block", lambda: BlockFactory(task=self.task()))

    def day_off(self) -> Any:
        return self._once("day off", lambda: DateOverride.objects.create(user=self.owner, on=TODAY))

    def _once(self, kind: str, make: Callable[[], Any]) -> Any:
        if kind not in self.made:
            self.made[kind] = make()
        return self.made[kind]


def _event(world: World) -> uuid.UUID:
    times = {"starts_at": NOW, "ends_at": NOW + timedelta(hours=1)}
    return create_event(user=world.owner, now=NOW, title="Dentist", **times).pk


EMPTY_PLAN = {"blocks": [], "outcomes": [], "data_version": 0, "horizon_ends_at": NOW + timedelta(days=14)}


def _plan(world: World) -> uuid.UUID:
    state = Plan.State.PROPOSED
    return Plan.objects.create(user=world.owner, state=state, origin="request", created_at=NOW, **EMPTY_PLAN).pk


def _calendar(world: World) -> uuid.UUID:
    kind = Calendar.Kind.FILE
    return Calendar.objects.create(user=world.owner, kind=kind, name="Work", created_at=NOW).pk


def _session(world: World) -> uuid.UUID:
    return sign_in(Client(), world.owner).pk


def _api_token(world: World) -> uuid.UUID:
    times = {"created_at": LONG_AGO, "expires_at": FAR_AHEAD}
    return ApiToken.objects.create(user=world.owner, name="Script", scope="read", digest=uuid.uuid4().hex, **times).pk


def _connection(world: World) -> uuid.UUID:
    grant = {"provider": "caldav", "subject": "1", "account": "alice@example.org"}
    return keep_grant(user=world.owner, caller=Caller(), now=NOW, **grant).pk


def _mirror(world: World) -> Mirror:
    def make() -> Mirror:
        calendar = Calendar.objects.create(user=world.owner, kind=Calendar.Kind.REMOTE, name="Home", created_at=NOW)
        grant = {"provider": "caldav", "subject": "2", "account": "alice@example.net"}
        connection = keep_grant(user=world.owner, caller=Caller(), now=NOW, **grant)
        fields = {"user": world.owner, "connection": connection, "remote_id": "home", "next_at": NOW}
        return Mirror.objects.create(calendar=calendar, **fields)

    return world._once("mirror", make)


def _google(world: World) -> int:
    """Linked beside a second one, so that it may be removed."""
    links = [SocialAccount(user=world.owner, provider="google", uid=f"{world.owner.pk}{n}") for n in range(2)]
    for link in links:
        link.save()
    return links[0].pk


def _passkey(world: World) -> int:
    return Authenticator.objects.create(user=world.owner, type=Authenticator.Type.WEBAUTHN, data={"name": "Key"}).pk


# By the segment before the parameter, or by (segment, parameter) where one segment has several.
MAKERS: dict[Any, Callable[[World], Any]] = {
    "tasks": lambda world: world.task().pk,
    "checklist": lambda world: ChecklistItemFactory(task=world.task()).pk,
    "steps": lambda world: ChecklistItemFactory(task=world.task()).pk,
    "labels": lambda world: LabelFactory(user=world.owner).pk,
    "habits": lambda world: world.habit().pk,
    "checks": lambda world: HabitCheckFactory(habit=world.habit()).on,
    "days": lambda world: HabitCheckFactory(habit=world.habit()).on,
    "blocks": lambda world: world.block().pk,
    ("blocks", "deed"): lambda _world: "done",
    "events": _event,
    "plan": _plan,
    ("plan", "secret"): lambda _world: "s" * 43,
    "plans": _plan,
    "jobs": lambda world: PlanJob.objects.create(user=world.owner, created_at=NOW).pk,
    "stays": lambda world: Stay.objects.create(user=world.owner, starts_on=TODAY, time_zone="Asia/Tokyo").pk,
    "travel": lambda world: Stay.objects.create(user=world.owner, starts_on=TODAY, time_zone="Asia/Tokyo").pk,
    ("restore", "starts_on"): lambda _world: TODAY.isoformat(),
    ("restore", "time_zone"): lambda _world: "Asia/Tokyo",
    "calendars": _calendar,
    "sessions": _session,
    "devices": _session,
    "tokens": _api_token,
    "google": _google,
    "connections": _connection,
    "date-overrides": lambda world: world.day_off().pk,
    "dates": lambda world: world.day_off().on,
    ("restore", "week"): lambda _world: "540-1020.off.off.off.off.off.off",
    ("restore", "windows"): lambda _world: "540-1020",
    # What bodies name, besides the things above.
    "other_task": lambda world: TaskFactory(user=world.owner).pk,
    # allauth's: its letters are looked up by nothing that a stranger could name.
    "keys": _passkey,
    "confirm-email": lambda _world: "1-1",
    "key": lambda _world: "1",
    # The back office's.
    "user": lambda world: world.owner.pk,
    "calendar": _calendar,
    "event": _event,
    "workinghours": lambda world: WorkingHoursFactory(user=world.owner).pk,
    "dateoverride": lambda world: world.day_off().pk,
    "session": _session,
    "apitoken": _api_token,
    "connection": _connection,
    "mirror": lambda world: _mirror(world).pk,
    "copy": lambda world: (
        Copy.objects.create(user=world.owner, mirror=_mirror(world), event_id=uuid.uuid4(), remote_id="1").pk
    ),
    "channel": lambda world: (
        Channel.objects.create(connection=_mirror(world).connection, secret_digest=b"d" * 32, made_at=NOW).pk
    ),
    "callcount": lambda _world: CallCount.objects.create(on=TODAY, provider="google", kind=uuid.uuid4().hex).pk,
    "securityevent": lambda world: SecurityEvent.objects.create(user=world.owner, kind="exported", at=NOW).pk,
    "planjob": lambda world: PlanJob.objects.create(user=world.owner, created_at=NOW).pk,
    "errand": lambda _world: Errand.objects.create(task="some.task", args=[], created_at=NOW).pk,
    ("staff", "app_label"): lambda _world: "accounts",
    ("staff", "url"): lambda _world: "nothing",
}


def everything_called(pk: uuid.UUID, owner: User) -> None:
    """One thing of each kind that people name by an id, all of them with this one."""
    task = TaskFactory(pk=pk, user=owner)
    LabelFactory(pk=pk, user=owner)
    HabitFactory(pk=pk, user=owner)
    ChecklistItemFactory(pk=pk, task=task)
    BlockFactory(pk=pk, task=task, event__starts_at=NOW + timedelta(days=2))
    calendar = CalendarFactory(pk=pk, user=owner)
    EventFactory(pk=pk, user=owner, starts_at=NOW + timedelta(days=1))
    Series.objects.create(pk=pk, calendar=calendar)
    DateOverride.objects.create(pk=pk, user=owner, on=TODAY + timedelta(days=9))
    Plan.objects.create(pk=pk, user=owner, state=Plan.State.APPLIED, origin="request", created_at=NOW, **EMPTY_PLAN)
    PlanJob.objects.create(pk=pk, user=owner, created_at=NOW, state=PlanJob.State.DONE, finished_at=NOW)


def values_for(route: Route, world: World) -> dict[str, Any]:
    return {name: world.value(place, name) for name, place in route.places.items()}


def unknown_values(known: dict[str, Any]) -> dict[str, Any]:
    """The same address about things that are not there: every id is another one."""
    strange = {uuid.UUID: uuid.uuid4, int: lambda: 10**9}
    return {name: strange[type(value)]() if type(value) in strange else value for name, value in known.items()}
