"""Task files for programs."""

from django.utils import timezone
from rest_framework.response import Response

from accounts.requests import ProgramRequest
from scheduling.serializers.imports import TaskFileIn, TaskImportOut
from scheduling.services.task_import import import_tasks
from timeflow.lib.api import Given, accepts
from timeflow.lib.idempotency import idempotent
from timeflow.lib.uploads import UploadView


class ImportTasksView(UploadView):
    @accepts(
        body=TaskFileIn,
        responses={201: TaskImportOut},
        summary="Import tasks from a CSV file, all of it or nothing; a refusal lists its problems by line and column",
    )
    @idempotent
    def post(self, request: ProgramRequest, body: Given) -> Response:
        raw = body["file"].read()
        found = import_tasks(user=request.user, raw=raw, now=timezone.now())
        out = {"tasks": [task.pk for task in found.tasks], "edit": found.edit}
        return Response(TaskImportOut(out).data, status=201)
