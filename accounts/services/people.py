"""Changes to a person."""

from datetime import datetime

from allauth.account.models import EmailAddress
from django.db import transaction
from django.db.models.functions import Lower

from accounts.domain.callers import STAFF
from accounts.errors import UnknownTimeZone
from accounts.models import SecurityEvent, Session, User
from accounts.services.api_tokens import revoke_api_tokens
from accounts.services.audit import record_event
from accounts.services.changes import changing, holding
from accounts.services.sessions import end_sessions
from timeflow.lib import lifecycle
from timeflow.lib.errors import Invalid
from timeflow.lib.queue import enqueue_surely
from timeflow.lib.time import UnknownZone, zone

PROFILE_FIELDS = frozenset({"name", "time_zone", "clock", "week_start"})
STANDING_FIELDS = frozenset({"is_active", "is_staff", "is_superuser"})
# What is wall clock to the person moves along when they change the zone they live in.
FOLLOW_ZONE = "availability.tasks.follow_zone"


def open_account(*, email: str, password: str, name: str, time_zone: str, now: datetime) -> User:
    """A person whose address counts as confirmed, made by a command. People sign up by allauth's pages.

    Raises `UnknownTimeZone`.
    """
    require_zone(time_zone, "time_zone")
    with transaction.atomic():
        user = User.objects.create_user(email, password, name=name, time_zone=time_zone, created_at=now)
        EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
    return user


def release_address(*, email: str) -> None:
    """Somebody shows, or is about to show, that the address is theirs: whoever only claimed it loses it.

    An account that never confirmed its address, was never signed in to and holds nothing goes as a whole; people who
    noted the address as a further one of theirs lose that note.
    """
    with transaction.atomic():
        EmailAddress.objects.filter(email=email.lower(), verified=False, primary=False).delete()
        claimed = User.objects.annotate(lower=Lower("email")).filter(lower=email.lower(), is_staff=False)
        untouched = claimed.filter(last_login=None, welcomed_at=None, data_version=0).select_for_update()
        for person in untouched:
            addresses = list(EmailAddress.objects.filter(user_id=person.pk).values_list("verified", flat=True))
            if addresses and not any(addresses):
                lifecycle.erase(person.pk)


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


def set_standing(*, user: User, staff: User, now: datetime, **flags: bool) -> None:
    """Staff let somebody in or keep them out (`is_active`), or make them staff (`is_staff`, `is_superuser`)."""
    if unknown := set(flags) - STANDING_FIELDS:
        raise ValueError(f"not a matter of standing: {unknown}")
    with holding(user.pk):
        User.objects.filter(pk=user.pk).update(**flags)
        if flags.get("is_active") is False:
            # Or they would be in again, unasked, on the day they are let in again.
            end_sessions(user_id=user.pk, because=Session.Reason.SWITCHED_OFF, now=now)
            revoke_api_tokens(user_id=user.pk, now=now)
        changed, who = SecurityEvent.Kind.STAFF_CHANGED, str(staff.pk)
        record_event(user_id=user.pk, kind=changed, caller=STAFF, now=now, staff=who, model="account", **flags)


def require_zone(name: str, field: str) -> None:
    """Raises `UnknownTimeZone` about `field` unless `name` is an IANA zone."""
    try:
        zone(name)
    except UnknownZone as error:
        raise UnknownTimeZone(fields={field: [UnknownTimeZone.detail]}) from error


def finish_welcome(*, user: User, now: datetime) -> None:
    """The first-run guide is done or dismissed; it is not shown again."""
    User.objects.filter(pk=user.pk, welcomed_at__isnull=True).update(welcomed_at=now)
