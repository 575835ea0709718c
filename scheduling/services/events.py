"""Events that the person makes, moves or removes on the week's page: the change and the repair that it needs."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Model

from accounts.models import User
from availability.models import Event
from availability.services import events
from availability.services.series import ALL, ONE
from scheduling.services.edits import WeekEdit, edit_week


def add_event(*, user: User, now: datetime, title: str, **fields: Any) -> WeekEdit:
    """A new event of the own calendar, or a series. Takes and raises what `create_event` does."""

    def change() -> Sequence[Model]:
        event = events.create_event(user=user, now=now, title=title, **fields)
        return [event.series, *event.series.occurrences.all()] if event.series else [event]

    return edit_week(user=user, now=now, words=f"Added {title}", change=change)


def change_event(
    *, user: User, event: Event, now: datetime, scope: str = ONE, verb: str = "Changed", **fields: Any
) -> WeekEdit:
    """Other times or words for an event of the own calendar. Takes and raises what `update_event` does."""

    def change() -> Sequence[Model]:
        changed = events.update_event(user=user, event_id=event.pk, now=now, scope=scope, **fields)
        return [] if changed.series is None else [changed.series, *changed.series.occurrences.all()]

    words = f"{verb} {fields.get('title', event.title)}{_of_series(event, scope)}"
    return edit_week(user=user, now=now, words=words, touches=_rows(event), change=change)


def remove_event(*, user: User, event: Event, now: datetime, scope: str = ONE) -> WeekEdit:
    """Take an event, or all of its series, out of the own calendar. Raises what `delete_event` raises."""

    def change() -> None:
        events.delete_event(user=user, event_id=event.pk, now=now, scope=scope)

    words = f"Removed {event.title}{_of_series(event, scope)}"
    return edit_week(user=user, now=now, words=words, touches=_rows(event), change=change)


def _of_series(event: Event, scope: str) -> str:
    """Said of an event that repeats: whether only this time or all of them are meant."""
    if event.series_id is None:
        return ""
    return ", the whole series" if scope == ALL else ", only this one"


def _rows(event: Event) -> list[Model]:
    """What undo must remember: a series is remembered with all its occurrences."""
    is_own = event.source == Event.Source.OWN
    return [event.series] if event.series is not None and is_own else [event]
