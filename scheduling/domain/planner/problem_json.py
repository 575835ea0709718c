"""The JSON format of a planning problem, read strictly: the unknown is refused, and everything wrong is listed."""

import json
import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from scheduling.domain.planner.build import (
    DEFAULT_PARTS,
    HabitInput,
    Settings,
    TaskInput,
    build_problem,
)
from scheduling.domain.planner.check import Checker
from scheduling.domain.planner.problem import InputError, InvalidProblem, Problem, Span
from timeflow.lib.time import UnknownZone, edge, zone

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
INSTANT = re.compile(r"(\d{4}-\d{2}-\d{2})T(\d{2}):(\d{2})(?::(\d{2}))?(Z|[+-]\d{2}:\d{2})?")
CLOCK = re.compile(r"(\d{2}):(\d{2})")
MAX_BYTES = 20_000_000

TOP = {"time_zone", "now", "horizon_end"}
SETTINGS = {"grid_minutes", "seed", "iterations", "effort", "buffer_minutes", "daily_max_minutes", "freeze_minutes"}
MORE = {"week_start", "parts_of_day", "hours", "date_overrides", "events", "tasks", "habits", "previous"}
TASK = set(TaskInput.__dataclass_fields__)
HABIT = set(HabitInput.__dataclass_fields__)


def read_json(text: str | bytes) -> Any:
    """The JSON value in `text`; raises `InvalidProblem` for anything that is not plain JSON in UTF-8."""
    try:
        if len(text) > MAX_BYTES:
            raise _refusal(f"must be at most {MAX_BYTES} bytes")
        if isinstance(text, bytes):
            text = text.decode("utf-8")
        return json.loads(text, object_pairs_hook=_unique, parse_constant=_no_constant)
    except UnicodeDecodeError:
        raise _refusal("is not UTF-8") from None
    except RecursionError:
        raise _refusal("is nested too deeply") from None
    except InvalidProblem:
        raise
    except ValueError as error:
        raise _refusal(f"is not JSON: {error}") from None


def parse_problem(value: Any) -> Problem:
    """The problem in a decoded JSON value; raises `InvalidProblem` with everything that is wrong."""
    return _Reader(value).problem()


def _refusal(reason: str) -> InvalidProblem:
    return InvalidProblem([InputError("", reason)])


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value: dict[str, Any] = {}
    for key, item in pairs:
        if key in value:
            raise InvalidProblem([InputError(key[:80], "duplicate field")])
        value[key] = item
    return value


def _no_constant(name: str) -> Any:
    raise _refusal(f"{name} is not a number in JSON")


