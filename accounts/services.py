"""Changes to a person, and the one lock under which everything that a plan depends on changes."""

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from functools import wraps
from typing import ParamSpec, TypeVar, cast

from allauth.account.models import EmailAddress
from django.db import transaction
from django.db.models import F

from accounts.errors import UnknownTimeZone
from accounts.models import Stay, User
from timeflow.lib.errors import Invalid, NotFound
from timeflow.lib.queue import enqueue_surely
from timeflow.lib.time import UnknownZone, zone

P = ParamSpec("P")
R = TypeVar("R")
PROFILE_FIELDS = frozenset({"name", "time_zone", "clock", "week_start"})
MAX_STAYS = 50
# What is wall clock to the person moves along when they change the zone they live in.
FOLLOW_ZONE = "availability.tasks.follow_zone"


@contextmanager
def holding(user_id: uuid.UUID) -> Iterator[User]:
    """A transaction that holds the person's row: nobody else changes what their plan depends on meanwhile."""
    with transaction.atomic():
        yield User.objects.select_for_update().get(pk=user_id)


@contextmanager
def changing(user_id: uuid.UUID) -> Iterator[User]:
    """Like `holding`, and ends by raising the person's data version.

    Every writer of what a plan depends on (events, blocks, tasks, hours) works inside one, so two of them never
    interleave. May be nested; the inner one joins the outer one's transaction.
    """
    with holding(user_id) as user:
        yield user
        User.objects.filter(pk=user_id).update(data_version=F("data_version") + 1)


def held(deed: Callable[P, R]) -> Callable[P, R]:
    """Decorate a service that takes `user`: all of it runs inside `holding`, so what it reads first still holds."""

    @wraps(deed)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        with holding(cast(User, kwargs["user"]).pk):
            return deed(*args, **kwargs)

    return run


def open_account(*, email: str, password: str, name: str, time_zone: str, now: datetime) -> User:
    """A person whose address counts as confirmed, made by a command. People sign up by allauth's pages.

    Raises `UnknownTimeZone`.
    """
    require_zone(time_zone, "time_zone")
    with transaction.atomic():
        user = User.objects.create_user(email, password, name=name, time_zone=time_zone, created_at=now)
        EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
    return user


def update_profile(*, user: User, **fields: object) -> User:
    """Set name, time zone, clock or first weekday. Raises `UnknownTimeZone`."""
    unknown = set(fields) - PROFILE_FIELDS
    if unknown:
        raise Invalid(fields={name: ["This field is not known."] for name in sorted(unknown)})
    if "time_zone" in fields:
        require_zone(str(fields["time_zone"]), "time_zone")
    with changing(user.pk) as person:
        has_moved = "time_zone" in fields and fields["time_zone"] != person.time_zone
        for name, value in fields.items():
            setattr(person, name, value)
        person.save(update_fields=list(fields))
        if has_moved:
            enqueue_surely(FOLLOW_ZONE, str(person.pk))
    return person


def require_zone(name: str, field: str) -> None:
    """Raises `UnknownTimeZone` about `field` unless `name` is an IANA zone."""
    try:
        zone(name)
    except UnknownZone as error:
        raise UnknownTimeZone(fields={field: [UnknownTimeZone.detail]}) from error


def finish_welcome(*, user: User, now: datetime) -> None:
    """The first-run guide is done or dismissed; it is not shown again."""
    User.objects.filter(pk=user.pk, welcomed_at__isnull=True).update(welcomed_at=now)


def add_stay(*, user: User, starts_on: date, time_zone: str) -> Stay:
    """From `starts_on` the person lives in `time_zone`. A stay that starts on the same date is replaced."""
    require_zone(time_zone, "time_zone")
    with changing(user.pk) as person:
        if person.stays.count() >= MAX_STAYS:
            raise Invalid.field("starts_on", f"At most {MAX_STAYS} journeys are kept; remove an old one first.")
        stay, _ = Stay.objects.update_or_create(user=person, starts_on=starts_on, defaults={"time_zone": time_zone})
        enqueue_surely(FOLLOW_ZONE, str(person.pk))
    return stay


def remove_stay(*, user: User, stay_id: uuid.UUID) -> None:
    """Raises `NotFound`."""
    with changing(user.pk) as person:
        deleted, _ = person.stays.filter(pk=stay_id).delete()
        if not deleted:
            raise NotFound
        enqueue_surely(FOLLOW_ZONE, str(person.pk))
