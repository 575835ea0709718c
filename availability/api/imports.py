"""Calendar files for programs."""

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.response import Response

from accounts.requests import ProgramRequest
from availability.serializers.imports import CalendarFileIn, ImportReportOut
from availability.services.imports import import_calendar
from timeflow.lib.http import parsed
from timeflow.lib.idempotency import idempotent
from timeflow.lib.uploads import UploadView


class ImportCalendarView(UploadView):
    @extend_schema(
        request={"multipart/form-data": CalendarFileIn},
        responses={201: ImportReportOut},
        summary="Import an .ics file, all of it or nothing; a refusal lists its problems by line",
    )
    @idempotent
    def post(self, request: ProgramRequest) -> Response:
        sent = parsed(CalendarFileIn, request)
        report = import_calendar(
            user=request.user,
            raw=sent["file"].read(),
            name=sent.get("name", ""),
            file_name=sent["file"].name,
            tint=sent.get("tint"),
            calendar_id=sent.get("calendar"),
            now=timezone.now(),
        )
        return Response(ImportReportOut(report).data, status=201)
