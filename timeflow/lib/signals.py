"""What Celery tells of its tasks, put into the log: one line for each, its name and id on every other line of it."""

import logging
import time
from typing import Any

from celery import Task
from structlog.contextvars import bind_contextvars, reset_contextvars, unbind_contextvars

from timeflow.lib import metrics

log = logging.getLogger("timeflow.tasks")


def begin_task(task: Task, task_id: str, **_said: Any) -> None:
    task.request.log_started = time.perf_counter()
    # A task that runs at once may stand within a request, or within another task, whose names come back afterwards.
    task.request.log_context = bind_contextvars(task=task.name, task_id=task_id)


def tell_failure(exception: BaseException, **_said: Any) -> None:
    log.error("task failed", exc_info=exception)


def tell_task(task: Task, state: str | None = None, **_said: Any) -> None:
    spent = time.perf_counter() - task.request.log_started
    log.info("task", extra={"state": state or "", "duration_ms": round(spent * 1000)})
    metrics.tell_task(task=task.name, state=state or "none", seconds=spent)
    unbind_contextvars("errand")
    reset_contextvars(**task.request.log_context)
