"""How a block ends before its time: what was worked stays in the calendar, what is left of it is free again."""

from datetime import datetime, timedelta

from availability.models import Event
from scheduling.models import Block


def block_length(block: Block) -> int:
    """Its planned minutes."""
    return int((block.event.ends_at - block.event.starts_at) / timedelta(minutes=1))


def stop_block(block: Block, now: datetime) -> int:
    """End the block at `now`, or take it away if it has not begun; the minutes worked."""
    end = now.replace(second=0, microsecond=0)
    if end <= block.event.starts_at:
        Event.objects.filter(pk=block.event_id).delete()
        return 0
    Event.objects.filter(pk=block.event_id).update(ends_at=end, updated_at=now)
    return int((end - block.event.starts_at) / timedelta(minutes=1))


def finish_early(block: Block, now: datetime) -> bool:
    """The work of a running or coming block is done sooner than planned: all that it was planned for counts.

    False if nothing of it was worked; then it is gone.
    """
    planned = block_length(block)
    if not stop_block(block, now):
        return False
    Block.objects.filter(pk=block.pk).update(outcome=Block.Outcome.DONE, worked_minutes=planned)
    return True
