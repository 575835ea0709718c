"""All routes of TimeFlow, and how to make what a route's address is about.

The walk finds new routes by itself. A route under a known object (`tasks/<uuid:pk>/…`) needs nothing; a route about a
new kind of object needs one line in `MAKERS`.
"""

import re
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from allauth.socialaccount.models import SocialAccount
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from accounts.domain.callers import Caller
from accounts.models import ApiToken, Stay, User
from accounts.services.connections import keep_grant
from accounts.tests.signing_in import FAR_AHEAD, LONG_AGO, sign_in
from availability.models import Calendar, DateOverride
from availability.services.events import create_event
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

PARAMETER = re.compile(r"<(?:(?P<kind>\w+):)?(?P<name>\w+)>")


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

    def address(self, values: dict[str, Any]) -> str:
        return reverse(self.name, kwargs={**values, **self.defaults})


def all_routes() -> list[Route]:
    """Every route but allauth's own (see `ALLAUTH`), which have no objects of ours."""
    return [route for route in _walk(get_resolver().url_patterns, "") if not route.pattern.startswith("accounts/")]


def allauth_routes() -> list[Route]:
    return [route for route in _walk(get_resolver().url_patterns, "") if route.pattern.startswith("accounts/")]


def _walk(patterns: list[URLPattern | URLResolver], prefix: str) -> Iterator[Route]:
    for pattern in patterns:
        address = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns, address)
        else:
            yield Route(pattern.name or "", address, _places(address), pattern.default_args, pattern.callback)


def _places(address: str) -> dict[str, str]:
    """Each parameter with the nearest fixed segment before it: tasks/<pk>/checklist/<item> → pk: tasks, …"""
    places, segment = {}, ""
    for part in address.split("/"):
        if found := PARAMETER.search(part):
            places[found["name"]] = segment
        elif part:
            segment = part
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


def _plan(world: World) -> uuid.UUID:
    content = {"blocks": [], "outcomes": [], "data_version": 0, "horizon_ends_at": NOW + timedelta(days=14)}
    return Plan.objects.create(
        user=world.owner, state=Plan.State.PROPOSED, origin="request", created_at=NOW, **content
    ).pk


def _calendar(world: World) -> uuid.UUID:
    kind = Calendar.Kind.FILE
    return Calendar.objects.create(user=world.owner, kind=kind, name="Work", created_at=NOW).pk


def _session(world: World) -> uuid.UUID:
    return sign_in(Client(), world.owner).pk


def _api_token(world: World) -> uuid.UUID:
    times = {"created_at": LONG_AGO, "expires_at": FAR_AHEAD}
    return ApiToken.objects.create(user=world.owner, name="Script", scope="read", digest="of it", **times).pk


def _connection(world: World) -> uuid.UUID:
    grant = {"provider": "caldav", "subject": "1", "account": "alice@example.org"}
    return keep_grant(user=world.owner, caller=Caller(), now=NOW, **grant).pk


def _google(world: World) -> int:
    """Linked beside a second one, so that it may be removed."""
    links = [SocialAccount(user=world.owner, provider="google", uid=f"{world.owner.pk}{n}") for n in range(2)]
    for link in links:
        link.save()
    return links[0].pk


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
}


# A good body for routes that look at it before they look for the object: a refusal would hide who may see what.
_SPAN = {"start": "2026-04-22T09:00:00Z", "end": "2026-04-22T10:00:00Z"}
BODIES: dict[str, dict[str, Any]] = {
    "api-block-move": _SPAN,
    "api-block-pin": {"is_pinned": True},
    "api-block-more-time": {"minutes": 15},
    "api-block-answer": {"outcome": "done"},
    "api-checklist": {"text": "Find the folder"},
    "api-checklist-order": {"items": []},
    "task-steps": {"text": "Find the folder"},
    "task-step": {"do": "remove"},
    "block-move": {"start": "2026-04-22T09:00", "end": "2026-04-22T10:00"},
    "tasks-label": {"name": "Work", "tint": "1"},
}


def values_for(route: Route, world: World) -> dict[str, Any]:
    return {name: world.value(place, name) for name, place in route.places.items()}


def unknown_values(known: dict[str, Any]) -> dict[str, Any]:
    """The same address about things that are not there: every id is another one."""
    return {name: uuid.uuid4() if isinstance(value, uuid.UUID) else value for name, value in known.items()}
