"""Plans made in the background: a durable job, claimed by one worker at a time and finished exactly once."""

import uuid
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F, Q

from accounts.models import User
from accounts.services.changes import holding
from scheduling.domain.planner import Cancelled
from scheduling.domain.planner.problem import Effort
from scheduling.errors import JobFinished, PlanRunning, RangeTooLong, TooManyOpenTasks
from scheduling.models import Plan, PlanJob, Task
from scheduling.selectors.planning import Scope, load_week
from scheduling.selectors.plans import newest_applied, proposal_of
from scheduling.services.plans import save_proposal
from timeflow.lib import bounds
from timeflow.lib.errors import Invalid, Refusal
from timeflow.lib.http import owned
from timeflow.lib.metrics import tell_job
from timeflow.lib.queue import enqueue
from timeflow.lib.urgency import ASKED, LATER

QUEUED, RUNNING = PlanJob.State.QUEUED, PlanJob.State.RUNNING
OPEN = (QUEUED, RUNNING)
# A worker shows that it lives at every step of the search; one that is silent for this long is gone.
SILENCE = timedelta(seconds=45)
# A message is lost if its job was not begun by then. And how long a search waits: edits come in bursts, and one behind
# each would be overtaken by the next.
LULL = timedelta(seconds=20)
MAX_ATTEMPTS = 5
MAX_STALE_RUNS = 3
LEAST_SHARE = 1 / 20
"""Of the search, however many wait; below it a plan takes as long to read and to save as to make."""
Clock = Callable[[], datetime]


@dataclass(frozen=True)
class PlanRequest:
    """What to plan: new work starts in [starts_from, starts_until) only; `tasks` alone are planned, others stay."""

    effort: Effort = "full"
    starts_from: str | None = None
    starts_until: str | None = None
    tasks: tuple[str, ...] | None = None


def request_plan(*, user: User, wish: PlanRequest, now: datetime) -> PlanJob:
    """Queue a plan. While one runs, the same wish answers with its job and another raises `PlanRunning`.

    A search that TimeFlow started by itself makes way. Raises `Invalid` for a range that is empty or too long.
    """
    _check_range(wish, now)
    _check_tasks(user, wish)
    with holding(user.pk) as person:
        running = PlanJob.objects.of(person).filter(state__in=OPEN).first()
        if running and running.origin == Plan.Origin.SEARCH:
            _finish(running, PlanJob.State.CANCELLED, now)
            running = None
        if running:
            if running.request != _body(wish):
                raise PlanRunning(job=str(running.pk))
            return running
        job = _queued(person, wish, Plan.Origin.REQUEST, now)
        send_job(job.pk, job.origin)
    return job


def _body(wish: PlanRequest) -> dict[str, Any]:
    return asdict(wish) | {"tasks": sorted(wish.tasks) if wish.tasks is not None else None}


def _queued(person: User, wish: PlanRequest, origin: str, now: datetime) -> PlanJob:
    return PlanJob.objects.create(user=person, origin=origin, request=_body(wish), progress="Waiting", created_at=now)


def _check_range(wish: PlanRequest, now: datetime) -> None:
    start, end = (text and datetime.fromisoformat(text) for text in (wish.starts_from, wish.starts_until))
    if start and end and end <= start:
        raise Invalid.field("range.end", "It ends before it starts.")
    if end and end <= now:
        raise Invalid.field("range.end", "This range is over already.")
    if any(edge and edge - now > bounds.LONGEST_HORIZON for edge in (start, end)):
        raise RangeTooLong(fields={"range": [RangeTooLong.detail]})


def _check_tasks(user: User, wish: PlanRequest) -> None:
    rows = Task.objects.of(user).open()
    if rows.count() > bounds.OPEN_TASKS:
        raise TooManyOpenTasks(fields={"tasks": [TooManyOpenTasks.detail]})
    if wish.tasks is None:
        return
    known = {str(pk) for pk in rows.filter(pk__in=wish.tasks).values_list("pk", flat=True)}
    unknown = {
        f"tasks[{place}]": ["There is no such open task."] for place, pk in enumerate(wish.tasks) if pk not in known
    }
    if unknown:
        raise Invalid(fields=unknown)


