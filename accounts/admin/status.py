"""The status page: how the installation is, in words, and where to act. It says nothing of anybody."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.template.defaultfilters import filesizeformat
from django.urls import NoReverseMatch, reverse

from timeflow.lib.condition import Condition, Part, Tick, Undone
from timeflow.lib.metrics.telling import Told
from timeflow.lib.words import count, duration, since

# From here on somebody should look; sweepers send again what waits for a minute.
TOO_OLD = timedelta(minutes=5)
TOO_FULL = 0.1
SHORT_REACH = timedelta(days=30)
# Where staff find the rows of each kind, oldest first or filtered to those that wait.
PLACES = {
    "errand": ("admin:lib_errand_changelist", ""),
    "plan_job": ("admin:scheduling_planjob_changelist", "?state__in=queued,running"),
    "erasure": ("admin:accounts_user_changelist", ""),
}
EVERY = {timedelta(minutes=1): "minute", timedelta(hours=1): "hour", timedelta(days=1): "day"}
WAITING = {"errand": "Errands", "plan_job": "Plans being made", "erasure": "Accounts to be erased"}


@dataclass(frozen=True)
class Row:
    name: str
    said: str
    is_bad: bool = False
    link: str = ""


@dataclass(frozen=True)
class Section:
    title: str
    rows: list[Row]
    # Said in place of rows.
    empty: str = ""


def sections(found: Condition, told: Told, now: datetime) -> list[Section]:
    return [
        Section("Answers", _answers(found)),
        Section("Waiting", [*(_queue(*queue) for queue in found.queues.items()), *map(_undone, found.undone)]),
        Section("Periodic tasks", _periodic(found, now), "The database does not answer."),
        Section("Requests", [Row("Answered", f"{told.answers:,}"), Row("Failed", f"{told.failed:,}")]),
        Section("Errors in the log", _counts(told.errors, is_bad=True), "None."),
        Section("Refused by a limit", _counts(told.rate_refusals), "Nothing."),
        Section("Security events", _counts(told.security_events), "None."),
        Section("Versions", [Row(name, version) for name, version in found.versions.items()]),
    ]


def _answers(found: Condition) -> list[Row]:
    missing = ", ".join(found.unapplied)
    free = f"{filesizeformat(found.disk_free)} free of {filesizeformat(found.disk_size)}"
    return [
        *map(_part, found.parts),
        Row("Migrations", f"not applied: {missing}" if missing else "all applied", bool(missing)),
        Row("Disk", free, found.disk_free < found.disk_size * TOO_FULL),
        *(_reach(what, left) for what, left in found.reaches.items()),
    ]


def _part(part: Part) -> Row:
    said = f"{part.seconds * 1000:.1f} ms" if part.is_up else "does not answer"
    return Row(part.name.capitalize(), said, not part.is_up)


def _reach(what: str, left: timedelta) -> Row:
    said = f"reach {count(max(left.days, 0), 'day')} ahead"
    return Row(what.replace("_", " ").capitalize(), said, left < SHORT_REACH)


def _queue(name: str, size: int) -> Row:
    return Row(f"Queue {name}", count(size, "message"))


def _undone(undone: Undone) -> Row:
    name, question = PLACES.get(undone.kind, ("", ""))
    try:
        link = reverse(name) + question
    except NoReverseMatch:
        link = ""
    is_old = undone.age > (timedelta(days=1) if undone.kind == "erasure" else TOO_OLD)
    age = f", the oldest for {_long(undone.age)}" if undone.age else ""
    return Row(WAITING.get(undone.kind, undone.kind), f"{undone.rows:,}{age}", is_old, link if undone.rows else "")


def _long(age: timedelta) -> str:
    minutes = int(age // timedelta(minutes=1))
    return duration(minutes) if minutes < 1440 else count(minutes // 1440, "day")


def _periodic(found: Condition, now: datetime) -> list[Row]:
    return [_tick(tick, now) for tick in found.ticks]


def _tick(tick: Tick, now: datetime) -> Row:
    last = "not yet" if tick.age is None else since(now - tick.age, now)
    every = EVERY.get(tick.every) or _long(tick.every)
    return Row(tick.name.replace("-", " ").capitalize(), f"{last}, every {every}", tick.is_late)


def _counts(entries: list[tuple[str, int]], *, is_bad: bool = False) -> list[Row]:
    return [Row(name, f"{number:,}", is_bad) for name, number in entries]
