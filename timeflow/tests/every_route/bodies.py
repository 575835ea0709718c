"""A good body for routes that would refuse an empty one: a refusal would hide what comes after it."""

from typing import Any

from timeflow.tests.routes import Route, World

Body = dict[str, Any]
_SPAN = {"start": "2026-04-22T09:00:00Z", "end": "2026-04-22T10:00:00Z"}
_WALL_SPAN = {"start": "2026-04-22T09:00", "end": "2026-04-22T10:00"}
_EVENT = {"title": "Dentist", "is_busy": "on", "ends": "never", "location": "", "notes": "", **_WALL_SPAN}
_TASK = {"title": "Report", "minutes": "60", "priority": "3", "min_block_minutes": "15", "max_block_minutes": "120"}
_HABIT = {"title": "Run", "minutes": "30", "times_per_week": "3", "weekdays": ["0", "2"], "min_days_between": "0"}
_HABIT |= {"priority": "4", "tint": "1", "preferred": ""}

# By the route's name: a body, or several that take different ways. `{pk}` is a parameter of the address, `{task}` and
# the like are things of the person who asks (`MAKERS`, in the singular).
BODIES: dict[str, Body | list[Body]] = {
    "api-block-move": _SPAN,
    "api-block-pin": {"is_pinned": True},
    "api-block-more-time": {"minutes": 15},
    "api-block-answer": {"outcome": "done"},
    "api-checklist": {"text": "Find the folder"},
    "api-checklist-order": {"items": []},
    "settings": {"name": "Alice", "time_zone": "Europe/Berlin", "clock": "24", "week_start": "0"},
    "settings-travel": {"starts_on": "2026-05-01", "time_zone": "Asia/Tokyo"},
    "settings-tokens": {"name": "Script", "scope": "read", "days": "30"},
    "settings-hours": {"do": "save", "monday-start": "09:00", "monday-end": "17:00"},
    "settings-dates-add": {"first": "2026-05-01", "last": "2026-05-03", "kind": "hours"}
    | {"windows-start": "09:00", "windows-end": "12:00"},
    "settings-calendar": {"{pk}-name": "Work", "{pk}-tint": "1", "{pk}-is_shown": "on"},
    "settings-caldav-connect": {"server": "other", "address": "https://dav.example.com/", "account": "alice"}
    | {"password": "app password"},
    "settings-feed-connect": {"address": "https://example.com/choir.ics"},
    "settings-place": {"place": "", "own_words": "private", "words": "busy"},
    "calendars-look": [{}, {"old": "1"}],
    "settings-planning": {"auto_repair": "ask", "horizon_days": "14", "default_minutes": "60", "buffer_minutes": "0"}
    | {"daily_max_minutes": "", "freeze_minutes": "0"},
    "settings-import": [{"what": "calendar"}, {"what": "tasks"}],
    "block-deed": {"minutes": "15"},
    "block-move": _WALL_SPAN,
    "week-consequences": [
        {"block": "{block}", **_WALL_SPAN},
        {"task": "{task}", "minutes": "90"},
        {"event": "{event}", **_WALL_SPAN},
        {"text": "report 2h fri"},
    ],
    "task-place": {"task": "{task}", **_WALL_SPAN},
    "event-new": _EVENT,
    "event": _EVENT,
    "event-move": _WALL_SPAN,
    "event-delete": {"scope": "one"},
    "tasks-add": {"text": "report 2h", "plan": "on"},
    "tasks-labels": {"name": "Work", "tint": "1"},
    "tasks-label": {"name": "Work", "tint": "1"},
    "tasks-bulk": [{"tasks": "{task}", "do": "complete"}, {"tasks": "{task}", "do": "due:on", "on": "2026-05-01"}],
    "task": _TASK,
    "task-price": _TASK,
    "task-steps": {"text": "Find the folder"},
    "task-step": [{"do": "remove"}, {"text": "Find the folder"}],
    "task-waits": {"add": "{other_task}"},
    "habit-new": _HABIT,
    "habit": _HABIT,
    "habit-day": {"done": "yes"},
}
# Fields that say several things in one text, by (route, field): {} stands for what is tried in them.
SHAPES: dict[tuple[str, str], list[str]] = {
    ("tasks-bulk", "do"): ["{}", "add_label:{}", "priority:{}", "due:{}"],
    ("settings-hours", "do"): ["{}", "add:{}", "remove:monday:{}", "copy:{}:all", "copy:monday:{}"],
}


class _Things(dict):
    """What a body may name: parameters of the address, and whatever else of the person's by its kind."""

    def __init__(self, world: World, values: dict[str, Any]) -> None:
        super().__init__(values)
        self.world = world

    def __missing__(self, name: str) -> Any:
        self[name] = self.world.value(name if name == "other_task" else f"{name}s", name)
        return self[name]


def bodies_of(route: Route, world: World, values: dict[str, Any]) -> list[Body]:
    """At least one; for a route that needs none it is empty."""
    found, things = BODIES.get(route.name, {}), _Things(world, values)
    return [_filled(body, things) for body in (found if isinstance(found, list) else [found])]


def _filled(body: Body, things: _Things) -> Body:
    def fill(value: Any) -> Any:
        return value.format_map(things) if isinstance(value, str) else value

    return {fill(name): fill(value) for name, value in body.items()}
