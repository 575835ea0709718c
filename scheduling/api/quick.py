"""Tasks typed as one line, for programs."""

from django.utils import timezone
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.requests import ProgramRequest
from scheduling.api.tasks import full_row
from scheduling.selectors.quick import quick_entry
from scheduling.serializers.quick import EntryOut, LineIn
from scheduling.serializers.tasks import TaskOut
from scheduling.services.quick import add_line
from timeflow.lib.api import Given, accepts
from timeflow.lib.idempotency import idempotent


class QuickTaskView(APIView):
    @accepts(body=LineIn, responses={201: TaskOut}, summary="A new task from one line")
    @idempotent
    def post(self, request: ProgramRequest, body: Given) -> Response:
        now = timezone.now()
        task = add_line(user=request.user, now=now, **body)
        return Response(TaskOut(full_row(request.user, task.pk, now)).data, status=201)


class ParseView(APIView):
    @accepts(body=LineIn, responses=EntryOut, summary="What a line would become; nothing is saved")
    def post(self, request: ProgramRequest, body: Given) -> Response:
        entry = quick_entry(request.user, body["text"], timezone.now())
        return Response(EntryOut(entry).data)
