"""Habits and the days on which they were done."""

import uuid
from collections import defaultdict
from datetime import date, datetime

from accounts.models import User
from accounts.selectors.zones import zone_on
from accounts.services.changes import changing
from scheduling.models import Habit, HabitCheck, PartOfDay, Priority
from scheduling.services.recurrence import local_today
from scheduling.services.room import require_room_for_a_habit
from timeflow.lib import bounds
from timeflow.lib.errors import Invalid
from timeflow.lib.http import owned
from timeflow.lib.time import MINUTES_PER_DAY

EDITABLE = frozenset(
    {
        "title",
        "minutes",
        "times_per_week",
        "priority",
        "preferred",
        "weekdays",
        "min_days_between",
        "tint",
        "is_active",
    }
)


def create_habit(
    *, user: User, now: datetime, title: str, minutes: int, times_per_week: int, **fields: object
) -> Habit:
    """Raises `Invalid`, `TooMany`."""
    with changing(user.pk) as person:
        require_room_for_a_habit(person)
        habit = Habit(user=person, created_at=now)
        _set(habit, {"title": title, "minutes": minutes, "times_per_week": times_per_week, **fields})
        habit.save(force_insert=True)
    return habit


def update_habit(*, user: User, habit_id: uuid.UUID, **fields: object) -> Habit:
    """Change the given fields. `is_active` False archives the habit: it is planned no more, its days are kept.

    Raises `NotFound`, `Invalid`, `TooMany`.
    """
    with changing(user.pk) as person:
        habit = owned(Habit.objects.of(person), habit_id)
        if fields.get("is_active") and not habit.is_active:
            require_room_for_a_habit(person, is_new=False)
        _set(habit, fields)
        habit.save()
    return habit


def check_habit(*, user: User, habit_id: uuid.UUID, on: date, now: datetime) -> HabitCheck | None:
    """The habit was done on the local date `on`. None if that was known. Raises `NotFound`, `Invalid`."""
    with changing(user.pk) as person:
        habit = owned(Habit.objects.of(person), habit_id)
        today = local_today(zone_on(person), now)
        if on > today:
            raise Invalid.field("on", "That day has not come yet.")
        if on < today - bounds.OLDEST_CHECK:
            raise Invalid.field("on", "That day is more than a year ago.")
        check, is_new = HabitCheck.objects.get_or_create(habit=habit, on=on)
        return check if is_new else None


def uncheck_habit(*, user: User, habit_id: uuid.UUID, on: date) -> None:
    """It was not done on that day after all; unchecking twice changes nothing. Raises `NotFound`."""
    with changing(user.pk) as person:
        owned(Habit.objects.of(person), habit_id).checks.filter(on=on).delete()


def _set(habit: Habit, fields: dict[str, object]) -> None:
    unknown = set(fields) - EDITABLE
    if unknown:
        raise Invalid(fields={name: ["This field is not known."] for name in sorted(unknown)})
    for name, value in fields.items():
        setattr(habit, name, value)
    faults: dict[str, list[str]] = defaultdict(list)
    _check(habit, faults)
    if not faults:
        _check_week(habit, faults)
    if faults:
        raise Invalid(next(iter(faults.values()))[0] if len(faults) == 1 else None, fields=faults)


def _check(habit: Habit, faults: dict[str, list[str]]) -> None:
    habit.title = " ".join(habit.title.split())
    habit.weekdays = "".join(sorted(set(habit.weekdays)))
    if not habit.title:
        faults["title"].append("Give the habit a name.")
    elif len(habit.title) > bounds.TITLE:
        faults["title"].append(f"A name has at most {bounds.TITLE} characters.")
    if not 1 <= habit.minutes <= MINUTES_PER_DAY:
        faults["minutes"].append("A habit takes between 1 minute and a day.")
    if not 1 <= habit.times_per_week <= 7:
        faults["times_per_week"].append("Between once and seven times a week.")
    if habit.priority not in Priority.values:
        faults["priority"].append("Priority goes from 1 (urgent) to 4 (some day).")
    if habit.preferred and habit.preferred not in PartOfDay.values:
        faults["preferred"].append("Say morning, afternoon or evening, or leave it open.")
    if not habit.weekdays or not set(habit.weekdays) <= set("0123456"):
        faults["weekdays"].append("Choose at least one weekday, 0 for Monday to 6 for Sunday.")
    if not 0 <= habit.min_days_between <= 6:
        faults["min_days_between"].append("Between 0 and 6 free days can be kept.")
    if habit.tint not in range(1, 9):
        faults["tint"].append("There are eight tints, 1 to 8.")


def _check_week(habit: Habit, faults: dict[str, list[str]]) -> None:
    """A week must have room for all its times: on the chosen days, with the free days between."""
    times, last = 0, -7
    for day in map(int, habit.weekdays):
        if day - last > habit.min_days_between:
            times, last = times + 1, day
    if times < habit.times_per_week:
        on = f"{times} time{'' if times == 1 else 's'}"
        reason = f"On these days it fits at most {on} a week."
        if habit.min_days_between:
            reason = f"On these days, with {habit.min_days_between} free between, it fits at most {on} a week."
        faults["times_per_week"].append(reason)