def search_in_background(*, user: User, now: datetime) -> None:
    """After an edit, inside `changing`: look for a better plan, once no other edit has come for `LULL`.

    The sweeper sends it then. What an earlier edit asked for is void. None is made beside a plan that the person asked
    for, or while one not of our own waits for a word.
    """
    waiting = proposal_of(user)
    if waiting is not None and waiting.origin != Plan.Origin.SEARCH:
        return
    for job in PlanJob.objects.of(user).open():
        if job.origin != Plan.Origin.SEARCH:
            return
        _finish(job, PlanJob.State.CANCELLED, now)
    _queued(user, PlanRequest(), Plan.Origin.SEARCH, now)


def cancel_job(*, user: User, job_id: uuid.UUID, now: datetime) -> PlanJob:
    """Stop a job. Raises `NotFound`, `JobFinished`; cancelling twice is fine."""
    with holding(user.pk) as person:
        job = owned(PlanJob.objects.of(person), job_id)
        if job.state in OPEN:
            _finish(job, PlanJob.State.CANCELLED, now)
        elif job.state != PlanJob.State.CANCELLED:
            raise JobFinished
    return job


def cancel_open_jobs(*, user_id: uuid.UUID, now: datetime) -> None:
    """Stop whatever is being planned for the person."""
    PlanJob.objects.filter(user_id=user_id, state__in=OPEN).update(state=PlanJob.State.CANCELLED, finished_at=now)


def _finish(job: PlanJob, state: str, now: datetime, **fields: Any) -> None:
    job.state, job.finished_at = state, now
    for name, value in fields.items():
        setattr(job, name, value)
    job.save(update_fields=["state", "finished_at", *fields])
    _tell_end(job, state, now)


def _tell_end(job: PlanJob, state: str, now: datetime) -> None:
    tell_job(kind=f"plan_{job.origin}", state=state, seconds=(now - job.created_at).total_seconds())


def run_job(*, job_id: uuid.UUID, clock: Clock, tick: Callable[[], float]) -> None:
    """Make the plan of a job. May be called twice or by two workers: only the holder of the attempt writes.

    `clock` reads the time whenever the job shows that it lives; `tick` is the stopwatch that caps the search.
    """
    attempt = _claim(job_id, clock())
    if attempt is None:
        return
    try:
        for _ in range(MAX_STALE_RUNS):
            if _plan_once(attempt, clock, tick):
                return
        _fail(attempt, "Your week kept changing while it was planned. Try again.", clock())
    except Cancelled:
        return
    except Refusal as refusal:
        _fail(attempt, refusal.detail, clock())
    except Exception:
        _fail(attempt, "Planning failed on our side. Nothing was changed; try again.", clock())
        raise


def _claim(job_id: uuid.UUID, now: datetime) -> PlanJob | None:
    free = Q(state=QUEUED) | Q(state=RUNNING, heartbeat_at__lt=now - SILENCE)
    claimed = PlanJob.objects.filter(free, pk=job_id, attempt__lt=MAX_ATTEMPTS).update(
        state=RUNNING, attempt=F("attempt") + 1, heartbeat_at=now, progress="Reading your week"
    )
    return PlanJob.objects.select_related("user").get(pk=job_id) if claimed else None


def _mine(attempt: PlanJob) -> Any:
    return PlanJob.objects.filter(pk=attempt.pk, state=RUNNING, attempt=attempt.attempt)


class _Pulse:
    """Shows twice a second that the attempt lives and how far it is, and learns whether it is still wanted."""

    def __init__(self, attempt: PlanJob, clock: Clock, tick: Callable[[], float]) -> None:
        self.attempt, self.clock, self.tick = attempt, clock, tick
        self.last, self.words, self.cancelled = float("-inf"), attempt.progress, False

    def show(self, fraction: float) -> None:
        self.words = f"Trying other weeks, {fraction:.0%}"

    def is_cancelled(self) -> bool:
        if self.tick() - self.last > 0.5:
            self.last = self.tick()
            shown = _mine(self.attempt).update(progress=self.words, heartbeat_at=self.clock())
            self.cancelled = not shown
        return self.cancelled


