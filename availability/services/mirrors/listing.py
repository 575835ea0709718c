"""Which calendars an account has, and which of them the person wants here."""

import colorsys
import uuid
from collections.abc import Callable, Sequence
from datetime import datetime

from accounts.models import Connection, User
from accounts.services.changes import changing, holding
from accounts.services.connections import break_connection
from availability.gateways.faults import Fault, GrantLost
from availability.gateways.provider import Access, Listed
from availability.models import Calendar, Mirror
from availability.services.calendars import TINTS
from availability.services.mirrors.providers import open_account
from availability.services.mirrors.quota import CountingMeter, Lane, note_calls
from availability.services.repairs import tell_plan
from timeflow.lib import bounds
from timeflow.lib.errors import Invalid
from timeflow.lib.http import owned
from timeflow.lib.queue import enqueue
from timeflow.lib.urgency import ASKED

STEP = "availability.tasks.step_calendar"
OURS = "TimeFlow"
HUES = {252: 1, 58: 2, 298: 3, 8: 4, 212: 5, 128: 6, 92: 7}
"""Those of tokens.css, in OKLCH's degrees; the eighth tint is grey."""


def list_calendars(*, connection: Connection, clock: Callable[[], datetime]) -> None:
    """Bring the list of an account's calendars up to date. What is new is followed if it is the person's own.

    Raises a `Fault`.
    """
    meter = CountingMeter()
    try:
        found = open_account(connection, meter, clock).calendars()
    except Fault as fault:
        if isinstance(fault, GrantLost):
            break_connection(connection=connection, now=clock())
        raise
    finally:
        note_calls(connection.provider, Lane.CLICK, meter, clock())
    with holding(connection.user_id) as person:
        _keep(person, connection, found[: bounds.CALENDARS_OF_AN_ACCOUNT], clock())


def _keep(person: User, connection: Connection, found: Sequence[Listed], now: datetime) -> None:
    known = {mirror.remote_id: mirror for mirror in connection.mirrors.select_related("calendar")}
    for listed in found:
        mirror = known.pop(listed.id, None)
        if mirror is not None:
            Mirror.objects.filter(pk=mirror.pk).update(access=listed.access)
            continue
        is_own = listed.access in {Access.OWNER, Access.WRITER}
        calendar = Calendar.objects.create(
            user=person,
            kind=Calendar.Kind.REMOTE,
            name=_free_name(person, listed.name, connection.account),
            tint=_tint(listed.colour),
            is_busy=is_own,
            created_at=now,
        )
        Mirror.objects.create(
            calendar=calendar,
            user=person,
            connection=connection,
            remote_id=listed.id,
            access=listed.access,
            is_followed=is_own,
            next_at=now,
        )
        if is_own:
            enqueue(STEP, str(calendar.pk), Lane.BACKFILL)
    # One that is not in the list any more, and was never read, is nobody's loss.
    gone = [mirror.calendar_id for mirror in known.values() if not mirror.is_followed]
    Calendar.objects.filter(pk__in=gone).delete()


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
        mirror = _mirror(person, calendar_id)
        calendar = mirror.calendar
        if is_followed == mirror.is_followed:
            return calendar
        if not is_followed and mirror.receives_blocks:
            raise Invalid.field("is_followed", "Your plan is written into this calendar; choose another one first.")
        mirror.is_followed, mirror.next_at, mirror.rests_until = is_followed, now, None
        mirror.token, mirror.page, mirror.skipped, mirror.fault = "", "", {}, ""
        # Whoever reads it at the moment must not write any more.
        mirror.attempt, mirror.held_until = mirror.attempt + 1, None
        mirror.save()
        if is_followed:
            enqueue(STEP, str(calendar.pk), Lane.CLICK, queue=ASKED)
        else:
            calendar.items.all().delete()
            calendar.series.all().delete()
            Calendar.objects.filter(pk=calendar.pk).update(read_at=None, expanded_from=None, expanded_until=None)
            tell_plan(person)
    return calendar


def write_into(*, user: User, calendar_id: uuid.UUID | None, words: str, now: datetime) -> None:
    """Have the plan written into this calendar, or into none; what was written elsewhere is taken out there.

    Raises `NotFound`, `Invalid`.
    """
    if words not in Mirror.Words.values:
        raise Invalid.field("words", "Say what is written of a block: title, private or busy.")
    with holding(user.pk) as person:
        chosen = _mirror(person, calendar_id) if calendar_id else None
        if chosen is not None and chosen.access not in {Access.OWNER, Access.WRITER}:
            raise Invalid.field("calendar", "You may not write into this calendar.")
        for mirror in person.mirrors.filter(receives_blocks=True):
            if chosen is None or mirror.pk != chosen.pk:
                mirror.receives_blocks, mirror.is_leaving, mirror.written_version = False, True, None
                mirror.save(update_fields=["receives_blocks", "is_leaving", "written_version"])
                enqueue(STEP, str(mirror.pk), Lane.CLICK, queue=ASKED)
        if chosen is not None:
            chosen.receives_blocks, chosen.is_leaving, chosen.words, chosen.written_version = True, False, words, None
            # Read anew: twins that an earlier time left there are found by their marks.
            chosen.is_followed, chosen.token, chosen.page, chosen.next_at = True, "", "", now
            chosen.attempt, chosen.held_until, chosen.rests_until = chosen.attempt + 1, None, None
            chosen.save()
            enqueue(STEP, str(chosen.pk), Lane.CLICK, queue=ASKED)


def look_now(*, user: User, now: datetime) -> int:
    """Read every followed calendar of the person soon. Returns how many."""
    mirrors = user.mirrors.filter(is_followed=True, connection__state=Connection.State.ACTIVE)
    mirrors.update(next_at=now, asked_at=now, rests_until=None)
    ids = list(mirrors.values_list("pk", flat=True))
    for pk in ids:
        enqueue(STEP, str(pk), Lane.CLICK, queue=ASKED)
    return len(ids)


def write_soon(*, user: User) -> None:
    """The plan is another: whatever calendar receives it is brought in step once this is committed."""
    target = user.mirrors.filter(receives_blocks=True).values_list("pk", flat=True).first()
    if target is not None:
        enqueue(STEP, str(target), Lane.CLICK)


def _mirror(person: User, calendar_id: uuid.UUID) -> Mirror:
    return owned(Mirror.objects.filter(user=person).select_related("calendar"), calendar_id)
