"""Which calendars an account has, and which of them the person wants here."""

import colorsys
import uuid
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from accounts.models import Connection, User
from accounts.services.changes import changing, holding
from accounts.services.connections import break_connection
from availability.domain.quota import Lane
from availability.gateways.faults import Fault, GrantLost
from availability.gateways.provider import Access, Listed
from availability.models import Calendar, Mirror
from availability.services.calendars import TINTS, update_calendar
from availability.services.mirrors.lease import take_away
from availability.services.mirrors.providers import open_account
from availability.services.mirrors.quota import meter_for, note_calls
from availability.services.repairs import tell_plan
from timeflow.lib import bounds
from timeflow.lib.errors import Invalid
from timeflow.lib.http import owned
from timeflow.lib.queue import enqueue
from timeflow.lib.urgency import ASKED

STEP = "availability.tasks.step_calendar"
OLD = timedelta(minutes=5)
"""What was read since then is new enough for somebody who comes back to a page."""
MAX_ID = 1_000
"""Of a calendar; no provider is known whose are longer."""
HUES = {252: 1, 58: 2, 298: 3, 8: 4, 212: 5, 128: 6, 92: 7}
"""Those of tokens.css, in OKLCH's degrees; the eighth tint is grey."""


def list_calendars(*, connection: Connection, clock: Callable[[], datetime]) -> None:
    """Bring the list of an account's calendars up to date. What is new is followed if it is the person's own.

    What fails is noted with the connection, in words.
    """
    meter = meter_for(connection, Lane.CLICK, clock)
    try:
        found = open_account(connection, meter, clock).calendars()
    except Fault as fault:
        note_fault(connection, fault, clock())
        return
    finally:
        note_calls(connection.provider, Lane.CLICK, meter, clock())
    with holding(connection.user_id):
        still_there = Connection.objects.filter(pk=connection.pk)
        if still_there.update(fault="", listed_at=clock()):
            _keep(connection, found[: bounds.CALENDARS_OF_AN_ACCOUNT], clock())


def note_fault(connection: Connection, fault: Fault, now: datetime) -> None:
    """Why an account could not be asked; one whose grant is lost must be connected again."""
    if isinstance(fault, GrantLost):
        break_connection(connection=connection, now=now)
    Connection.objects.filter(pk=connection.pk).update(fault=fault.words, listed_at=now)


def _keep(connection: Connection, found: Sequence[Listed], now: datetime) -> None:
    known = {mirror.remote_id: mirror for mirror in connection.mirrors.all()}
    for listed in found:
        if len(listed.id) > MAX_ID:
            continue
        mirror = known.pop(listed.id, None)
        if mirror is not None:
            Mirror.objects.filter(pk=mirror.pk).update(access=listed.access)
            continue
        # Who subscribes to a file wants what is in it.
        is_own = listed.access in {Access.OWNER, Access.WRITER} or connection.provider == Connection.Provider.FEED
        mirror = add_calendar(connection, listed, is_followed=is_own, now=now)
        if is_own:
            enqueue(STEP, str(mirror.pk), Lane.BACKFILL)
    # One that is not in the list any more, and was never read, is nobody's loss.
    gone = [mirror.calendar_id for mirror in known.values() if not mirror.is_followed]
    Calendar.objects.filter(pk__in=gone).delete()


def add_calendar(connection: Connection, listed: Listed, *, is_followed: bool, now: datetime) -> Mirror:
    """A calendar of an account gets its place here. Call while holding the person."""
    person = connection.user
    calendar = Calendar.objects.create(
        user=person,
        kind=Calendar.Kind.REMOTE,
        name=_free_name(person, listed.name, connection.account),
        tint=_tint(listed.colour),
        is_busy=listed.access in {Access.OWNER, Access.WRITER},
        created_at=now,
    )
    return Mirror.objects.create(
        calendar=calendar,
        user=person,
        connection=connection,
        remote_id=listed.id,
        access=listed.access,
        is_followed=is_followed,
        next_at=now,
    )


