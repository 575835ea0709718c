"""What people of four sorts do in a day: an assumption, to be replaced when real days have been counted."""

from dataclasses import dataclass

from availability.domain.google_load import Sort


@dataclass(frozen=True)
class Habits:
    """What somebody does in a day. `calendars`: followed ones at Google, besides the one of ours for the plan."""

    calendars: int
    changes: int
    """Events that appear, move or go at Google, by whomever."""
    plans: int
    tasks: int
    """New ones that each of these plans places."""
    moves: int
    """Blocks dragged here."""
    twins: int
    """Blocks dragged at Google."""
    looks: int
    """Times that somebody asks to have all read now."""
    comes: bool = True


HABITS = {
    Sort.QUIET: Habits(calendars=1, changes=2, plans=1, tasks=2, moves=1, twins=0, looks=0),
    Sort.USUAL: Habits(calendars=2, changes=8, plans=1, tasks=5, moves=4, twins=1, looks=1),
    Sort.BUSY: Habits(calendars=4, changes=30, plans=3, tasks=3, moves=12, twins=3, looks=4),
    Sort.AWAY: Habits(calendars=2, changes=8, plans=0, tasks=0, moves=0, twins=0, looks=0, comes=False),
}
