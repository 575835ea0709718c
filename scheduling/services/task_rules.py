"""What a task must be like to be kept: every field that breaks a rule is named with its reason."""

from collections import defaultdict
from datetime import datetime, timedelta

from accounts.selectors.zones import ZoneOn
from scheduling.domain import recurrence
from scheduling.domain.planner import can_be_split
from scheduling.models import PartOfDay, Priority, Task
from timeflow.lib import bounds
from timeflow.lib.errors import Invalid
from timeflow.lib.time import edge

Faults = dict[str, list[str]]


def due_instant(task: Task, zones: ZoneOn) -> datetime | None:
    """When the task is due; a date means its end in the person's zone."""
    if task.due_on:
        return edge(task.due_on + timedelta(days=1), 0, zones(task.due_on + timedelta(days=1)))
    return task.due_at


def earliest_instant(task: Task, zones: ZoneOn) -> datetime | None:
    """When the task may begin; a date means its start in the person's zone."""
    if task.earliest_on:
        return edge(task.earliest_on, 0, zones(task.earliest_on))
    return task.earliest_at


def require_sound(task: Task, zones: ZoneOn) -> None:
    """Tidy the texts and the rule of `task`. Raises `Invalid` with all fields that break a rule."""
    faults: Faults = defaultdict(list)
    _check_texts(task, faults)
    _check_numbers(task, faults)
    _check_times(task, zones, faults)
    _check_rule(task, faults)
    if faults:
        first = next(iter(faults.values()))[0]
        raise Invalid(first if len(faults) == 1 else None, fields=faults)


def _check_texts(task: Task, faults: Faults) -> None:
    task.title = " ".join(task.title.split())
    if not task.title:
        faults["title"].append("Say what is to be done.")
    elif len(task.title) > bounds.TITLE:
        faults["title"].append(f"A title has at most {bounds.TITLE} characters.")
    if len(task.notes) > bounds.NOTES:
        faults["notes"].append(f"Notes have at most {bounds.NOTES:,} characters.")
    if task.preferred and task.preferred not in PartOfDay.values:
        faults["preferred"].append("Say morning, afternoon or evening, or leave it open.")
    if task.due_kind not in Task.DueKind.values:
        faults["due_kind"].append("Say soft or hard.")


def _check_numbers(task: Task, faults: Faults) -> None:
    if task.minutes not in bounds.TASK_MINUTES:
        faults["minutes"].append(f"A task takes between 1 and {bounds.TASK_MINUTES.most:,} minutes.")
        return
    if task.priority not in Priority.values:
        faults["priority"].append("Priority goes from 1 (urgent) to 4 (some day).")
    shortest, longest, a_day = task.min_block_minutes, task.max_block_minutes, task.max_minutes_per_day
    if shortest < bounds.BLOCK_MINUTES.least:
        faults["min_block_minutes"].append(f"A block is at least {bounds.BLOCK_MINUTES.least} minutes long.")
    elif longest > bounds.A_DAY:
        faults["max_block_minutes"].append("A block is at most a day long.")
    elif longest < shortest:
        faults["max_block_minutes"].append("The longest block cannot be shorter than the shortest.")
    elif task.is_splittable and not can_be_split(task.minutes, shortest, longest):
        faults["min_block_minutes"].append(
            f"{task.minutes} minutes cannot be made of blocks of {shortest} to {longest} minutes."
        )
    if a_day is not None and not max(1, shortest if task.is_splittable else 1) <= a_day <= bounds.A_DAY:
        faults["max_minutes_per_day"].append("A day must have room for the shortest block, and has 24 hours.")


def _check_times(task: Task, zones: ZoneOn, faults: Faults) -> None:
    for name in ("due", "earliest"):
        at, on = getattr(task, f"{name}_at"), getattr(task, f"{name}_on")
        if at and on:
            faults[f"{name}_on"].append("Give a date or a moment, not both.")
        if on and not bounds.FIRST_DAY <= on <= bounds.LAST_DAY:
            faults[f"{name}_on"].append("Pick a date between 1970 and 2199.")
        if at and not bounds.FIRST_INSTANT <= at <= bounds.LAST_INSTANT:
            faults[f"{name}_at"].append("Pick a date between 1970 and 2199.")
    if faults:
        return
    due, earliest = due_instant(task, zones), earliest_instant(task, zones)
    if due and earliest and due <= earliest:
        faults["due_on" if task.due_on else "due_at"].append("It is due before it may begin.")


def _check_rule(task: Task, faults: Faults) -> None:
    if not task.rrule:
        return
    try:
        task.rrule = str(recurrence.read(task.rrule))
    except recurrence.BadRecurrence as error:
        faults["rrule"].append(str(error))
