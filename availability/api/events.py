"""Events for programs: all of them to read, those made here to change."""

import uuid
from datetime import timedelta
from typing import Any

from django.utils import timezone
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.requests import ProgramRequest
from availability.selectors import fixed_events, with_repeats
from availability.serializers.events import EventChanges, EventIn, EventOut, EventQuery, ScopeQuery
from availability.services import events
from availability.services.repairs import repaired_afterwards
from timeflow.lib import bounds
from timeflow.lib.api import Given, accepts
from timeflow.lib.errors import Invalid
from timeflow.lib.http import CursorPages, owned
from timeflow.lib.idempotency import idempotent

FOUR_WEEKS = timedelta(weeks=4)


class ByStart(CursorPages):
    ordering: Any = ("starts_at", "id")


class EventsView(APIView):
    pagination_class = ByStart

    @accepts(query=EventQuery, responses=EventOut(many=True), summary="What is fixed in a stretch of time, in order")
    def get(self, request: ProgramRequest, query: Given) -> Response:
        start = query.get("start") or timezone.now()
        end = query.get("end") or start + FOUR_WEEKS
        if not timedelta(0) < end - start <= bounds.LONGEST_QUERY:
            raise Invalid.field("end", "Ask for at most a year, and for an end after the start.")
        found = fixed_events(request.user).overlapping(start, end)
        if "calendar" in query:
            found = found.filter(calendar=query["calendar"])
        pages = ByStart()
        page = pages.paginate_queryset(found, request, view=self)
        return pages.get_paginated_response(EventOut(with_repeats(page or []), many=True).data)

    @accepts(body=EventIn, responses={201: EventOut}, summary="A new event")
    @idempotent
    def post(self, request: ProgramRequest, body: Given) -> Response:
        with repaired_afterwards(request.user):
            event = events.create_event(user=request.user, now=timezone.now(), **body)
        return Response(EventOut(with_repeats([event])[0]).data, status=201)


class EventView(APIView):
    @accepts(responses=EventOut, summary="One event")
    def get(self, request: ProgramRequest, pk: uuid.UUID) -> Response:
        return Response(EventOut(with_repeats([owned(fixed_events(request.user), pk)])[0]).data)

    @accepts(body=EventChanges, responses=EventOut, summary="Change some fields of an event made here")
    def patch(self, request: ProgramRequest, pk: uuid.UUID, body: Given) -> Response:
        with repaired_afterwards(request.user):
            event = events.update_event(user=request.user, event_id=pk, now=timezone.now(), **body)
        return Response(EventOut(with_repeats([event])[0]).data)

    @accepts(query=ScopeQuery, responses={204: None}, summary="Remove an event made here")
    def delete(self, request: ProgramRequest, pk: uuid.UUID, query: Given) -> Response:
        scope = query["scope"]
        with repaired_afterwards(request.user):
            events.delete_event(user=request.user, event_id=pk, now=timezone.now(), scope=scope)
        return Response(status=204)
