"""Calendars for programs."""

import uuid
from contextlib import nullcontext

from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.requests import ProgramRequest
from availability.selectors import calendars, counted
from availability.serializers.calendars import CalendarChanges, CalendarOut
from availability.services.calendars import delete_calendar, update_calendar
from availability.services.repairs import repaired_afterwards
from timeflow.lib.api import Given, accepts
from timeflow.lib.http import CursorPages, Listing, owned


class CalendarsView(APIView):
    pagination_class = CursorPages

    @accepts(query=Listing, responses=CalendarOut(many=True), summary="Calendars, in order of creation")
    def get(self, request: ProgramRequest, query: Given) -> Response:
        pages = CursorPages()
        page = pages.paginate_queryset(counted(calendars(request.user)), request, view=self)
        return pages.get_paginated_response(CalendarOut(page, many=True).data)


class CalendarView(APIView):
    @accepts(responses=CalendarOut, summary="One calendar")
    def get(self, request: ProgramRequest, pk: uuid.UUID) -> Response:
        return Response(CalendarOut(owned(counted(calendars(request.user)), pk)).data)

    @accepts(body=CalendarChanges, responses=CalendarOut, summary="Rename or tint it, show it, let it block time")
    def patch(self, request: ProgramRequest, pk: uuid.UUID, body: Given) -> Response:
        with repaired_afterwards(request.user) if "is_busy" in body else nullcontext():
            update_calendar(user=request.user, calendar_id=pk, **body)
        return self.get(request, pk)

    @accepts(responses={204: None}, summary="Remove an imported calendar with all its events")
    def delete(self, request: ProgramRequest, pk: uuid.UUID) -> Response:
        with repaired_afterwards(request.user):
            delete_calendar(user=request.user, calendar_id=pk)
        return Response(status=204)
