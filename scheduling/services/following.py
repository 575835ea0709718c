"""What the person did to planned blocks in a calendar elsewhere: the plan follows them."""

from datetime import datetime

from accounts.models import User
from accounts.services.changes import changing, holding
from availability.models import Copy, Event
from availability.services.mirrors.copies import followed, news_of, put_back
from scheduling.models import Block
from scheduling.services.blocks import pin_at
from scheduling.services.repairs import repair_week
from timeflow.lib.errors import Invalid


def follow_copies(*, user: User, now: datetime) -> None:
    """A moved block is pinned where it was put, a deleted one goes, and its work is to be planned again.

    The rest of the plan is repaired, or a repair proposed, as after any change from outside. What is over already
    stays as it was. Safe to run twice.
    """
    with holding(user.pk) as person:
        freed = _follow(person, now)
        repair_week(user=person, is_own_edit=False, now=now, places=freed)


def _follow(user: User, now: datetime) -> set[str]:
    """The ids of the tasks and habits whose blocks went."""
    news = news_of(user)
    freed: set[str] = set()
    if not news:
        return freed
    with changing(user.pk) as person:
        blocks = Block.objects.of(person).select_related("event", "task", "habit")
        for copy in news:
            block = blocks.filter(event=copy.event_id).first()
            if block is None:
                # It is planned no more: the twin goes, too, wherever it was moved to.
                followed(copy)
            elif copy.news == Copy.News.MOVED:
                _move(block, copy, now)
            elif block.event.starts_at > now:
                freed.add(str(block.work_id))
                Event.objects.filter(pk=block.event_id).delete()
                followed(copy)
    return freed


def _move(block: Block, copy: Copy, now: datetime) -> None:
    try:
        if block.event.ends_at <= now or copy.there_from is None or copy.there_until is None:
            raise Invalid
        pin_at(block, copy.there_from, copy.there_until, now)
    except Invalid:
        put_back(copy)
    else:
        followed(copy)
