"""The calendar at a provider into which the plan is written: one of our own there, or another that the person chose."""

import hashlib
import uuid
from collections.abc import Callable
from datetime import datetime

from accounts.models import Connection, User
from accounts.services.changes import holding
from availability.domain.quota import Lane
from availability.errors import NeedsPermission
from availability.gateways.faults import Away, Fault, Slow
from availability.gateways.provider import Access, Listed, Provider
from availability.models import Calendar, Mirror
from availability.selectors.accounts import may_write, wishes_of
from availability.services.mirrors.lease import take_away
from availability.services.mirrors.listing import STEP, add_calendar, mirror_of, note_fault
from availability.services.mirrors.providers import open_account
from availability.services.mirrors.quota import meter_for, note_calls
from timeflow.lib.errors import Invalid
from timeflow.lib.queue import enqueue
from timeflow.lib.urgency import ASKED

OURS = "TimeFlow"


def make_own(*, connection: Connection, words: str, clock: Callable[[], datetime]) -> None:
    """Have a calendar of our own in the account, and the plan written into it, if that is still wished by then.

    Safe to run twice. Raises a `Fault` that may pass, `Away` or `Slow`; any other is noted with the connection.
    """
    meter = meter_for(connection, Lane.CLICK, clock)
    try:
        listed = _own_one(connection, open_account(connection, meter, clock))
    except (Away, Slow):
        raise
    except Fault as fault:
        note_fault(connection, fault, clock())
        return
    finally:
        note_calls(connection.provider, Lane.CLICK, meter, clock())
    with holding(connection.user_id) as person:
        if not wishes_of(person).filter(args=[str(connection.pk), words]).exists():
            return
        gone = connection.mirrors.filter(is_ours=True).exclude(remote_id=listed.id)
        Calendar.objects.filter(pk__in=list(gone.values_list("pk", flat=True))).delete()
        mirror = connection.mirrors.filter(remote_id=listed.id).first()
        mirror = mirror or add_calendar(connection, listed, is_followed=True, now=clock())
        Mirror.objects.filter(pk=mirror.pk).update(is_ours=True)
        write_into(user=person, calendar_id=mirror.pk, words=words, now=clock())


def _own_one(connection: Connection, account: Provider) -> Listed:
    """Ours by its id, else the one that is made for this person once, whatever anything there is called."""
    known = set(connection.mirrors.filter(is_ours=True).values_list("remote_id", flat=True))
    if known:
        for one in account.calendars():
            if one.id in known and one.access == Access.OWNER:
                return one
    mark = hashlib.sha256(f"calendar of the plan of {connection.user_id}".encode()).hexdigest()[:32]
    return account.make_calendar(OURS, connection.user.time_zone, mark)


def write_into(*, user: User, calendar_id: uuid.UUID | None, words: str, now: datetime) -> None:
    """Have the plan written into this calendar, or into none; what was written elsewhere is taken out there.

    Raises `NotFound`, `Invalid`, `NeedsPermission`.
    """
    if words not in Mirror.Words.values:
        raise Invalid.field("words", "Say what is written of a block: title, private or busy.")
    with holding(user.pk) as person:
        chosen = mirror_of(person, calendar_id) if calendar_id else None
        if chosen is not None and chosen.access not in {Access.OWNER, Access.WRITER}:
            raise Invalid.field("calendar", "You may not write into this calendar.")
        if chosen is not None and not may_write(chosen):
            raise NeedsPermission
        forget_wishes(person)
        changed = list(person.mirrors.filter(receives_blocks=True).exclude(pk=calendar_id))
        for mirror in changed:
            take_away(mirror, receives_blocks=False, is_leaving=True, written_version=None)
        if chosen is not None:
            # Read anew: twins that an earlier time left there are found by their marks.
            anew: dict[str, object] = {"is_followed": True, "token": "", "page": "", "next_at": now}
            to_write = {"receives_blocks": True, "is_leaving": False, "words": words, "written_version": None}
            take_away(chosen, rests_until=None, **anew, **to_write)
            changed.append(chosen)
        for mirror in changed:
            enqueue(STEP, str(mirror.pk), Lane.CLICK, queue=ASKED)


def forget_wishes(user: User) -> None:
    """Another choice counts now: calendars of our own that are still to be made are made no more."""
    wishes_of(user).delete()


def write_soon(*, user: User) -> None:
    """The plan is another: whatever calendar receives it is brought in step once this is committed."""
    target = user.mirrors.filter(receives_blocks=True).values_list("pk", flat=True).first()
    if target is not None:
        enqueue(STEP, str(target), Lane.CLICK)
