"""A proven lower bound for plain problems: the time-indexed model of the same cost, solved by HiGHS.

x[task, start] = 1 if the task starts there, left[task] = 1 if it is left out; no two tasks at one time. Starts lie on
a lattice of `step` minutes; where every time of the problem does, no start between them is ever cheaper.
"""

import highspy
import numpy as np

from scheduling.domain.planner.board import Ground
from scheduling.domain.planner.cost import job_cost
from scheduling.domain.planner.problem import Problem


def bound(problem: Problem, *, step: int, seconds: float = 60.0, integer: bool = True) -> tuple[float, float | None]:
    """(lower bound, cost of the solver's own best plan or None). Buffers, daily limits, splitting, dependencies and
    habits are not in the model: the caller leaves them out of the problem."""
    ground = Ground(problem)
    slots = {
        minute: row
        for row, minute in enumerate(minute for start, end in ground.bins for minute in range(start, end, step))
    }
    jobs = [job for job in ground.jobs if job.is_open and job.wants]
    constant = sum(job_cost(job, ()) for job in ground.jobs if not (job.is_open and job.wants))
    costs: list[float] = []
    starts: list[int] = []
    rows: list[int] = []
    for position, job in enumerate(jobs):
        one = len(slots) + position
        costs.append(job_cost(job, ()))
        starts.append(len(rows))
        rows.append(one)
        for start, end in ground.bins:
            for minute in range(start, min(end, job.end) - job.rest + 1, step):
                if minute < job.start:
                    continue
                costs.append(job_cost(job, ((minute, minute + job.rest),)))
                starts.append(len(rows))
                rows.append(one)
                rows += [slots[at] for at in range(minute, minute + job.rest, step)]
    return _solve(costs, starts, rows, (len(slots), len(jobs)), constant, seconds=seconds, integer=integer)


def _solve(
    costs: list[float],
    starts: list[int],
    rows: list[int],
    shape: tuple[int, int],
    constant: float,
    *,
    seconds: float,
    integer: bool,
) -> tuple[float, float | None]:
    slots, jobs = shape
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = len(costs), slots + jobs
    model.col_cost_ = np.array(costs, dtype=float)
    model.col_lower_, model.col_upper_ = np.zeros(len(costs)), np.ones(len(costs))
    model.row_lower_ = np.concatenate([np.full(slots, -highspy.kHighsInf), np.ones(jobs)])
    model.row_upper_ = np.ones(slots + jobs)
    model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    model.a_matrix_.start_ = np.array([*starts, len(rows)], dtype=np.int32)
    model.a_matrix_.index_ = np.array(rows, dtype=np.int32)
    model.a_matrix_.value_ = np.ones(len(rows))
    if integer:
        model.integrality_ = [highspy.HighsVarType.kInteger] * len(costs)
    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("time_limit", seconds)
    solver.setOptionValue("threads", 1)
    solver.setOptionValue("mip_rel_gap", 1e-6)
    solver.passModel(model)
    solver.run()
    found = solver.getInfo()
    if not integer:
        if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            raise RuntimeError("the linear model was not solved in time")
        return constant + found.objective_function_value, None
    best = found.objective_function_value if found.primal_solution_status == 2 else None
    return constant + found.mip_dual_bound, None if best is None else constant + best