def _fail(attempt: PlanJob, words: str, now: datetime) -> None:
    if _mine(attempt).update(state=PlanJob.State.FAILED, error=words, finished_at=now):
        _tell_end(attempt, PlanJob.State.FAILED, now)


def _plan_once(attempt: PlanJob, clock: Clock, tick: Callable[[], float]) -> bool:
    """Plan, and save if the person's data is still what was planned from. False if it changed meanwhile."""
    now = clock()
    user = User.objects.get(pk=attempt.user_id)
    wish = PlanRequest(**attempt.request)
    week = load_week(user, now, effort=wish.effort, scope=_scope(attempt, wish, now))
    pulse = _Pulse(attempt, clock, tick)
    result = week.plan(on_progress=pulse.show, is_cancelled=pulse.is_cancelled, tick=tick, share=_share(attempt))
    is_offered = week.gain(result) > 0 if attempt.origin == Plan.Origin.SEARCH else bool(result.tasks)
    with holding(user.pk) as person:
        if person.data_version != week.data_version:
            return False
        if not _mine(attempt).select_for_update().exists():
            raise Cancelled
        plan = None
        if is_offered:
            plan = save_proposal(user=person, week=week, result=result, origin=attempt.origin, now=clock())
        now = clock()
        _mine(attempt).update(state=PlanJob.State.DONE, plan=plan, progress="Done", finished_at=now)
    _tell_end(attempt, PlanJob.State.DONE, now)
    return True


def _share(attempt: PlanJob) -> float:
    """How much of the usual search this attempt does: the less, the more jobs wait for each that is being worked on.

    Many get a good plan soon rather than few the best one; docs/BACKGROUND_SCHEDULING.md has the figures. A request
    need not care about searches that wait: they come after it.
    """
    waiting = PlanJob.objects.filter(state=QUEUED)
    if attempt.origin != Plan.Origin.SEARCH:
        waiting = waiting.exclude(origin=Plan.Origin.SEARCH)
    running = max(1, PlanJob.objects.filter(state=RUNNING).count())
    return max(running / (running + waiting.count()), LEAST_SHARE)


def _scope(attempt: PlanJob, wish: PlanRequest, now: datetime) -> Scope:
    """A search of our own improves what is planned and adds nothing; a request plans everything that is open."""
    if attempt.origin == Plan.Origin.SEARCH:
        current = newest_applied(attempt.user)
        return Scope(works=(), horizon_end=current.horizon_ends_at if current else None)
    start = datetime.fromisoformat(wish.starts_from) if wish.starts_from else now
    within = (max(start, now), datetime.fromisoformat(wish.starts_until)) if wish.starts_until else None
    return Scope(only=wish.tasks, starts_within=within)


def sweep_jobs(*, now: datetime) -> int:
    """Send again every job that nobody works on, and give up on those that failed too often. Returns how many."""
    silent = PlanJob.objects.filter(
        Q(state=QUEUED, created_at__lt=now - LULL) | Q(state=RUNNING, heartbeat_at__lt=now - SILENCE)
    )
    for job in list(silent.filter(attempt__gte=MAX_ATTEMPTS)):
        _fail(job, "Planning was interrupted too often.", now)
    lost = list(silent.values_list("pk", "origin")[:500])
    for pk, origin in lost:
        send_job(pk, origin)
    return len(lost)


def send_job(job_id: uuid.UUID, origin: str) -> None:
    """To the workers; nobody waits for a search that TimeFlow started by itself."""
    queue = LATER if origin == Plan.Origin.SEARCH else ASKED
    enqueue("scheduling.tasks.run_plan_job", str(job_id), queue=queue)
