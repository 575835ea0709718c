"""The planner's words: what goes into a plan and what comes out. Every time is whole minutes since the epoch."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

Span = tuple[int, int]
Effort = Literal["repair", "greedy", "full"]
Status = Literal["planned", "late", "partial", "unscheduled"]
State = Literal["kept", "moved", "new"]

PARTS = ("morning", "afternoon", "evening")


@dataclass(frozen=True, slots=True)
class InputError:
    """One thing that is wrong with a problem: where (`tasks[3].minutes`) and why."""

    field: str
    reason: str


class InvalidProblem(ValueError):
    """The input is not a problem; `errors` lists everything that was found, in the order of the input."""

    def __init__(self, errors: list[InputError]) -> None:
        super().__init__("; ".join(f"{error.field}: {error.reason}" for error in errors))
        self.errors = tuple(errors)


class Cancelled(Exception):
    """`is_cancelled` said yes between two steps of the search."""


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch of time [start, end) given to the task or habit with this id."""

    task: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Task:
    """Work to be placed. `minutes` is what remains, fixed blocks included; block limits bind splittable tasks only."""

    id: str
    minutes: int
    priority: int = 2
    due: int | None = None
    hard: bool = False
    earliest_start: int | None = None
    splittable: bool = False
    min_block: int = 30
    max_block: int = 120
    max_per_day: int | None = None
    depends_on: tuple[str, ...] = ()
    preferred: str | None = None
    pinned: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Habit:
    """Work that recurs, once a local day at most. `weekdays` are 0 (Monday) to 6."""

    id: str
    minutes: int
    times_per_week: int
    priority: int = 3
    preferred: str | None = None
    weekdays: frozenset[int] = frozenset(range(7))
    min_days_between: int = 0
    done: frozenset[date] = frozenset()
    pinned: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Day:
    """A local date and the instants [start, end) that it covers; `week` is the first date of its week."""

    on: date
    week: date
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Problem:
    """Everything a plan depends on, in one canonical order; made by `build_problem`.

    `windows` are the merged working hours, `busy` the opaque events, `parts` the stretches of each part of the day.
    `days` cover every week that meets [now, horizon_end).
    `starts_within` lets new work start in [lo, hi) only; old blocks outside it stay while they are legal.
    `only` names the tasks that are planned: all others' old blocks are fixed and nothing is added to them.
    `changed` names the tasks that an edit touched: a repair may move others for their sake.
    """

    now: int
    horizon_end: int
    days: tuple[Day, ...]
    windows: tuple[Span, ...]
    busy: tuple[Span, ...]
    parts: Mapping[str, tuple[Span, ...]]
    tasks: tuple[Task, ...]
    habits: tuple[Habit, ...]
    previous: tuple[Block, ...]
    grid: int = 5
    seed: int = 0
    iterations: int | None = None
    effort: Effort = "full"
    buffer: int = 0
    daily_max: int | None = None
    freeze: int = 0
    starts_within: Span | None = None
    only: frozenset[str] | None = None
    changed: frozenset[str] = frozenset()

    @property
    def owners(self) -> tuple[Task | Habit, ...]:
        """Tasks and habits: whatever a block can belong to."""
        return (*self.tasks, *self.habits)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a task is not simply planned. `facts` hold ids, minutes and instants (minutes since the epoch) only."""

    code: str
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class PlannedBlock:
    """A block of the result; `previous` is the old span of a moved block."""

    task: str
    start: int
    end: int
    pinned: bool
    state: State
    previous: Span | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one task or habit. `asked_minutes` is what it wanted; `last_end` is None without a block."""

    id: str
    status: Status
    asked_minutes: int
    placed_minutes: int
    late_minutes: int
    last_end: int | None
    due: int | None
    reason: Reason | None = None


@dataclass(frozen=True, slots=True)
class Cost:
    """The parts of the one integer that a plan is judged by."""

    late: int = 0
    finishing: int = 0
    unplaced: int = 0
    split: int = 0
    preferred: int = 0
    changed: int = 0

    @property
    def total(self) -> int:
        return self.late + self.finishing + self.unplaced + self.split + self.preferred + self.changed


@dataclass(frozen=True, slots=True)
class Result:
    """A plan: blocks in time order, the old blocks that are gone, and one outcome for each task and habit."""

    blocks: tuple[PlannedBlock, ...]
    removed: tuple[Block, ...]
    tasks: tuple[Outcome, ...]
    cost: Cost
    first_greedy_cost: int
    iterations: int
    capped: bool = False
    elapsed_ms: int = 0


@dataclass(frozen=True, slots=True)
class Change:
    """One edit to try: events that come or go, tasks and habits that are added or replaced (same id), ids that go,
    and blocks that are dragged: the old block, or None for a new one, and where it is pinned now."""

    busy: tuple[Span, ...] = ()
    free: tuple[Span, ...] = ()
    tasks: tuple[Task, ...] = ()
    habits: tuple[Habit, ...] = ()
    without: frozenset[str] = frozenset()
    drags: tuple[tuple[Block | None, Block], ...] = ()


@dataclass(frozen=True, slots=True)
class Slip:
    """A task that ends later, becomes late or loses minutes by a change."""

    id: str
    before: Outcome | None
    after: Outcome


@dataclass(frozen=True, slots=True)
class Consequences:
    """What one change would do to a plan: the repaired plan and the difference that the change alone makes."""

    result: Result
    moved: tuple[PlannedBlock, ...]
    new: tuple[PlannedBlock, ...]
    removed: tuple[Block, ...]
    slips: tuple[Slip, ...] = field(default=())
    cost_before: int = 0
    cost_after: int = 0


def can_be_split(minutes: int, min_block: int, max_block: int) -> bool:
    """Whether `minutes` is a sum of blocks of `min_block`..`max_block` minutes; no minutes need no block."""
    return minutes == 0 or -(-minutes // max_block) <= minutes // min_block
