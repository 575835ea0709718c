"""What a person does with a block: drag it, pin it, finish it, ask for more time, say afterwards how it went.

Each reads the block while it holds the person, so two at once never count from the same minutes.
"""

import uuid
from datetime import date, datetime, timedelta

from django.db.models import QuerySet

from accounts.models import User
from accounts.selectors.zones import zone_at, zone_on
from accounts.services.changes import held
from availability.models import Event
from availability.services.calendars import plan_calendar
from scheduling.errors import BlockNotOver, BlockOver
from scheduling.models import Block, HabitCheck, Task
from scheduling.selectors.worked import remaining_minutes
from scheduling.services.edits import WeekEdit, edit_week
from scheduling.services.stopping import block_length, finish_early, stop_block
from scheduling.services.task_rules import due_instant
from scheduling.services.tasks import complete_task
from timeflow.lib import bounds
from timeflow.lib.errors import Invalid
from timeflow.lib.http import owned

TOO_LONG = "A block lasts at most a day."


@held
def move_block(*, user: User, block_id: uuid.UUID, start: datetime, end: datetime, now: datetime) -> WeekEdit:
    """Drag or resize = pin. A block that grows makes its task longer. Raises `NotFound`, `BlockOver`, `Invalid`."""
    block = _block(user, block_id)
    return _put(user, block, start, end, now, words=f"Moved {block.event.title}")


@held
def start_block(*, user: User, block_id: uuid.UUID, now: datetime) -> WeekEdit:
    """Put a block that is still to come to now, as if it were dragged there. Raises `NotFound`, `BlockOver`."""
    block = _block(user, block_id)
    start = now.replace(second=0, microsecond=0)
    end = start + timedelta(minutes=block_length(block))
    return _put(user, block, start, end, now, words=f"Started {block.event.title}")


def _put(user: User, block: Block, start: datetime, end: datetime, now: datetime, *, words: str) -> WeekEdit:
    _check_span(start, end, now)
    if block.event.ends_at <= now:
        raise BlockOver

    def change() -> None:
        pin_at(block, start, end, now)

    return edit_week(user=user, now=now, words=words, touches=_rows(block), change=change)


def pin_at(block: Block, start: datetime, end: datetime, now: datetime) -> None:
    """Put the block where the person wants it, and nothing else. Call while holding them. Raises `Invalid`."""
    _check_span(start, end, now)
    grown = int((end - start - (block.event.ends_at - block.event.starts_at)) / timedelta(minutes=1))
    _lengthen(block.task, grown if grown > 0 or _is_whole(block) else 0)
    Block.objects.filter(pk=block.pk).update(is_pinned=True)
    _write(block, starts_at=start, ends_at=end, is_exclusive=False, updated_at=now)


def _is_whole(block: Block) -> bool:
    """Whether the block is all that is planned of a task that is not split: resizing it says how long it takes."""
    return block.task is not None and not block.task.is_splittable


@held
def set_pin(*, user: User, block_id: uuid.UUID, is_pinned: bool, now: datetime) -> WeekEdit:
    """Pin a block where it is, or let the planner move it again. Raises `NotFound`, `BlockOver`."""
    block = _block(user, block_id)
    if block.event.ends_at <= now:
        raise BlockOver

    def change() -> None:
        Block.objects.filter(pk=block.pk).update(is_pinned=is_pinned)
        # An unpinned block may still clash with something; the repair that follows moves it if it does.
        _write(block, is_exclusive=False, updated_at=now)

    verb = "Pinned" if is_pinned else "Unpinned"
    return edit_week(user=user, now=now, words=f"{verb} {block.event.title}", touches=_rows(block), change=change)


@held
def finish_block(*, user: User, block_id: uuid.UUID, now: datetime) -> WeekEdit:
    """The work of a running or coming block is done: its task too, if nothing else of it is left to do."""
    block = _block(user, block_id)
    if block.event.ends_at <= now:
        return answer_block(user=user, block_id=block_id, outcome=Block.Outcome.DONE, now=now)

    def change() -> list[Task | HabitCheck]:
        if not finish_early(block, now) and block.task and block.task.is_splittable:
            _lengthen(block.task, max(1 - block.task.minutes, -block_length(block)))
        return _credit(user, block, now)

    return edit_week(user=user, now=now, words=f"Finished {block.event.title}", touches=_rows(block), change=change)


@held
def postpone_block(*, user: User, block_id: uuid.UUID, now: datetime) -> WeekEdit:
    """Not now: what was worked so far counts, the rest is planned again after the time that the block had."""
    block = _block(user, block_id)
    if block.event.ends_at <= now:
        raise BlockOver

    def change() -> None:
        worked = stop_block(block, now)
        Block.objects.filter(pk=block.pk).update(outcome=Block.Outcome.PARTLY, worked_minutes=worked, is_pinned=False)
        _begin_later(user, block)

    return edit_week(
        user=user,
        now=now,
        words=f"Put off {block.event.title}",
        touches=_rows(block),
        change=change,
        places=[str(block.work_id)],
        starts_from=block.event.ends_at,
    )


@held
def more_time(*, user: User, block_id: uuid.UUID, minutes: int, now: datetime) -> WeekEdit:
    """The running block needs `minutes` more; the rest of the week makes room."""
    block = _block(user, block_id)
    if not 5 <= minutes <= 480:
        raise Invalid.field("minutes", "Between 5 minutes and 8 hours can be added.")
    if block.event.ends_at <= now:
        raise BlockOver
    ends_at = block.event.ends_at + timedelta(minutes=minutes)
    if ends_at - block.event.starts_at > bounds.LONGEST_BLOCK:
        raise Invalid.field("minutes", TOO_LONG)

    def change() -> None:
        _lengthen(block.task, minutes)
        _write(block, ends_at=ends_at, is_exclusive=False, updated_at=now)

    return edit_week(
        user=user, now=now, words=f"More time for {block.event.title}", touches=_rows(block), change=change
    )