class _Reader:
    """One pass over the value. Shapes and times are checked here, meanings in `build_problem`."""

    def __init__(self, value: Any) -> None:
        self.check = Checker()
        self.value: Mapping[str, Any] = self._object("", value, TOP | SETTINGS | MORE, TOP)
        self.tz = self._zone()

    def problem(self) -> Problem:
        now = self._instant("now", self.value.get("now"))
        horizon_end = self._instant("horizon_end", self.value.get("horizon_end"))
        hours = self._hours()
        overrides = self._overrides()
        settings = self._settings()
        events = self._each("events", self._event)
        tasks = self._each("tasks", self._task)
        habits = self._each("habits", self._habit)
        previous = self._each("previous", self._previous)
        self.check.stop()
        tz = self.tz
        if now is None or horizon_end is None or tz is None:
            raise AssertionError("a missing time was not reported")
        return build_problem(
            zone_on=lambda _: tz,
            now=now,
            horizon_end=horizon_end,
            hours=hours,
            date_overrides=overrides,
            events=[event for event in events if event],
            tasks=tasks,
            habits=habits,
            previous=previous,
            settings=settings,
        )

    def _zone(self) -> ZoneInfo | None:
        name = self.value.get("time_zone")
        try:
            return zone(name if isinstance(name, str) else "")
        except UnknownZone:
            if "time_zone" in self.value:
                self.check.fail("time_zone", "is not a known time zone")
            return None

    def _object(self, field: str, value: Any, known: set[str], needed: set[str]) -> dict[str, Any]:
        if not isinstance(value, dict):
            self.check.fail(field, "must be an object")
            return {}
        prefix = f"{field}." if field else ""
        for name in value:
            if name not in known:
                self.check.fail(f"{prefix}{name[:80]}", "unknown field")
        for name in sorted(needed - value.keys()):
            self.check.fail(f"{prefix}{name}", "is missing")
        return {name: item for name, item in value.items() if name in known}

    def _list(self, field: str, value: Any) -> list[Any]:
        if not isinstance(value, list):
            self.check.fail(field, "must be a list")
            return []
        return value

    def _each(self, field: str, read: Callable[[str, Any], Any]) -> list[Any]:
        items = self._list(field, self.value.get(field, []))
        return [read(f"{field}[{position}]", item) for position, item in enumerate(items)]

    def _date(self, field: str, value: Any) -> date | None:
        if not isinstance(value, str) or not DATE.fullmatch(value):
            self.check.fail(field, "must be a date like 2026-04-13")
            return None
        try:
            day = date.fromisoformat(value)
        except ValueError:
            self.check.fail(field, "is not in the calendar")
            return None
        return day if self.check.date(field, day) else None

    def _instant(self, field: str, value: Any) -> datetime | None:
        """An instant: as written with an offset, else the wall clock's first reading in the problem's zone."""
        found = INSTANT.fullmatch(value) if isinstance(value, str) else None
        if not found:
            if value is not None or field not in TOP or field in self.value:
                self.check.fail(field, "must be a time like 2026-04-13T09:00, with or without an offset")
            return None
        day = self._date(field, found[1])
        hour, minute, second = int(found[2]), int(found[3]), int(found[4] or 0)
        if hour > 23 or minute > 59 or second > 59:
            self.check.fail(field, "is not on the clock")
            return None
        if day is None or self.tz is None:
            return None
        if not found[5]:
            return edge(day, hour * 60 + minute, self.tz) + timedelta(seconds=second)
        try:
            return datetime.fromisoformat(value)
        except ValueError:
            self.check.fail(field, "has an impossible offset")
            return None

    def _moment(self, field: str, value: Any) -> datetime | date | None:
        if isinstance(value, str) and DATE.fullmatch(value):
            return self._date(field, value)
        return self._instant(field, value)

    def _clock(self, field: str, value: Any) -> int | None:
        found = CLOCK.fullmatch(value) if isinstance(value, str) else None
        minute = int(found[1]) * 60 + int(found[2]) if found else -1
        if not found or int(found[2]) > 59 or minute > 1440:
            self.check.fail(field, "must be a time of day like 09:00")
            return None
        return minute

    def _pair(self, field: str, value: Any, read: Callable[[str, Any], Any]) -> tuple[Any, Any] | None:
        if not isinstance(value, list) or len(value) != 2:
            self.check.fail(field, "must be a pair of start and end")
            return None
        start, end = read(f"{field}[0]", value[0]), read(f"{field}[1]", value[1])
        return None if start is None or end is None else (start, end)

    def _clock_spans(self, field: str, value: Any) -> list[Span]:
        pairs = [
            self._pair(f"{field}[{position}]", pair, self._clock)
            for position, pair in enumerate(self._list(field, value))
        ]
        for position, pair in enumerate(pairs):
            if pair and pair[0] == 1440:
                self.check.fail(f"{field}[{position}][0]", "must be before 24:00")
        return [pair for pair in pairs if pair]

    def _hours(self) -> dict[int, list[Span]]:
        days = self._object("hours", self.value.get("hours", {}), set(WEEKDAYS), set())
        return {WEEKDAYS.index(name): self._clock_spans(f"hours.{name}", spans) for name, spans in days.items()}

    def _overrides(self) -> dict[date, list[Span]]:
        value = self.value.get("date_overrides", {})
        if not isinstance(value, dict):
            self.check.fail("date_overrides", "must be an object")
            return {}
        overrides = {}
        for name, spans in value.items():
            field = f"date_overrides.{name[:80]}"
            day = self._date(field, name)
            read = self._clock_spans(field, spans)
            if day is not None:
                overrides[day] = read
        return overrides

    def _settings(self) -> Settings:
        given: dict[str, Any] = {name: self.value[name] for name in SETTINGS if name in self.value}
        if "week_start" in self.value and self.check.choice("week_start", self.value["week_start"], WEEKDAYS):
            given["week_start"] = WEEKDAYS.index(self.value["week_start"])
        parts: dict[str, Span] = dict(DEFAULT_PARTS)
        named = self._object("parts_of_day", self.value.get("parts_of_day", {}), set(DEFAULT_PARTS), set())
        for name, pair in named.items():
            span = self._pair(f"parts_of_day.{name}", pair, self._clock)
            if span:
                parts[name] = span
        return Settings(**given, parts_of_day=parts)

    def _event(self, field: str, value: Any) -> tuple[datetime, datetime] | None:
        """The span of an event that blocks time; None for a transparent one. All-day dates end exclusively."""
        event = self._object(field, value, {"id", "start", "end", "all_day", "transparent"}, {"start", "end"})
        if "id" in event:
            self.check.name(f"{field}.id", event["id"])
        flags = [self.check.flag(f"{field}.{name}", event.get(name, False)) for name in ("all_day", "transparent")]
        if not all(flags) or not {"start", "end"} <= event.keys():
            return None
        start: datetime | None
        end: datetime | None
        if event.get("all_day", False):
            first, last = self._date(f"{field}.start", event["start"]), self._date(f"{field}.end", event["end"])
            if first is None or last is None or self.tz is None:
                return None
            start, end = edge(first, 0, self.tz), edge(last, 0, self.tz)
        else:
            start, end = self._given(f"{field}.start", event), self._given(f"{field}.end", event)
        if start is None or end is None:
            return None
        fits = self.check.order(field, start, end, empty_is_fine=True)
        return (start, end) if fits and not event.get("transparent", False) else None

    def _given(self, field: str, item: Mapping[str, Any]) -> datetime | None:
        """The instant in the last part of `field`; that it is missing has been said already."""
        name = field.rsplit(".", 1)[1]
        return self._instant(field, item[name]) if name in item else None

    def _pins(self, field: str, item: dict[str, Any]) -> None:
        pairs = [
            self._pair(f"{field}.pinned[{position}]", pair, self._instant)
            for position, pair in enumerate(self._list(f"{field}.pinned", item.get("pinned", [])))
        ]
        item["pinned"] = [pair for pair in pairs if pair]

    def _task(self, field: str, value: Any) -> TaskInput:
        task = self._object(field, value, TASK, {"id", "minutes"})
        for name in ("due", "earliest_start"):
            if task.get(name) is not None:
                task[name] = self._moment(f"{field}.{name}", task[name])
        task["depends_on"] = self._list(f"{field}.depends_on", task.get("depends_on", []))
        self._pins(field, task)
        return TaskInput(**{"id": "", "minutes": 0, **task})

    def _habit(self, field: str, value: Any) -> HabitInput:
        habit = self._object(field, value, HABIT, {"id", "minutes", "times_per_week"})
        if "weekdays" in habit:
            named = self._list(f"{field}.weekdays", habit["weekdays"])
            for position, name in enumerate(named):
                self.check.choice(f"{field}.weekdays[{position}]", name, WEEKDAYS)
            habit["weekdays"] = [WEEKDAYS.index(name) for name in named if name in WEEKDAYS]
        days = self._list(f"{field}.done", habit.get("done", []))
        done = [self._date(f"{field}.done[{position}]", day) for position, day in enumerate(days)]
        habit["done"] = [day for day in done if day is not None]
        self._pins(field, habit)
        return HabitInput(**{"id": "", "minutes": 0, "times_per_week": 0, **habit})

    def _previous(self, field: str, value: Any) -> tuple[str, datetime, datetime] | None:
        block = self._object(field, value, {"task", "start", "end"}, {"task", "start", "end"})
        if "task" in block and not self.check.name(f"{field}.task", block["task"]):
            return None
        start, end = self._given(f"{field}.start", block), self._given(f"{field}.end", block)
        return None if start is None or end is None else (block.get("task", ""), start, end)
