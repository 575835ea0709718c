"""How much one person's calendars may hold, so that nobody's weeks take the whole server to draw."""

from accounts.models import User
from availability.models import Calendar, Event
from timeflow.lib import bounds
from timeflow.lib.errors import Invalid

FULL = "At most {:,} events are kept in all your calendars together; remove a calendar first."


def require_room(person: User, more: int, *, field: str, instead_of: Calendar | None = None) -> None:
    """`more` events may come, in place of those in `instead_of`. Raises `Invalid` about `field`.

    Planned work does not count: it is bounded by its tasks.
    """
    kept = Event.objects.of(person).exclude(source=Event.Source.BLOCK)
    if instead_of:
        kept = kept.exclude(calendar=instead_of)
    if kept.count() + more > bounds.EVENTS:
        raise Invalid.field(field, FULL.format(bounds.EVENTS))
