"""The checklist of a task: at most 100 lines in the person's order."""

import uuid
from collections.abc import Sequence

from django.db.models import Max

from accounts.models import User
from accounts.services.changes import changing
from scheduling.errors import TooMany
from scheduling.models import ChecklistItem, Task
from timeflow.lib import bounds
from timeflow.lib.errors import Invalid
from timeflow.lib.http import owned


def add_item(*, user: User, task_id: uuid.UUID, text: str) -> ChecklistItem:
    """Append a line. Raises `NotFound`, `Invalid`, `TooMany`."""
    with changing(user.pk) as person:
        task = owned(Task.objects.of(person), task_id)
        require_room(task.checklist.count(), 1)
        last = task.checklist.aggregate(last=Max("position"))["last"]
        return ChecklistItem.objects.create(task=task, text=clean_text(text), position=0 if last is None else last + 1)


def edit_item(
    *,
    user: User,
    task_id: uuid.UUID,
    item_id: uuid.UUID,
    text: str | None = None,
    is_done: bool | None = None,
) -> ChecklistItem:
    """Reword or tick a line; what is None stays. Raises `NotFound`, `Invalid`."""
    with changing(user.pk) as person:
        item = _item(person, task_id, item_id)
        if text is not None:
            item.text = clean_text(text)
        if is_done is not None:
            item.is_done = is_done
        item.save(update_fields=["text", "is_done"])
    return item


def remove_item(*, user: User, task_id: uuid.UUID, item_id: uuid.UUID) -> None:
    """Raises `NotFound`."""
    with changing(user.pk) as person:
        _item(person, task_id, item_id).delete()


def reorder_items(*, user: User, task_id: uuid.UUID, item_ids: Sequence[uuid.UUID]) -> None:
    """Put the lines into this order. Raises `NotFound`, or `Invalid` unless each line is named once."""
    with changing(user.pk) as person:
        task = owned(Task.objects.of(person), task_id)
        items = {item.pk: item for item in task.checklist.all()}
        if len(item_ids) != len(items) or set(item_ids) != set(items):
            raise Invalid.field("items", "Name every line of the checklist once.")
        for place, pk in enumerate(item_ids):
            items[pk].position = place
        ChecklistItem.objects.bulk_update(items.values(), ["position"])


def move_item(*, user: User, task_id: uuid.UUID, item_id: uuid.UUID, by: int) -> None:
    """Move a line up (-1) or down (1); at an end it stays. Raises `NotFound`."""
    with changing(user.pk) as person:
        item = _item(person, task_id, item_id)
        order = list(item.task.checklist.order_by("position", "id").values_list("pk", flat=True))
        place = order.index(item.pk)
        order.insert(min(max(place + by, 0), len(order) - 1), order.pop(place))
        reorder_items(user=person, task_id=task_id, item_ids=order)


def clean_text(text: str) -> str:
    """The words of a line. Raises `Invalid`."""
    words = " ".join(text.split())
    if not words:
        raise Invalid.field("text", "Say what the step is.")
    if len(words) > bounds.STEP:
        raise Invalid.field("text", f"A step has at most {bounds.STEP} characters.")
    return words


def require_room(present: int, more: int) -> None:
    """Raises `TooMany` if `more` lines do not fit beside those `present`."""
    if present + more > bounds.STEPS_OF_A_TASK:
        reason = f"A checklist has at most {bounds.STEPS_OF_A_TASK} steps."
        raise TooMany(reason, fields={"checklist": [reason]})


def _item(person: User, task_id: uuid.UUID, item_id: uuid.UUID) -> ChecklistItem:
    return owned(ChecklistItem.objects.filter(task__user=person, task=task_id), item_id)
