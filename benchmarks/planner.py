"""The planner's figures: `python -m benchmarks.planner [--quick]` prints cost, bound, gap, placed, missed, moved, time.

Seeds are fixed. Times are CPU seconds of one core, so that a busy machine does not blur them; `p95` is the
95th percentile over the instances. Bounds are proven by HiGHS on the variant without splitting and dependencies.
"""

import argparse
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from random import Random
from typing import TypeVar

from benchmarks.bound import bound
from benchmarks.instances import STEP, instance
from scheduling.domain.planner import Block, Change, Problem, Result, consequences, plan

T = TypeVar("T")


@dataclass(frozen=True)
class Size:
    """One family of instances, and the iterations that take about `seconds`."""

    tasks: int
    weeks: int
    load: float
    iterations: int
    seconds: float


FULL = [
    Size(10, 1, 0.4, 4_000, 0.3),
    Size(50, 2, 1.0, 12_000, 1.0),
    Size(100, 4, 1.0, 11_000, 1.0),
    Size(200, 4, 0.8, 7_000, 1.0),
    Size(200, 4, 0.8, 14_000, 2.0),
]
SHARES = [1, 2, 4, 10, 20]
GREEDY = [Size(200, 4, 0.8, 0, 0.05), Size(1000, 12, 1.8, 0, 0.4)]


def timed(work: Callable[[], T]) -> tuple[T, float]:
    begun = time.process_time()
    value = work()
    return value, time.process_time() - begun


def percentile(values: list[float], share: float = 0.95) -> float:
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def missed(result: Result) -> int:
    return sum(outcome.status in ("partial", "unscheduled") for outcome in result.tasks)


def late(result: Result) -> int:
    return sum(outcome.status == "late" for outcome in result.tasks)


def full_table(count: int, solver_seconds: float) -> None:
    print("\nFull search against a proven bound (no splitting, no dependencies)")
    print(f"{'tasks':>6}{'iter.':>7}{'cost':>10}{'bound':>10}{'gap avg':>9}{'worst':>8}{'optimal':>9}", end="")
    print(f"{'greedy':>9}{'placed':>8}{'late':>6}{'missed':>8}{'p50 s':>8}{'p95 s':>8}")
    bounds: dict[tuple[int, int], float] = {}
    for size in FULL:
        rows = []
        for seed in range(count):
            problem = instance(seed, tasks=size.tasks, weeks=size.weeks, load=size.load, plain=True)
            if (seed, size.tasks) not in bounds:
                bounds[seed, size.tasks] = bound(problem, step=STEP, seconds=solver_seconds)[0]
            result, seconds = timed(lambda: plan(replace(problem, iterations=size.iterations)))  # noqa: B023
            rows.append((result, bounds[seed, size.tasks], seconds))
        gaps = [100 * (result.cost.total / proven - 1) for result, proven, _ in rows]
        greedy = [100 * (result.first_greedy_cost / proven - 1) for result, proven, _ in rows]
        times = [seconds for _, _, seconds in rows]
        optimal = sum(result.cost.total <= proven + 1 for result, proven, _ in rows)
        late_count = sum(late(result) for result, _, _ in rows) / count
        missed_count = sum(missed(result) for result, _, _ in rows) / count
        print(
            f"{size.tasks:>6}{size.iterations:>7}{sum(r.cost.total for r, _, _ in rows) // count:>10}"
            f"{sum(b for _, b, _ in rows) / count:>10.0f}{sum(gaps) / count:>8.2f}%{max(gaps):>7.2f}%"
            f"{optimal:>6}/{count:<2}{sum(greedy) / count:>8.1f}%{size.tasks - missed_count:>8.1f}{late_count:>6.1f}"
            f"{missed_count:>8.1f}{percentile(times, 0.5):>8.2f}{percentile(times):>8.2f}",
            flush=True,
        )


def greedy_table(count: int) -> None:
    print("\nGreedy, with splitting and dependencies")
    print(f"{'tasks':>6}{'weeks':>7}{'cost':>12}{'placed':>8}{'late':>6}{'missed':>8}{'p50 ms':>9}{'p95 ms':>9}")
    for size in GREEDY:
        results, times = [], []
        for seed in range(count):
            problem = instance(seed, tasks=size.tasks, weeks=size.weeks, load=size.load, effort="greedy")
            result, seconds = timed(lambda: plan(problem))  # noqa: B023
            results.append(result)
            times.append(seconds * 1000)
        missed_count = sum(missed(result) for result in results) / count
        late_count = sum(late(result) for result in results) / count
        print(
            f"{size.tasks:>6}{size.weeks:>7}{sum(r.cost.total for r in results) // count:>12}"
            f"{size.tasks - missed_count:>8.1f}{late_count:>6.1f}{missed_count:>8.1f}"
            f"{percentile(times, 0.5):>9.1f}{percentile(times):>9.1f}",
            flush=True,
        )


