"""The checklist of a task for programs."""

import uuid

from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.requests import ProgramRequest
from scheduling.models import ChecklistItem, Task
from scheduling.serializers.tasks import StepChanges, StepIn, StepOrder, StepOut
from scheduling.services import checklists
from timeflow.lib.api import Given, accepts
from timeflow.lib.http import owned
from timeflow.lib.idempotency import idempotent


class ChecklistView(APIView):
    pagination_class = None

    @accepts(responses=StepOut(many=True), summary="The checklist of a task, at most 100 lines")
    def get(self, request: ProgramRequest, pk: uuid.UUID) -> Response:
        task = owned(Task.objects.of(request.user), pk)
        return Response(StepOut(task.checklist.order_by("position", "id"), many=True).data)

    @accepts(body=StepIn, responses={201: StepOut}, summary="Append a line")
    @idempotent
    def post(self, request: ProgramRequest, pk: uuid.UUID, body: Given) -> Response:
        item = checklists.add_item(user=request.user, task_id=pk, **body)
        return Response(StepOut(item).data, status=201)


class ChecklistOrderView(APIView):
    @accepts(body=StepOrder, responses={204: None}, summary="Put the lines into another order")
    def put(self, request: ProgramRequest, pk: uuid.UUID, body: Given) -> Response:
        checklists.reorder_items(user=request.user, task_id=pk, item_ids=body["items"])
        return Response(status=204)


class ChecklistItemView(APIView):
    @accepts(body=StepChanges, responses=StepOut, summary="Reword or tick a line")
    def patch(self, request: ProgramRequest, pk: uuid.UUID, item: uuid.UUID, body: Given) -> Response:
        line: ChecklistItem = checklists.edit_item(user=request.user, task_id=pk, item_id=item, **body)
        return Response(StepOut(line).data)

    @accepts(responses={204: None}, summary="Remove a line")
    def delete(self, request: ProgramRequest, pk: uuid.UUID, item: uuid.UUID) -> Response:
        checklists.remove_item(user=request.user, task_id=pk, item_id=item)
        return Response(status=204)
