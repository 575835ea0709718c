"""Events that the person makes, moves or removes on the week's page: the change and the repair that it needs."""

from datetime import datetime

from accounts.models import User
from availability.models import Event
from availability.services import events
from scheduling.services.edits import WeekEdit, edit_week


def add_event(*, user: User, now: datetime, title: str, **fields: object) -> WeekEdit:
    """A new event of the own calendar. Raises what `create_event` raises."""
    return edit_week(
        user=user,
        now=now,
        words=f"Added {title}",
        change=lambda: events.create_event(user=user, now=now, title=title, **fields),
    )


def change_event(*, user: User, event: Event, now: datetime, **fields: object) -> WeekEdit:
    """Other times or words for an event of the own calendar. Raises what `update_event` raises."""

    def change() -> None:
        events.update_event(user=user, event_id=event.pk, now=now, **fields)

    return edit_week(
        user=user, now=now, words=f"Changed {fields.get('title', event.title)}", touches=[event], change=change
    )


def remove_event(*, user: User, event: Event, now: datetime) -> WeekEdit:
    """Take an event out of the own calendar. Raises what `delete_event` raises."""

    def change() -> None:
        events.delete_event(user=user, event_id=event.pk)

    return edit_week(user=user, now=now, words=f"Removed {event.title}", touches=[event], change=change)