def share_table(count: int) -> None:
    """What a smaller share of the search costs, while many wait for their plans."""
    print(
        "\nA share of the usual search: cost above the whole search's, on average and at worst, and its seconds (p50)"
    )
    print(f"{'tasks':>6}{'weeks':>7}" + "".join(f"{f'1/{part}':>24}" for part in SHARES) + f"{'none':>24}")
    for size in (Size(40, 2, 0.6, 0, 0), *FULL[1:4]):
        problems = [instance(seed, tasks=size.tasks, weeks=size.weeks, load=size.load) for seed in range(count)]
        whole = [plan(problem).cost.total for problem in problems]
        cells = []
        for part in (*SHARES, None):
            share_of = 1 / part if part else 1.0
            runs = [
                timed(lambda: plan(problem if part else replace(problem, effort="greedy"), share=share_of))  # noqa: B023
                for problem in problems
            ]
            above = [100 * (run[0].cost.total / cost - 1) for run, cost in zip(runs, whole, strict=True)]
            seconds = percentile([run[1] for run in runs], 0.5)
            cells.append(f"{sum(above) / count:>8.1f}%{max(above):>6.0f}%{seconds:>8.2f}")
        print(f"{size.tasks:>6}{size.weeks:>7}" + "".join(cells), flush=True)


def edit_table(count: int) -> None:
    print("\nOne edit of a planned month of 200 tasks (a meeting lands on a block, a task is added or made longer)")
    print(
        f"{'what':<14}{'p50 ms':>8}{'p95 ms':>8}{'moved avg':>11}{'most':>6}{'cost after, against planning anew':>36}"
    )
    repairs, previews, moves, ratios, builds = [], [], [], [], []
    for seed in range(count):
        problem, seconds = timed(lambda: instance(seed, tasks=200, weeks=4, load=0.8))  # noqa: B023
        builds.append(seconds * 1000)
        planned = plan(replace(problem, iterations=7_000))
        previous = tuple(Block(block.task, block.start, block.end) for block in planned.blocks)
        for number in range(3):
            change, edited = edit(problem, previous, number, Random(f"{seed}/{number}"))
            result, seconds = timed(lambda: plan(replace(edited, effort="repair")))  # noqa: B023
            repairs.append(seconds * 1000)
            moves.append(sum(block.state == "moved" for block in result.blocks))
            _, seconds = timed(lambda: consequences(problem, previous, change))  # noqa: B023
            previews.append(seconds * 1000)
            if number == 0:
                ratios.append(after_background(edited, result) / anew(edited))
    print(f"{'build':<14}{percentile(builds, 0.5):>8.1f}{percentile(builds):>8.1f}")
    print(
        f"{'repair':<14}{percentile(repairs, 0.5):>8.1f}{percentile(repairs):>8.1f}"
        f"{sum(moves) / len(moves):>11.1f}{max(moves):>6}"
        f"{100 * (sum(ratios) / len(ratios) - 1):>+26.2f}% avg {100 * (max(ratios) - 1):>+.2f}% worst"
    )
    print(f"{'consequences':<14}{percentile(previews, 0.5):>8.1f}{percentile(previews):>8.1f}")


def edit(problem: Problem, previous: tuple[Block, ...], number: int, rng: Random) -> tuple[Change, Problem]:
    """One edit as a change to preview and as the problem after it."""
    block = rng.choice(previous[: len(previous) // 2])
    if number == 0:
        span = (block.start, block.start + 30)
        change = Change(busy=(span,))
        return change, replace(problem, previous=previous, busy=tuple(sorted([*problem.busy, span])))
    task = next(task for task in problem.tasks if task.id == block.task)
    if number == 1:
        task = replace(task, id="new", minutes=60, splittable=False, depends_on=(), priority=1, pinned=())
        tasks = (*problem.tasks, task)
    else:
        task = replace(task, minutes=min(240, task.minutes + 30), splittable=False)
        tasks = tuple(task if other.id == task.id else other for other in problem.tasks)
    ordered = tuple(sorted(tasks, key=lambda task: task.id))
    return Change(tasks=(task,)), replace(problem, previous=previous, tasks=ordered, changed=frozenset({task.id}))


def after_background(edited: Problem, repaired: Result) -> int:
    """The cost after repair and the background search, without the price of moving."""
    previous = tuple(Block(block.task, block.start, block.end) for block in repaired.blocks)
    result = plan(replace(edited, previous=previous, iterations=14_000))
    return result.cost.total - result.cost.changed


def anew(edited: Problem) -> int:
    return plan(replace(edited, previous=(), iterations=14_000)).cost.total


def memory() -> None:
    """Megabytes above the bare interpreter, in a process of its own."""
    bare = _peak("pass")
    work = "from benchmarks.instances import instance; from scheduling.domain.planner import plan; "
    for tasks, weeks, load in ((200, 4, 0.8), (1000, 12, 1.8)):
        call = f"plan(instance(0, tasks={tasks}, weeks={weeks}, load={load}))"
        print(
            f"memory, full, {tasks} tasks: {_peak(work + call) - bare:.0f} MB above the bare interpreter ({bare:.0f})"
        )


def _peak(code: str) -> float:
    report = f"{code}; print(next(line.split()[1] for line in open('/proc/self/status') if line.startswith('VmHWM')))"
    done = subprocess.run([sys.executable, "-c", report], capture_output=True, text=True, check=True)
    return int(done.stdout.split()[-1]) / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="few instances and short proofs")
    quick = parser.parse_args().quick
    print(f"Python {sys.version.split()[0]}, one core")
    edit_table(3 if quick else 20)
    greedy_table(3 if quick else 20)
    share_table(3 if quick else 20)
    full_table(3 if quick else 20, 20 if quick else 60)
    print()
    memory()
    print(f"this process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB with the solver")


if __name__ == "__main__":
    main()
