"""What staff do about calendars of accounts. The owner's log says that it was staff who did it."""

from datetime import datetime

from django.db import transaction

from accounts.models import Connection, User
from accounts.services.staffing import note_deed
from availability.models import Mirror
from availability.services.mirrors.listing import look_at_mirror
from timeflow.lib.errors import Refusal


@transaction.atomic
def look_now(mirror: Mirror, *, staff: User, now: datetime) -> None:
    """Have a calendar read and written soon, although it rests after a failure."""
    if mirror.connection.state != Connection.State.ACTIVE:
        raise Refusal("The account must be connected again, which only they can do.")
    if not (mirror.is_followed or mirror.receives_blocks or mirror.is_leaving):
        raise Refusal("They do not follow that calendar.")
    look_at_mirror(mirror=mirror, now=now)
    note_deed(user=mirror.user, staff=staff, now=now, model="calendar, by having it looked at")
