"""The one job: a calendar is read and written until it is in step, by one worker at a time."""

import logging
import random
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db.models import Q

from accounts.models import Connection
from accounts.selectors.sessions import has_come_since
from accounts.services.changes import changing
from accounts.services.connections import break_connection
from availability.domain.quota import Lane
from availability.gateways.faults import Fault, GrantLost, Missing, Slow, TokenExpired
from availability.gateways.provider import Provider
from availability.models import Calendar, Mirror
from availability.services.imports import roll_window
from availability.services.mirrors.channels import is_told, keep_watch
from availability.services.mirrors.lease import Superseded, claim, keep, let_go
from availability.services.mirrors.providers import open_account
from availability.services.mirrors.quota import CountingMeter, meter_for, note_calls
from availability.services.mirrors.reading import end_whole_pass, take_over
from availability.services.mirrors.writing import write_out
from availability.services.occurrences import AHEAD, BACK
from availability.services.repairs import tell_plan
from timeflow.lib.queue import enqueue
from timeflow.lib.urgency import LATER

Clock = Callable[[], datetime]
POLL = {Connection.Provider.GOOGLE: timedelta(minutes=15), Connection.Provider.CALDAV: timedelta(minutes=15)}
FEED_POLL = timedelta(hours=1)
SAFETY = timedelta(hours=4)
"""How often a calendar is read whose provider tells of changes."""
AWAY_AFTER = timedelta(days=7)
"""For whoever has not come for so long `SAFETY` is enough where it is polled, and `A_DAY` where it is told."""
FIRST_REST, LONGEST_REST = timedelta(seconds=30), timedelta(hours=1)
A_DAY = timedelta(days=1)
STUCK = 30
"""A pass that broke off and cannot go on begins anew after so many failures in a row, which take about a day."""
ODD = "TimeFlow does not know what to do with what its server sends; it tries again by itself."
WHOLE_EVERY = timedelta(days=7)
AT_ONCE = 500
log = logging.getLogger(__name__)
STEP, LIST = "availability.tasks.step_calendar", "availability.tasks.list_calendars"
LISTED_EVERY, LISTED_AGAIN = timedelta(days=1), timedelta(hours=1)
"""How often it is looked which calendars an account has, and how soon again after that failed."""


def step(*, calendar_id: uuid.UUID, lane: Lane, clock: Clock, meter: CountingMeter | None = None) -> None:
    """Bring a calendar in step. Two at once do no harm: the second leaves it to the first.

    Whatever fails is noted in words, and tried again by the next sweep after a rest that grows.
    """
    mirror = claim(calendar_id, clock())
    if mirror is None:
        return
    meter = meter or meter_for(mirror.connection, lane, clock)
    try:
        _step(mirror, open_account(mirror.connection, meter, clock), clock)
    except Superseded:
        return
    except Fault as fault:
        if isinstance(fault, GrantLost):
            break_connection(connection=mirror.connection, now=clock())
        _rest(mirror, fault, clock())
    except Exception:
        # Who lost the calendar in the middle trips over what is gone, and that is no fault.
        if _rest(mirror, Fault(ODD), clock()):
            log.exception("A calendar was not brought in step: %s.", mirror.pk)
    finally:
        note_calls(mirror.connection.provider, lane, meter, clock())


def sweep(*, now: datetime) -> int:
    """Send what is due to the workers. Returns how many calendars."""
    due = list(Mirror.objects.due(now).order_by("next_at").values_list("pk", flat=True)[:AT_ONCE])
    awaited = set(Mirror.objects.filter(pk__in=due).awaited().values_list("pk", flat=True))
    for pk in due:
        enqueue(STEP, str(pk), Lane.PUSH if pk in awaited else Lane.SAFETY, queue=LATER)
    awake = Connection.objects.filter(state=Connection.State.ACTIVE, user__is_active=True, user__deletion_due_at=None)
    old = Q(fault="", listed_at__lte=now - LISTED_EVERY) | ~Q(fault="") & Q(listed_at__lte=now - LISTED_AGAIN)
    for pk in list(awake.filter(old).order_by("listed_at").values_list("pk", flat=True)[:AT_ONCE]):
        enqueue(LIST, str(pk), queue=LATER)
    # Of an account that is gone.
    Calendar.objects.filter(kind=Calendar.Kind.REMOTE, mirror=None).delete()
    return len(due)


