"""What a plan costs: one integer, and nothing else decides between two legal plans.

A task is judged as a whole; a habit week by week, each occurrence like a task that is due when its week ends.
"""

from bisect import bisect_right

from scheduling.domain.planner.jobs import FOREVER, Job
from scheduling.domain.planner.problem import Cost, Span
from scheduling.domain.planner.weights import CHANGED, EXTRA_BLOCK, OUTSIDE_PREFERRED


def job_cost(job: Job, spans: tuple[Span, ...]) -> int:
    """The cost of giving `spans` (in time order) to `job`, its fixed blocks included."""
    if job.habit is not None:
        return job_parts(job, spans).total
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


def job_parts(job: Job, spans: tuple[Span, ...]) -> Cost:
    """The same, part by part; for a habit's week each block is judged by itself."""
    ends = [end for _, end in (*job.fixed, *spans)]
    weight = job.weight
    if job.habit is None:
        placed = job.fixed_minutes + sum(end - start for start, end in spans)
        ends = [max(ends)] if ends else []
        missing, asked = max(0, job.minutes - placed), job.minutes
        split = EXTRA_BLOCK * max(0, job.fixed_count + len(spans) - 1)
    else:
        missing, asked, split = max(0, job.count - len(spans)), 1, 0
    return Cost(
        late=sum(weight * max(0, end - job.late_from) for end in ends),
        finishing=sum(weight * max(0, end - job.now) // 60 for end in ends),
        unplaced=job.left_out * missing // asked,
        split=split,
        preferred=OUTSIDE_PREFERRED * (job.fixed_outside + outside(job, spans)) if job.preferred is not None else 0,
        changed=CHANGED if not set(job.old) <= set(spans) else 0,
    )


def outside(job: Job, spans: tuple[Span, ...]) -> int:
    """How many of `spans` do not lie wholly inside the job's preferred part of the day."""
    parts = job.preferred or ()
    count = 0
    for start, end in spans:
        position = bisect_right(parts, (start, FOREVER)) - 1
        if position < 0 or parts[position][1] < end:
            count += 1
    return count


def total(costs: list[Cost]) -> Cost:
    """The sum, part by part."""
    return Cost(
        late=sum(cost.late for cost in costs),
        finishing=sum(cost.finishing for cost in costs),
        unplaced=sum(cost.unplaced for cost in costs),
        split=sum(cost.split for cost in costs),
        preferred=sum(cost.preferred for cost in costs),
        changed=sum(cost.changed for cost in costs),
    )
