"""A person's habits with what was done this week. The number of queries does not grow with the number of habits."""

import uuid
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from accounts.models import User
from accounts.selectors.zones import zone_at, zone_on
from scheduling.domain.streaks import Streak, streak
from scheduling.models import Block, Habit, HabitCheck
from timeflow.lib.time import edge, first_weekday_on_or_before
from timeflow.lib.words import DAY_NAMES, count, joined

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class HabitDay:
    """One day of the shown week. Days to come cannot be checked yet."""

    on: date
    is_done: bool
    is_eligible: bool
    is_planned: bool
    is_today: bool
    is_to_come: bool

    @property
    def name(self) -> str:
        return DAY_NAMES[self.on.weekday()]


@dataclass(frozen=True)
class HabitRow:
    """A habit, its week and its streak."""

    habit: Habit
    days: list[HabitDay]
    streak: Streak

    @property
    def percent(self) -> int:
        """How full the ring is, 0 to 100."""
        return min(100, round(100 * self.streak.done_this_week / self.streak.target))

    @property
    def streak_words(self) -> str:
        """ "4 days in a row", "Best: 6 weeks in a row", or how to begin."""
        if self.streak.current > 1:
            return f"{count(self.streak.current, self.streak.unit)} in a row"
        if self.streak.best > 1:
            return f"Best so far: {count(self.streak.best, self.streak.unit)} in a row"
        return "Two in a row make a streak"

    @property
    def rhythm(self) -> str:
        """ "3 times a week, Monday to Friday"."""
        times = self.habit.times_per_week
        often = {1: "Once a week", 7: "Every day"}.get(times, f"{times} times a week")
        days = [int(day) for day in self.habit.weekdays]
        if len(days) == 7:
            return often
        if days == list(range(days[0], days[-1] + 1)) and len(days) > 2:
            named = f"{DAY_NAMES[days[0]]} to {DAY_NAMES[days[-1]]}"
        else:
            named = joined([DAY_NAMES[day] for day in days], "or" if times < len(days) else "and")
        return named if times == len(days) else f"{often}, {named}"


def habits_this_week(user: User, now: datetime, *, is_active: bool = True) -> list[HabitRow]:
    """The person's habits in the order they were made, with the week that holds `now`. Four queries."""
    zones = zone_on(user)
    today = now.astimezone(zone_at(zones, now)).date()
    first = first_weekday_on_or_before(today, user.week_start)
    week = [first + number * ONE_DAY for number in range(7)]
    habits = list(Habit.objects.of(user).filter(is_active=is_active).order_by("created_at", "id"))
    ids = [habit.pk for habit in habits]
    checks: dict[uuid.UUID, set[date]] = defaultdict(set)
    for habit_id, on in HabitCheck.objects.filter(habit__in=ids).values_list("habit_id", "on"):
        checks[habit_id].add(on)
    planned: dict[uuid.UUID, set[date]] = defaultdict(set)
    after = first + 7 * ONE_DAY
    blocks = Block.objects.filter(habit__in=ids).overlapping(edge(first, 0, zones(first)), edge(after, 0, zones(after)))
    for habit_id, starts_at in blocks.values_list("habit_id", "event__starts_at"):
        planned[habit_id].add(starts_at.astimezone(zone_at(zones, starts_at)).date())
    return [
        HabitRow(
            habit=habit,
            days=[_day(habit, on, today, checks[habit.pk], planned[habit.pk]) for on in week],
            streak=streak(
                checks[habit.pk],
                weekdays=[int(day) for day in habit.weekdays],
                times_per_week=habit.times_per_week,
                week_start=user.week_start,
                today=today,
            ),
        )
        for habit in habits
    ]


def _day(habit: Habit, on: date, today: date, done: set[date], planned: set[date]) -> HabitDay:
    return HabitDay(
        on=on,
        is_done=on in done,
        is_eligible=str(on.weekday()) in habit.weekdays,
        is_planned=on in planned,
        is_today=on == today,
        is_to_come=on > today,
    )
