"""The planner: puts tasks and habits into free time, legally, cheaply, with a reason for everything late or left out.

Pure: no clock, no I/O, no framework. Times inside are whole minutes since the epoch (`timeflow.lib.time`).

    problem = build_problem(zone_on=..., now=..., horizon_end=..., hours=..., events=..., tasks=[TaskInput(...)], ...)
    result = plan(problem)                                   # effort from the problem: repair, greedy or full
    what_if = consequences(problem, blocks, Change(...))     # the price of a yes, by repair alone

`build_problem` takes rows (aware datetimes, dates, minutes of the day) and raises `InvalidProblem`, whose `errors`
name each wrong field and why. `parse_problem` does the same for the JSON format of `manage.py solve`.
A task whose remaining minutes cannot be made from its blocks is an input error: pass `splittable=False` where
`can_be_split(minutes, min_block, max_block)` is False.

`Result.blocks` are all blocks of the plan, fixed ones included, each kept, moved or new; `Result.removed` are old
blocks without a successor; `Result.tasks` holds one `Outcome` per task and habit with its status and `Reason`.
`reason_sentence` turns one into a plain sentence, given titles and how the person reads times;
`facts_json(reason, zone_on)` makes facts storable, `result_json(result, tz, now)` renders everything.

`plan(..., tick=time.perf_counter, on_progress=..., is_cancelled=...)` lets a job watch and stop a search;
none of the three changes the result (a cancel raises `Cancelled`, a guard that strikes says `capped`).
"""

from scheduling.domain.planner.build import (
    DEFAULT_PARTS,
    HabitInput,
    Settings,
    TaskInput,
    build_problem,
    span_of,
)
from scheduling.domain.planner.change import consequences
from scheduling.domain.planner.planning import plan
from scheduling.domain.planner.problem import (
    Block,
    Cancelled,
    Change,
    Consequences,
    Cost,
    Habit,
    InputError,
    InvalidProblem,
    Outcome,
    PlannedBlock,
    Problem,
    Reason,
    Result,
    Slip,
    Task,
    can_be_split,
)
from scheduling.domain.planner.problem_json import parse_problem, read_json
from scheduling.domain.planner.result_json import facts_json, instant_text, result_json
from scheduling.domain.planner.sentences import reason_sentence
from scheduling.domain.planner.solving import solve

__all__ = [
    "DEFAULT_PARTS",
    "Block",
    "Cancelled",
    "Change",
    "Consequences",
    "Cost",
    "Habit",
    "HabitInput",
    "InputError",
    "InvalidProblem",
    "Outcome",
    "PlannedBlock",
    "Problem",
    "Reason",
    "Result",
    "Settings",
    "Slip",
    "Task",
    "TaskInput",
    "build_problem",
    "can_be_split",
    "consequences",
    "facts_json",
    "instant_text",
    "parse_problem",
    "plan",
    "read_json",
    "reason_sentence",
    "result_json",
    "solve",
    "span_of",
]