def _step(mirror: Mirror, provider: Provider, clock: Clock) -> None:
    began = clock()
    is_due = mirror.is_followed and (mirror.next_at <= began or bool(mirror.page) or mirror.is_whole)
    if is_due:
        _open_window(mirror.calendar, began)
        _read(mirror, provider, clock)
    if mirror.receives_blocks or mirror.is_leaving:
        write_out(mirror, provider, clock)
    if is_due:
        _keep_watch(mirror, provider, clock())
    next_at = {"next_at": clock() + _interval(mirror, clock())} if is_due else {}
    if let_go(mirror, clock(), rests_until=None, failures=0, fault="", **next_at):
        enqueue(STEP, str(mirror.pk), Lane.PUSH)


def _open_window(calendar: Calendar, now: datetime) -> None:
    if calendar.expanded_from is None:
        calendar.expanded_from, calendar.expanded_until = now - BACK, now + AHEAD
        calendar.save(update_fields=["expanded_from", "expanded_until"])
    else:
        roll_window(calendar=calendar, now=now)


def _read(mirror: Mirror, provider: Provider, clock: Clock) -> None:
    """A pass from where the last one ended, or went on: all pages, then what a pass over everything did not meet.

    Now and then it is one over everything, for providers were seen to forget a change.
    """
    if mirror.token and not mirror.page and mirror.whole_at and clock() - mirror.whole_at > WHOLE_EVERY:
        keep(mirror, token="")
    is_all_read = True
    if not (mirror.is_whole and not mirror.page and mirror.token):
        try:
            is_all_read = _pages(mirror, provider, clock)
        except TokenExpired:
            keep(mirror, token="", page="")
            is_all_read = _pages(mirror, provider, clock)
    now = clock()
    if mirror.is_whole:
        end_whole_pass(mirror, now)
        keep(mirror, whole_at=now)
    if not is_all_read:
        # Asked for again tomorrow, with everything.
        keep(mirror, whole_at=min(mirror.whole_at or now, now - WHOLE_EVERY + A_DAY))
    if mirror.has_news:
        with changing(mirror.user_id) as person:
            keep(mirror, is_whole=False, has_news=False)
            Calendar.objects.filter(pk=mirror.calendar_id).update(read_at=now)
            tell_plan(person)
    else:
        keep(mirror, is_whole=False)
        Calendar.objects.filter(pk=mirror.calendar_id).update(read_at=now)


def _pages(mirror: Mirror, provider: Provider, clock: Clock) -> bool:
    """Whether all that they told of could be read."""
    is_all_read = True
    if not mirror.page:
        keep(mirror, turn=mirror.turn + 1, is_whole=False)
    while True:
        page = provider.changes(mirror.remote_id, token=mirror.token, page=mirror.page)
        take_over(mirror, provider, page, clock())
        is_all_read = is_all_read and not page.unread
        if not page.next_page:
            return is_all_read


def _keep_watch(mirror: Mirror, provider: Provider, now: datetime) -> None:
    """What was read is in step, told of changes or not."""
    try:
        keep_watch(mirror, provider, now)
    except GrantLost:
        raise
    except Fault:
        log.info("A calendar cannot be watched at the moment; it is polled.")


def _interval(mirror: Mirror, now: datetime) -> timedelta:
    """Until it is read again by itself, a little different for each, so that they do not come all at once."""
    polls = SAFETY, POLL.get(Connection.Provider(mirror.connection.provider), FEED_POLL)
    if not has_come_since(mirror.user_id, now - AWAY_AFTER):
        polls = A_DAY, SAFETY
    told, polled = polls
    return (told if is_told(mirror, now) else polled) * random.uniform(0.9, 1.1)


def _rest(mirror: Mirror, fault: Fault, now: datetime) -> bool:
    """Note what failed, and leave the provider alone for a while: at least as long as it asks for.

    Whether the calendar is still ours.
    """
    rest = min(FIRST_REST * 2 ** min(mirror.failures, 10), LONGEST_REST) * random.uniform(0.75, 1.25)
    rest = max(rest, timedelta(seconds=fault.after or 0))
    if isinstance(fault, Missing):
        rest = A_DAY
    failures = mirror.failures + 1
    # It may be the place that is not known there any more, in whatever words that was said.
    is_stuck = mirror.page and failures % STUCK == 0 and not isinstance(fault, Slow)
    begin_anew = {"token": "", "page": ""} if is_stuck else {}
    noted = {"failures": failures, "fault": fault.words, "rests_until": now + rest}
    try:
        keep(mirror, held_until=None, **noted, **begin_anew)
    except Superseded:
        return False
    return True
