"""When a person works: the hours of their week, and dates with hours of their own."""

import uuid
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from accounts.models import User
from accounts.selectors.zones import person_clock
from accounts.services.changes import changing
from availability.domain.hour_rules import DAYS, USUAL_HOURS, Week, Window, day_faults, normal, week_faults
from availability.models import DateOverride, OverrideHours, WorkingHours
from timeflow.lib import bounds
from timeflow.lib.errors import Invalid, NotFound


def set_working_hours(*, user: User, hours: Week) -> None:
    """Replace the whole week: weekday (0 is Monday) to windows in minutes after 0:00; a day left out is off.

    Raises `Invalid` with the faulty days ("monday"); then nothing has changed.
    """
    if not set(hours) <= set(range(7)):
        raise Invalid.field("hours", "Weekdays go from 0, Monday, to 6.")
    if faults := week_faults(hours, user.clock):
        raise Invalid(fields={DAYS[weekday]: reasons for weekday, reasons in faults.items()})
    with changing(user.pk) as person:
        WorkingHours.objects.filter(user=person).delete()
        WorkingHours.objects.bulk_create(
            WorkingHours(user=person, weekday=weekday, start_minute=start, end_minute=end)
            for weekday, windows in hours.items()
            for start, end in map(normal, windows)
        )


def start_with_usual_hours(*, user: User) -> bool:
    """Monday to Friday, 9:00 to 17:00, for somebody who has said nothing yet; False if they have."""
    with changing(user.pk) as person:
        if WorkingHours.objects.filter(user=person).exists():
            return False
        set_working_hours(user=person, hours=USUAL_HOURS)
    return True


def set_override(*, user: User, on: date, windows: Sequence[Window], now: datetime) -> DateOverride:
    """This date has these hours instead of its weekday's; none make it a rest day. Raises `Invalid`."""
    return set_overrides(user=user, first=on, last=on, windows=windows, now=now)[0]


def set_overrides(
    *, user: User, first: date, last: date, windows: Sequence[Window], now: datetime
) -> list[DateOverride]:
    """The same for each date first..last, the last included; what those dates had before is replaced.

    Raises `Invalid`, also for more than a year at once or a date more than five years away.
    """
    _require_dates(first, last, person_clock(user, now).today)
    if faults := day_faults(windows, user.clock):
        raise Invalid(fields={"windows": faults})
    with changing(user.pk) as person:
        DateOverride.objects.filter(user=person, on__range=(first, last)).delete()
        overrides = DateOverride.objects.bulk_create(
            DateOverride(user=person, on=first + timedelta(days=number)) for number in range((last - first).days + 1)
        )
        OverrideHours.objects.bulk_create(
            OverrideHours(override=override, start_minute=start, end_minute=end)
            for override in overrides
            for start, end in map(normal, windows)
        )
    return overrides


def _require_dates(first: date, last: date, today: date) -> None:
    if last < first:
        raise Invalid.field("last", "The last day is before the first.")
    if (last - first).days >= bounds.DATES_AT_ONCE:
        raise Invalid.field("last", f"At most {bounds.DATES_AT_ONCE} days at once.")
    for name, on in (("first", first), ("last", last)):
        if abs(on - today) > bounds.FARTHEST_HOURS:
            raise Invalid.field(name, "That is more than five years away.")


def remove_override(*, user: User, override_id: uuid.UUID) -> None:
    """The date goes by its weekday again. Raises `NotFound`."""
    with changing(user.pk) as person:
        deleted, _ = DateOverride.objects.filter(user=person, pk=override_id).delete()
        if not deleted:
            raise NotFound


def remove_overrides(*, user: User, first: date, last: date) -> None:
    """All dates first..last, the last included, go by their weekdays again. Raises `NotFound` if none was special."""
    with changing(user.pk) as person:
        deleted, _ = DateOverride.objects.filter(user=person, on__range=(first, last)).delete()
        if not deleted:
            raise NotFound
