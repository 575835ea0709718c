"""Labels for programs."""

import uuid

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.requests import ProgramRequest
from scheduling.models import Label
from scheduling.serializers.tasks import EditedOut, LabelChanges, LabelIn, LabelOut
from scheduling.services import labels, task_edits
from timeflow.lib.http import CursorPages, Listing, asked, owned, parsed
from timeflow.lib.idempotency import idempotent


class LabelsView(APIView):
    pagination_class = CursorPages

    @extend_schema(parameters=[Listing], responses=LabelOut(many=True), summary="Labels, in order of creation")
    def get(self, request: ProgramRequest) -> Response:
        asked(Listing, request)
        pages = CursorPages()
        page = pages.paginate_queryset(Label.objects.of(request.user), request, view=self)
        return pages.get_paginated_response(LabelOut(page, many=True).data)

    @extend_schema(request=LabelIn, responses={201: LabelOut}, summary="A new label")
    @idempotent
    def post(self, request: ProgramRequest) -> Response:
        label = labels.create_label(user=request.user, **parsed(LabelIn, request))
        return Response(LabelOut(label).data, status=201)


class LabelView(APIView):
    @extend_schema(responses=LabelOut, summary="One label")
    def get(self, request: ProgramRequest, pk: uuid.UUID) -> Response:
        return Response(LabelOut(owned(Label.objects.of(request.user), pk)).data)

    @extend_schema(request=LabelChanges, responses=LabelOut, summary="Rename or tint a label")
    def patch(self, request: ProgramRequest, pk: uuid.UUID) -> Response:
        label = labels.update_label(user=request.user, label_id=pk, **parsed(LabelChanges, request))
        return Response(LabelOut(label).data)

    @extend_schema(responses=EditedOut, summary="Take a label off all tasks and remove it")
    def delete(self, request: ProgramRequest, pk: uuid.UUID) -> Response:
        edit = task_edits.remove_label(user=request.user, label_id=pk, now=timezone.now())
        return Response(EditedOut({"edit": edit}).data)
