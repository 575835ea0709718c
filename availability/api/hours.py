"""Working hours and dates with hours of their own, for programs."""

import uuid

from django.utils import timezone
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.requests import ProgramRequest
from availability.domain.hour_rules import DAYS
from availability.models import DateOverride
from availability.selectors import weekly_hours
from availability.serializers.hours import (
    OverrideOut,
    OverrideQuery,
    OverridesIn,
    WeekIn,
    WeekOut,
    overrides_out,
    week_out,
)
from availability.services import hours
from availability.services.repairs import repaired_afterwards
from timeflow.lib.api import Given, accepts
from timeflow.lib.http import CursorPages
from timeflow.lib.idempotency import idempotent


class WorkingHoursView(APIView):
    @accepts(responses=WeekOut, summary="The hours of each weekday")
    def get(self, request: ProgramRequest) -> Response:
        return Response(week_out(weekly_hours(request.user)))

    @accepts(body=WeekIn, responses=WeekOut, summary="Replace the hours of the whole week")
    def put(self, request: ProgramRequest, body: Given) -> Response:
        with repaired_afterwards(request.user):
            hours.set_working_hours(user=request.user, hours={day: body[name] for day, name in enumerate(DAYS)})
        return Response(week_out(weekly_hours(request.user)))


class ByDate(CursorPages):
    ordering = "on"


class OverridesView(APIView):
    pagination_class = ByDate

    @accepts(query=OverrideQuery, responses=OverrideOut(many=True), summary="Dates with hours of their own")
    def get(self, request: ProgramRequest, query: Given) -> Response:
        overrides = DateOverride.objects.filter(user=request.user).prefetch_related("hours")
        if "first" in query:
            overrides = overrides.filter(on__gte=query["first"])
        if "last" in query:
            overrides = overrides.filter(on__lte=query["last"])
        pages = ByDate()
        page = pages.paginate_queryset(overrides, request, view=self)
        return pages.get_paginated_response(overrides_out(page or []))

    @accepts(
        body=OverridesIn,
        responses={201: OverrideOut(many=True)},
        summary="Other hours, or rest, on a date or on each of a range",
    )
    @idempotent
    def post(self, request: ProgramRequest, body: Given) -> Response:
        body.setdefault("last", body["first"])
        with repaired_afterwards(request.user):
            made = hours.set_overrides(user=request.user, now=timezone.now(), **body)
        overrides = DateOverride.objects.filter(pk__in=[override.pk for override in made])
        return Response(overrides_out(overrides.order_by("on").prefetch_related("hours")), status=201)


class OverrideView(APIView):
    @accepts(responses={204: None}, summary="The date goes by its weekday again")
    def delete(self, request: ProgramRequest, pk: uuid.UUID) -> Response:
        with repaired_afterwards(request.user):
            hours.remove_override(user=request.user, override_id=pk)
        return Response(status=204)
