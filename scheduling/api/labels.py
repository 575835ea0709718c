"""Labels for programs."""

import uuid

from django.utils import timezone
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.requests import ProgramRequest
from scheduling.models import Label
from scheduling.serializers.tasks import EditedOut, LabelChanges, LabelIn, LabelOut
from scheduling.services import labels, task_edits
from timeflow.lib.api import Given, accepts
from timeflow.lib.http import CursorPages, Listing, owned
from timeflow.lib.idempotency import idempotent


class LabelsView(APIView):
    pagination_class = CursorPages

    @accepts(query=Listing, responses=LabelOut(many=True), summary="Labels, in order of creation")
    def get(self, request: ProgramRequest, query: Given) -> Response:
        pages = CursorPages()
        page = pages.paginate_queryset(Label.objects.of(request.user), request, view=self)
        return pages.get_paginated_response(LabelOut(page, many=True).data)

    @accepts(body=LabelIn, responses={201: LabelOut}, summary="A new label")
    @idempotent
    def post(self, request: ProgramRequest, body: Given) -> Response:
        label = labels.create_label(user=request.user, **body)
        return Response(LabelOut(label).data, status=201)


class LabelView(APIView):
    @accepts(responses=LabelOut, summary="One label")
    def get(self, request: ProgramRequest, pk: uuid.UUID) -> Response:
        return Response(LabelOut(owned(Label.objects.of(request.user), pk)).data)

    @accepts(body=LabelChanges, responses=LabelOut, summary="Rename or tint a label")
    def patch(self, request: ProgramRequest, pk: uuid.UUID, body: Given) -> Response:
        label = labels.update_label(user=request.user, label_id=pk, **body)
        return Response(LabelOut(label).data)

    @accepts(responses=EditedOut, summary="Take a label off all tasks and remove it")
    def delete(self, request: ProgramRequest, pk: uuid.UUID) -> Response:
        edit = task_edits.remove_label(user=request.user, label_id=pk, now=timezone.now())
        return Response(EditedOut({"edit": edit}).data)
