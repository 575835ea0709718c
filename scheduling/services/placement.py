"""Turning wanted blocks into rows: what stays is not touched, what moves keeps its row and its event."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from accounts.models import User
from availability.models import Event
from availability.services.events import BlockTime, write_block_events
from scheduling.domain.placing import Difference, Wanted, clashing, difference
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
    rows: dict[Wanted, list[Block]] = defaultdict(list)
    for row in live:
        rows[wanted_of(row)].append(row)
    kept = [(rows[old].pop(), new) for old, new in found.kept]
    changed = [(rows[old].pop(), new) for old, new in found.moved]
    removed = [rows[old].pop().event for old in found.removed]
    clashes = clashing(wanted)
    changed += [(row, new) for row, new in kept if row.event.is_exclusive is not _is_guarded(new, clashes, row, now)]
    journal.expect([row.event for row, _ in changed] + removed)
    fresh = {block: new_id() for block in found.new}
    write_block_events(
        user=user,
        new=[_time(event_id, block, works, block not in clashes) for block, event_id in fresh.items()],
        changed=[_time(row.event_id, block, works, _is_guarded(block, clashes, row, now)) for row, block in changed],
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


def _is_guarded(block: Wanted, clashes: Collection[Wanted], row: Block, now: datetime) -> bool:
    """A block is under the guard against overlaps while it is not pinned and could still move out of the way.

    One that began keeps what it had: it may have been unpinned over another that began.
    """
    if block.is_pinned or block in clashes:
        return False
    return block.start >= now or row.event.is_exclusive


def _time(event_id: UUID, block: Wanted, works: Mapping[str, Work], is_guarded: bool) -> BlockTime:
    return BlockTime(event_id, works[block.work].title, block.start, block.end, is_guarded)
