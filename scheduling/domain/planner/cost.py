"""What a plan costs: one integer, and nothing else decides between two legal plans.

A task is judged as a whole; a habit week by week, each occurrence like a task that is due when its week ends.
"""

from bisect import bisect_right
from collections.abc import Iterable

from scheduling.domain.planner.jobs import FOREVER, Job
from scheduling.domain.planner.problem import Cost, Span
from scheduling.domain.planner.weights import CHANGED, EXTRA_BLOCK, OUTSIDE_PREFERRED

Parts = tuple[int, int, int, int, int, int]


def job_cost(job: Job, spans: tuple[Span, ...]) -> int:
    """The cost of giving `spans` (in time order) to `job`, its fixed blocks included."""
    if job.habit is not None:
        return sum(job_parts(job, spans))
    cost, placed, last = 0, job.fixed_minutes, job.fixed_end
    blocks = job.fixed_count + len(spans)
    if blocks > 1:
        cost = EXTRA_BLOCK * (blocks - 1)
    for start, end in spans:
        placed += end - start
        last = max(last, end)
    if last > job.now:
        cost += job.weight * (last - job.now) // 60
        if last > job.late_from:
            cost += job.weight * (last - job.late_from)
    if placed < job.minutes:
        cost += job.left_out * (job.minutes - placed) // job.minutes
    if job.preferred is not None:
        cost += OUTSIDE_PREFERRED * (job.fixed_outside + outside(job, spans))
    if job.old and spans != job.old and not set(job.old) <= set(spans):
        cost += CHANGED
    return cost


def job_parts(job: Job, spans: tuple[Span, ...]) -> Parts:
    """The same, part by part in the order of `Cost`; for a habit's week each block is judged by itself."""
    late = finishing = split = 0
    weight, now, late_from = job.weight, job.now, job.late_from
    ends = [end for _, end in (job.fixed + spans)]
    if job.habit is None:
        missing = job.minutes - job.fixed_minutes - sum([end - start for start, end in spans])
        asked, split = job.minutes, EXTRA_BLOCK * max(0, len(ends) - 1)
        ends = [max(ends)] if ends else ends
    else:
        missing, asked = job.count - len(spans), 1
    for end in ends:
        if end > now:
            finishing += weight * (end - now) // 60
        if end > late_from:
            late += weight * (end - late_from)
    left_out = job.left_out * missing // asked if missing > 0 else 0
    preferred = 0 if job.preferred is None else OUTSIDE_PREFERRED * (job.fixed_outside + outside(job, spans))
    changed = CHANGED if job.old and not set(job.old) <= set(spans) else 0
    return late, finishing, left_out, split, preferred, changed


def outside(job: Job, spans: tuple[Span, ...]) -> int:
    """How many of `spans` do not lie wholly inside the job's preferred part of the day."""
    parts = job.preferred or ()
    count = 0
    for start, end in spans:
        position = bisect_right(parts, (start, FOREVER)) - 1
        if position < 0 or parts[position][1] < end:
            count += 1
    return count


def total(parts: Iterable[Parts]) -> Cost:
    """The sum, part by part."""
    return Cost(*map(sum, zip(*parts, strict=True)))
