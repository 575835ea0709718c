"""Calendars for programs."""

import uuid
from contextlib import nullcontext

from django.utils import timezone
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.requests import ProgramRequest
from availability.selectors import calendars, counted
from availability.selectors.mirrors import with_mirrors
from availability.serializers.calendars import CalendarChanges, CalendarOut, LookOut
from availability.services.calendars import delete_calendar, update_calendar
from availability.services.mirrors.listing import look_now
from availability.services.repairs import repaired_afterwards
from timeflow.lib.api import Given, accepts
from timeflow.lib.http import CursorPages, Listing, owned


class CalendarsView(APIView):
    pagination_class = CursorPages

    @accepts(query=Listing, responses=CalendarOut(many=True), summary="Calendars, in order of creation")
    def get(self, request: ProgramRequest, query: Given) -> Response:
        pages, now = CursorPages(), timezone.now()
        page = pages.paginate_queryset(with_mirrors(counted(calendars(request.user)), now), request, view=self)
        return pages.get_paginated_response(CalendarOut(page, many=True, context={"now": now}).data)


class LookView(APIView):
    throttle_scope = "look"

    @accepts(responses={202: LookOut}, summary="Look at every followed calendar of an account now")
    def post(self, request: ProgramRequest) -> Response:
        return Response(LookOut({"calendars": look_now(user=request.user, now=timezone.now())}).data, status=202)


class CalendarView(APIView):
    @accepts(responses=CalendarOut, summary="One calendar")
    def get(self, request: ProgramRequest, pk: uuid.UUID) -> Response:
        now = timezone.now()
        calendar = owned(with_mirrors(counted(calendars(request.user)), now), pk)
        return Response(CalendarOut(calendar, context={"now": now}).data)

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
