"""Tasks for programs."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from django.db.models import Prefetch, prefetch_related_objects
from django.utils import timezone
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import User
from accounts.requests import ProgramRequest
from scheduling.models import ChecklistItem, Task
from scheduling.selectors.tasks import TaskFilter, TaskRow, task_rows, tasks_of
from scheduling.serializers.tasks import (
    BulkIn,
    BulkOut,
    EditedOut,
    TaskChanges,
    TaskEditOut,
    TaskIn,
    TaskOut,
    TaskQuery,
)
from scheduling.services import task_edits
from scheduling.services.edits import WeekEdit
from scheduling.services.tasks import create_task
from timeflow.lib.api import Given, accepts
from timeflow.lib.http import CursorPages, owned
from timeflow.lib.idempotency import idempotent

PAGING = ("cursor", "page_size")


class TasksView(APIView):
    pagination_class = CursorPages

    @accepts(query=TaskQuery, responses=TaskOut(many=True), summary="Tasks, in order of creation")
    def get(self, request: ProgramRequest, query: Given) -> Response:
        now, wanted = timezone.now(), query
        wanted = {name: value for name, value in wanted.items() if name not in PAGING}
        pages = CursorPages()
        page = pages.paginate_queryset(tasks_of(request.user, TaskFilter(**wanted), now), request, view=self)
        return pages.get_paginated_response(TaskOut(full_rows(page or [], now), many=True).data)

    @accepts(body=TaskIn, responses={201: TaskOut}, summary="A new task for the pool")
    @idempotent
    def post(self, request: ProgramRequest, body: Given) -> Response:
        now = timezone.now()
        task = create_task(user=request.user, now=now, **body)
        return Response(TaskOut(full_row(request.user, task.pk, now)).data, status=201)


class TaskView(APIView):
    @accepts(responses=TaskOut, summary="One task")
    def get(self, request: ProgramRequest, pk: uuid.UUID) -> Response:
        return Response(TaskOut(full_row(request.user, pk, timezone.now())).data)

    @accepts(body=TaskChanges, responses=TaskEditOut, summary="Change some fields of a task")
    def patch(self, request: ProgramRequest, pk: uuid.UUID, body: Given) -> Response:
        now = timezone.now()
        edit = task_edits.change(user=request.user, task_id=pk, now=now, **body)
        return edited(request.user, pk, edit, now)

    @accepts(responses=EditedOut, summary="Delete a task; undoing the plan in the answer brings it back")
    def delete(self, request: ProgramRequest, pk: uuid.UUID) -> Response:
        edit = task_edits.delete(user=request.user, task_id=pk, now=timezone.now())
        return Response(EditedOut({"edit": edit}).data)


class CompleteTaskView(APIView):
    @accepts(responses=TaskEditOut, summary="The task is done; the next of a series appears")
    def post(self, request: ProgramRequest, pk: uuid.UUID) -> Response:
        now = timezone.now()
        return edited(request.user, pk, task_edits.complete(user=request.user, task_id=pk, now=now), now)


class ReopenTaskView(APIView):
    @accepts(responses=TaskEditOut, summary="The task was not done after all")
    def post(self, request: ProgramRequest, pk: uuid.UUID) -> Response:
        now = timezone.now()
        return edited(request.user, pk, task_edits.reopen(user=request.user, task_id=pk, now=now), now)


class BulkTasksView(APIView):
    @accepts(body=BulkIn, responses=BulkOut, summary="One change to many tasks, or to none of them")
    def post(self, request: ProgramRequest, body: Given) -> Response:
        edit = task_edits.change_all(user=request.user, now=timezone.now(), **body)
        brought = [row.pk for row in edit.created if isinstance(row, Task)]
        return Response(BulkOut({"brought": brought, "edit": edit}).data)


def full_rows(tasks: Sequence[Task], now: datetime) -> list[TaskRow]:
    """Rows with all that `TaskOut` shows; the number of queries does not depend on the number of tasks."""
    lines = ChecklistItem.objects.order_by("position", "id")
    prefetch_related_objects(list(tasks), "predecessors", Prefetch("checklist", queryset=lines))
    return task_rows(tasks, now)


def full_row(user: User, task_id: uuid.UUID, now: datetime) -> TaskRow:
    """Raises `NotFound`."""
    return full_rows([owned(Task.objects.of(user), task_id)], now)[0]


def edited(user: User, task_id: uuid.UUID, edit: WeekEdit | None, now: datetime) -> Response:
    """The answer to a change of one task."""
    following = [row for row in edit.created if isinstance(row, Task)] if edit else []
    return Response(
        TaskEditOut(
            {
                "task": full_row(user, task_id, now),
                "following": full_row(user, following[0].pk, now) if following else None,
                "edit": edit,
            }
        ).data
    )
