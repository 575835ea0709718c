"""The way from a change to background work: after commit, by name, and allowed to get lost.

A service first writes a durable row (a job), then calls `enqueue`. If the broker is down or forgets the message,
the row is still there and a sweeper, run by beat, picks it up. What has no row of its own gets an errand.
"""

import functools
import logging
import threading
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta

from celery import current_app
from django.core.cache import caches
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from kombu.exceptions import OperationalError
from structlog.contextvars import bind_contextvars

from timeflow.lib.models import Errand, Lease

RUN_ERRAND = "timeflow.lib.tasks.run_errand"
# How long a worker that runs an errand keeps others from it; one that was killed does so too.
OF_ERRAND, IN_HAND = "errand-", timedelta(minutes=2)
# More than any two clocks should differ by.
FAR = timedelta(minutes=10)
PATIENCE, ONE_DAY = timedelta(seconds=50), timedelta(days=1)
# Seconds for which a broker that failed is not asked again, so that a silent one delays few requests.
PAUSE = 10
PAUSED = "broker-paused"
log = logging.getLogger(__name__)
_leases: dict[str, timedelta] = {}
_learning = threading.RLock()


def enqueue(name: str, *args: str | int, queue: str | None = None) -> None:
    """Send the task called `name` once the present transaction commits; at once if there is none.

    `queue` is one of timeflow.lib.urgency, by default that of CELERY_TASK_ROUTES.
    """
    transaction.on_commit(lambda: _send(name, args, queue))


def enqueue_surely(name: str, *args: str | int) -> None:
    """Like `enqueue`, and the message cannot get lost: it is kept as an errand, in the transaction of the change.

    The task may run more than once. What it does for a person names them among its arguments, so that an errand goes
    when they go.
    """
    errand = Errand.objects.create(task=name, args=list(args), created_at=timezone.now())
    send_errand(errand.pk)


def run_errand(errand_id: uuid.UUID, *, now: datetime) -> None:
    """Run the task of an errand here, unless another worker has it in hand; forget the errand once that went well.

    While no worker was there, each sweep sent one more message: without a lease as many workers would run it at once,
    and its letter would go out as often.
    """
    lease = f"{OF_ERRAND}{errand_id}"
    if not Errand.objects.filter(pk=errand_id).exists() or not _win(lease, now, now + IN_HAND):
        return
    try:
        # Not before it is ours: whoever had it until now may have ended it.
        if errand := Errand.objects.filter(pk=errand_id).first():
            bind_contextvars(errand=errand.task)
            current_app.tasks[errand.task](*errand.args)
            errand.delete()
    finally:
        Lease.objects.filter(name=lease).delete()


def send_errand(errand_id: uuid.UUID) -> None:
    """Send it to the workers now; it may be under way already."""
    enqueue(RUN_ERRAND, str(errand_id))


def cancel_errand(errand_id: uuid.UUID) -> None:
    """Forget it: what it was to do will not be done, unless a worker has it in hand."""
    Errand.objects.filter(pk=errand_id).delete()


def sweep_errands(*, now: datetime) -> int:
    """Send the errands again whose message seems lost, and drop those that failed for a day. Returns how many."""
    dropped, _ = Errand.objects.filter(created_at__lt=now - ONE_DAY).delete()
    if dropped:
        log.error("%s errands failed for a whole day and were dropped.", dropped)
    # Of workers that were killed.
    Lease.objects.filter(name__startswith=OF_ERRAND, held_until__lt=now - ONE_DAY).delete()
    lost = list(Errand.objects.filter(created_at__lt=now - PATIENCE).order_by("created_at")[:500])
    for errand in lost:
        send_errand(errand.pk)
    return len(lost)


def _send(name: str, args: tuple[str | int, ...], queue: str | None) -> None:
    if caches["memory"].get(PAUSED):
        return
    if name not in current_app.tasks:
        _learn_tasks()
    try:
        current_app.tasks[name].apply_async(args=args, queue=queue)
    except (OperationalError, OSError):
        caches["memory"].set(PAUSED, True, PAUSE)
        log.warning("The broker did not take %s; the sweeper will send it.", name, exc_info=True)


def _learn_tasks() -> None:
    """All of them are known when it returns, whichever thread came first."""
    with _learning:
        _import_tasks()


@functools.cache
def _import_tasks() -> None:
    """Once in a process: it sets Django up anew, log and checks too."""
    current_app.loader.import_default_modules()


def leases() -> dict[str, timedelta]:
    """Each periodic task by its name, with how long a run keeps others from running it."""
    # Some may be known by chance.
    _learn_tasks()
    return _leases


def periodic(name: str, *, lease: timedelta) -> Callable[[Callable[..., None]], Callable[[], None]]:
    """Run the decorated task body with `now`, only in the process that wins the lease `name`.

    The lease is a little shorter than the schedule's interval, so one run a tick happens however many beats there are,
    whenever each of them ticks.
    """

    _leases[name] = lease

    def decorate(body: Callable[..., None]) -> Callable[[], None]:
        @functools.wraps(body)
        def run() -> None:
            now = timezone.now()
            if _win(name, now, now + lease):
                body(now=now)

        return run

    return decorate


def _win(name: str, now: datetime, until: datetime) -> bool:
    """Whether nobody has it. One held far too long is of a clock that was wrong, and stops nobody."""
    is_free = Q(held_until__lte=now) | Q(held_until__gt=until + FAR)
    if Lease.objects.filter(is_free, name=name).update(held_until=until):
        return True
    try:
        with transaction.atomic():
            _, created = Lease.objects.get_or_create(name=name, defaults={"held_until": until})
    except IntegrityError:
        return False
    return created