def _free_name(person: User, name: str, account: str) -> str:
    """Two calendars of a person never have one name: the account tells the second apart."""
    taken = {known.lower() for known in Calendar.objects.filter(user=person).values_list("name", flat=True)}
    plain = " ".join(name.split())[: bounds.CALENDAR_NAME] or "Calendar"
    if plain.lower() not in taken:
        return plain
    base = f"{plain} · {account}"[: bounds.CALENDAR_NAME - 4]
    names = (base, *(f"{base} {number}" for number in range(2, len(taken) + 3)))
    return next(name for name in names if name.lower() not in taken)


def _tint(colour: str) -> int:
    """The tint that is nearest to a colour like #9fe1e7."""
    try:
        red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    except ValueError:
        return 1
    hue, _, saturation = colorsys.rgb_to_hls(red, green, blue)
    if saturation < 0.1:
        return TINTS[-1]
    # The two wheels of hues are near enough: 25 degrees apart at red, and alike at blue.
    degrees = hue * 360 + 25 * (1 - min(1, abs(hue * 360 - 250) / 250))
    return HUES[min(HUES, key=lambda at: min(abs(at - degrees), 360 - abs(at - degrees)))]


def follow(*, user: User, calendar_id: uuid.UUID, is_followed: bool, now: datetime) -> Calendar:
    """Have a calendar's events here, or no more. Raises `NotFound`, `Invalid` while blocks are written into it."""
    with changing(user.pk) as person:
        mirror = mirror_of(person, calendar_id)
        calendar = mirror.calendar
        if is_followed == mirror.is_followed:
            return calendar
        if not is_followed and mirror.receives_blocks:
            raise Invalid.field("is_followed", "Your plan is written into this calendar; choose another one first.")
        anew: dict[str, object] = {"token": "", "page": "", "skipped": {}, "fault": "", "next_at": now}
        take_away(mirror, is_followed=is_followed, rests_until=None, **anew)
        if is_followed:
            enqueue(STEP, str(calendar.pk), Lane.CLICK, queue=ASKED)
        else:
            calendar.items.all().delete()
            calendar.series.all().delete()
            Calendar.objects.filter(pk=calendar.pk).update(read_at=None, expanded_from=None, expanded_until=None)
            tell_plan(person)
    return calendar


@transaction.atomic
def change_mirrored(
    *, user: User, calendar_id: uuid.UUID, is_followed: bool, now: datetime, **fields: object
) -> Calendar:
    """`follow` and `update_calendar`, both or neither; raises what they do."""
    follow(user=user, calendar_id=calendar_id, is_followed=is_followed, now=now)
    return update_calendar(user=user, calendar_id=calendar_id, **fields)


def look_now(*, user: User, now: datetime, connection_id: uuid.UUID | None = None) -> int:
    """Read every followed calendar of the person, or of one account, soon. Returns how many."""
    mirrors = user.mirrors.filter(is_followed=True, connection__state=Connection.State.ACTIVE)
    if connection_id is not None:
        mirrors = mirrors.filter(connection=connection_id)
    ids = list(mirrors.values_list("pk", flat=True))
    mirrors.update(next_at=now, asked_at=now, rests_until=None)
    _send(ids)
    return len(ids)


def look_at_mirror(*, mirror: Mirror, now: datetime) -> None:
    """Read one calendar soon."""
    Mirror.objects.filter(pk=mirror.pk).update(next_at=now, asked_at=now, rests_until=None)
    _send([mirror.pk])


def look_if_old(*, user: User, now: datetime) -> int:
    """Somebody looks at their time again: read what was not read for `OLD`, but for what rests. Returns how many."""
    was_read = Q(calendar__read_at__gt=now - OLD) | Q(asked_at__gt=now - OLD)
    mirrors = user.mirrors.filter(is_followed=True, connection__state=Connection.State.ACTIVE).exclude(was_read)
    ids = list(mirrors.exclude(rests_until__gt=now).values_list("pk", flat=True))
    user.mirrors.filter(pk__in=ids).update(next_at=now, asked_at=now)
    _send(ids)
    return len(ids)


def _send(ids: Sequence[uuid.UUID]) -> None:
    for pk in ids:
        enqueue(STEP, str(pk), Lane.CLICK, queue=ASKED)


def mirror_of(person: User, calendar_id: uuid.UUID) -> Mirror:
    """Raises `NotFound`."""
    return owned(Mirror.objects.filter(user=person).select_related("calendar"), calendar_id)
