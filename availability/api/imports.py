"""Calendar files for programs."""

from django.utils import timezone
from rest_framework.response import Response

from accounts.requests import ProgramRequest
from availability.serializers.imports import CalendarFileIn, ImportReportOut
from availability.services.imports import import_calendar
from timeflow.lib.api import Given, accepts
from timeflow.lib.idempotency import idempotent
from timeflow.lib.uploads import UploadView


class ImportCalendarView(UploadView):
    @accepts(
        body=CalendarFileIn,
        responses={201: ImportReportOut},
        summary="Import an .ics file, all of it or nothing; a refusal lists its problems by line",
    )
    @idempotent
    def post(self, request: ProgramRequest, body: Given) -> Response:
        report = import_calendar(
            user=request.user,
            raw=body["file"].read(),
            name=body.get("name", ""),
            file_name=body["file"].name,
            tint=body.get("tint"),
            calendar_id=body.get("calendar"),
            now=timezone.now(),
        )
        return Response(ImportReportOut(report).data, status=201)
