"""One problem in JSON in, one result in JSON out."""

from collections.abc import Callable
from typing import Any

from scheduling.domain.planner.planning import plan
from scheduling.domain.planner.problem_json import parse_problem, read_json
from scheduling.domain.planner.result_json import result_json
from timeflow.lib.time import zone


def solve(text: str | bytes, *, tick: Callable[[], float] | None = None) -> dict[str, Any]:
    """Plan the problem in `text`; raises `InvalidProblem` with everything that is wrong. `tick` as for `plan`."""
    value = read_json(text)
    problem = parse_problem(value)
    tz = zone(value["time_zone"])
    return result_json(plan(problem, tick=tick), tz, problem.now)