@held
def answer_block(
    *, user: User, block_id: uuid.UUID, outcome: str, now: datetime, worked_minutes: int | None = None
) -> WeekEdit:
    """How a block that is over went. Done finishes its task if nothing is left; what was not worked is planned again.

    Partly means half of it unless `worked_minutes` says more exactly.
    Raises `NotFound`, `BlockNotOver`, `Invalid`.
    """
    block = _block(user, block_id)
    length = block_length(block)
    if block.event.ends_at > now:
        raise BlockNotOver
    if outcome not in Block.Outcome.values:
        raise Invalid.field("outcome", "Say done, partly or not.")
    half = length // 2 if worked_minutes is None else worked_minutes
    worked = {Block.Outcome.DONE: length, Block.Outcome.NOT: 0}.get(Block.Outcome(outcome), half)
    if not 0 <= worked <= length:
        raise Invalid.field("worked_minutes", f"Say how many of the {length} minutes were worked.")

    def change() -> list[Task | HabitCheck]:
        Block.objects.filter(pk=block.pk).update(outcome=outcome, worked_minutes=worked)
        if outcome == Block.Outcome.DONE:
            return _credit(user, block, now)
        if block.outcome == Block.Outcome.DONE:
            _check_of(user, block, now).delete()
        return []

    again = [] if outcome == Block.Outcome.DONE else [str(block.work_id)]
    words = {"done": "Finished", "partly": "Partly done:", "not": "Not done:"}[outcome]
    return edit_week(
        user=user,
        now=now,
        words=f"{words} {block.event.title}",
        touches=[*_rows(block), *_check_of(user, block, now)],
        change=change,
        places=again,
    )


@held
def place_task(*, user: User, task_id: uuid.UUID, start: datetime, end: datetime, now: datetime) -> WeekEdit:
    """Put a task that is not planned yet to [start, end) and pin it there. Raises `NotFound`, `Invalid`."""
    task = owned(Task.objects.of(user).filter(completed_at=None), task_id)
    _check_span(start, end, now)

    def change() -> list[Block | Event]:
        missing = int((end - start) / timedelta(minutes=1)) - remaining_minutes(task, now)
        _lengthen(task, max(0, missing) if task.is_splittable else missing)
        event = Event(
            user=user,
            calendar=plan_calendar(user=user, now=now),
            source=Event.Source.BLOCK,
            title=task.title,
            starts_at=start,
            ends_at=end,
            created_at=now,
            updated_at=now,
        )
        event.save(force_insert=True)
        return [event, Block.objects.create(user=user, event=event, task=task, is_pinned=True)]

    return edit_week(user=user, now=now, words=f"Planned {task.title}", touches=[task], change=change)


def _block(user: User, block_id: uuid.UUID) -> Block:
    return owned(Block.objects.of(user).select_related("event", "task", "habit"), block_id)


def _rows(block: Block) -> list[Block | Task]:
    return [block, block.task] if block.task else [block]


def _write(block: Block, **fields: object) -> None:
    Event.objects.filter(pk=block.event_id).update(**fields)


def _check_span(start: datetime, end: datetime, now: datetime) -> None:
    if end <= start:
        raise Invalid.field("end", "It ends before it starts.")
    if end - start > bounds.LONGEST_BLOCK:
        raise Invalid.field("end", TOO_LONG)
    for name, moment in (("start", start), ("end", end)):
        if moment.second or moment.microsecond:
            raise Invalid.field(name, "A block begins and ends on whole minutes.")
    if end <= now:
        raise Invalid.field("start", "A block cannot be put into the past.")


def _lengthen(task: Task | None, minutes: int) -> None:
    if task is None or not minutes:
        return
    total = task.minutes + minutes
    if total not in bounds.TASK_MINUTES:
        raise Invalid.field("minutes", "A task takes between 1 and 10,000 minutes.")
    Task.objects.filter(pk=task.pk).update(minutes=total)


def _begin_later(user: User, block: Block) -> None:
    """Later is after the time that was set aside, for the search too; but nothing becomes due before it may begin."""
    due = due_instant(block.task, zone_on(user)) if block.task else None
    if block.task and (due is None or due > block.event.ends_at):
        Task.objects.filter(pk=block.task.pk).update(earliest_at=block.event.ends_at, earliest_on=None)


def _credit(user: User, block: Block, now: datetime) -> list[Task | HabitCheck]:
    """Finish the task if no work of it is left, or check the habit for the block's day. Returns the rows made."""
    if block.habit_id:
        check, is_new = HabitCheck.objects.get_or_create(habit_id=block.habit_id, on=_day_of(user, block, now))
        return [check] if is_new else []
    task = Task.objects.get(pk=block.work_id)
    is_whole = not task.is_splittable or task.minutes <= 1
    if task.completed_at or (remaining_minutes(task, now) > 0 and not is_whole):
        return []
    following = complete_task(user=user, task_id=task.pk, now=now)
    return [following] if following else []


def _day_of(user: User, block: Block, now: datetime) -> date:
    """The person's date on which the work of a block counts."""
    moment = min(block.event.starts_at, now)
    return moment.astimezone(zone_at(zone_on(user), moment)).date()


def _check_of(user: User, block: Block, now: datetime) -> QuerySet[HabitCheck]:
    """The check that a habit's block stands for."""
    return HabitCheck.objects.filter(habit=block.habit_id, on=_day_of(user, block, now))
