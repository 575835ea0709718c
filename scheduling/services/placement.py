"""Turning wanted blocks into rows: what stays is not touched, what moves keeps its row and its event."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from accounts.models import User
from availability.models import Event
from availability.services.events import BlockTime, write_block_events
from scheduling.domain.placing import Difference, Wanted, difference
from scheduling.domain.week import Work
from scheduling.models import Block
from scheduling.selectors.planning import live_blocks, wanted_of
from scheduling.services.journal import Journal
from timeflow.lib.ids import new_id


def place(
    *, user: User, wanted: Sequence[Wanted], works: Mapping[str, Work], journal: Journal, now: datetime
) -> Difference:
    """Make the person's live blocks be `wanted`. Call inside `changing(user.pk)`."""
    live = live_blocks(user, now)
    found = difference([wanted_of(block) for block in live], wanted)
    rows = {wanted_of(block).place: block for block in live}
    changed = [(rows[old.place], new) for old, new in found.moved]
    # A block is under the guard against overlaps exactly while it is not pinned.
    changed += [
        (rows[old.place], new) for old, new in found.kept if rows[old.place].event.is_exclusive is new.is_pinned
    ]
    removed = [rows[old.place].event for old in found.removed]
    journal.expect([block.event for block, _ in changed] + removed)
    fresh = {block: new_id() for block in found.new}
    write_block_events(
        user=user,
        new=[_time(event_id, block, works) for block, event_id in fresh.items()],
        changed=[_time(row.event_id, block, works) for row, block in changed],
        removed=[event.pk for event in removed],
        now=now,
    )
    for pinned in (True, False):
        turning = [row.pk for row, block in changed if block.is_pinned is pinned and row.is_pinned is not pinned]
        Block.objects.filter(pk__in=turning).update(is_pinned=pinned)
    made = [
        Block(user=user, event_id=event_id, is_pinned=block.is_pinned, **{f"{works[block.work].kind}_id": block.work})
        for block, event_id in fresh.items()
    ]
    Block.objects.bulk_create(made)
    journal.made([*made, *(Event(pk=block.event_id) for block in made)])
    return found


def _time(event_id: UUID, block: Wanted, works: Mapping[str, Work]) -> BlockTime:
    return BlockTime(event_id, works[block.work].title, block.start, block.end, not block.is_pinned)
