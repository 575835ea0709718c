"""`manage.py google_quota --users 1000`: what so many people ask of Google's Calendar API, and what its limits leave.

Prints tables in Markdown, so that they can stand in docs/GOOGLE_QUOTA_PLAN.md as they are.
"""

from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Iterable, Sequence
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from availability.domain import google_load
from availability.domain.google_load import Limits, Load, Sort, Table
from availability.domain.quota import UNITS, USED

MOST_PEOPLE, HIGHEST_PEAK = 1_000_000_000, 100


class Command(BaseCommand):
    help = "Print what so many people ask of Google's Calendar API, against the limits that GOOGLE_CALLS_PER_… say."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--users", type=_users, nargs="+", required=True, metavar="N", help="with an account there")
        parser.add_argument(
            "--peak", type=_peak, default=google_load.PEAK, metavar="F", help="busiest minute against the average one"
        )
        parser.add_argument("--no-push", action="store_true", help="Google tells of no changes, all is polled")

    def handle(self, *args: Any, **options: Any) -> None:
        table = google_load.WITHOUT_PUSH if options["no_push"] else google_load.WITH_PUSH
        limits = Limits(
            minute=settings.GOOGLE_CALLS_PER_MINUTE,
            day=settings.GOOGLE_CALLS_PER_DAY,
            user=settings.GOOGLE_CALLS_PER_MINUTE_AND_USER,
        )
        loads = [
            google_load.load(people, peak=options["peak"], table=table, limits=limits) for people in options["users"]
        ]
        parts = _of_a_person(table), _of_limits(table, limits, options["peak"]), _of_people(loads, limits)
        self.stdout.write("\n\n".join(parts))


def _users(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and 1 <= int(text[:20]) <= MOST_PEOPLE):
        raise ArgumentTypeError(f"give a whole number from 1 to {MOST_PEOPLE:,}, not {text[:40]!r}.")
    return int(text)


def _peak(text: str) -> float:
    try:
        peak = float(text)
    except ValueError:
        peak = 0
    if not 1 <= peak <= HIGHEST_PEAK:
        raise ArgumentTypeError(f"give a number from 1 to {HIGHEST_PEAK}, not {text[:40]!r}.")
    return peak


def _of_a_person(table: Table) -> str:
    each = google_load.mean
    rows = [(kind, lane.value, *numbers, each(numbers)) for (lane, kind), numbers in table.items()]
    calls = google_load.by_sort(table)
    units = google_load.by_sort(table, UNITS)
    rows += [("all calls", "", *calls, each(calls)), ("all units", "", *units, each(units))]
    return _table(
        ("a person's day", "lane", *(sort.value for sort in Sort), "average"),
        [(kind, lane, *(f"{number:,.1f}" for number in numbers)) for kind, lane, *numbers in rows],
    )


def _of_limits(table: Table, limits: Limits, peak: float) -> str:
    a_minute, a_day = google_load.most_people(peak=peak, table=table, limits=limits)
    rows = [
        ("project, a minute", limits.minute, f"{a_minute:,} people, the busiest minute {peak:g} times the average one"),
        ("project, a day", limits.day, f"{a_day:,} people"),
        (
            "account, a minute",
            limits.user,
            f"a busy person's busiest minute, {max(google_load.BUSIEST)}; connecting, {max(google_load.JOINING)}",
        ),
    ]
    return _table(
        ("limit", "granted", "used at most", "enough for"),
        [(name, f"{limit:,.0f}", f"{USED * limit:,.0f}", enough) for name, limit, enough in rows],
    )


def _of_people(loads: Iterable[Load], limits: Limits) -> str:
    head = ("people", "calls a day", "units a day", "units a minute", "in the busiest", "of the minute's limit")
    return _table(
        (*head, "of the day's", "held back", "limit a minute to ask for"),
        [
            (
                f"{one.people:,}",
                f"{one.calls:,.0f}",
                f"{one.units:,.0f}",
                f"{one.minute:,.1f}",
                f"{one.busiest:,.1f}",
                f"{one.busiest / limits.minute:,.1%}",
                f"{one.units / limits.day:,.1%}",
                ", ".join(f"{lane} {part:.0%}" for lane, part in one.held_back.items()) or "nothing",
                f"{google_load.to_ask_for(one, limits):,.0f}",
            )
            for one in loads
        ],
    )


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
