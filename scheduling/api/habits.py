"""Habits for programs."""

import uuid
from datetime import date, timedelta

from django.utils import timezone
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.requests import ProgramRequest
from accounts.selectors.zones import person_clock
from scheduling.models import Habit
from scheduling.serializers.habits import (
    CheckQuery,
    ChecksOut,
    HabitEditOut,
    HabitIn,
    HabitOut,
    HabitPatch,
    HabitQuery,
)
from scheduling.serializers.tasks import EditedOut
from scheduling.services import task_edits
from scheduling.services.habits import create_habit
from timeflow.lib import bounds
from timeflow.lib.api import Given, accepts
from timeflow.lib.errors import Invalid
from timeflow.lib.http import CursorPages, owned
from timeflow.lib.idempotency import idempotent

FOUR_WEEKS = timedelta(days=27)


class HabitsView(APIView):
    pagination_class = CursorPages

    @accepts(query=HabitQuery, responses=HabitOut(many=True), summary="Habits, in order of creation")
    def get(self, request: ProgramRequest, query: Given) -> Response:
        state = query["state"]
        habits = Habit.objects.of(request.user)
        if state != "all":
            habits = habits.filter(is_active=state == "active")
        pages = CursorPages()
        page = pages.paginate_queryset(habits, request, view=self)
        return pages.get_paginated_response(HabitOut(page, many=True).data)

    @accepts(body=HabitIn, responses={201: HabitOut}, summary="A new habit")
    @idempotent
    def post(self, request: ProgramRequest, body: Given) -> Response:
        habit = create_habit(user=request.user, now=timezone.now(), **body)
        return Response(HabitOut(habit).data, status=201)


class HabitView(APIView):
    @accepts(responses=HabitOut, summary="One habit")
    def get(self, request: ProgramRequest, pk: uuid.UUID) -> Response:
        return Response(HabitOut(owned(Habit.objects.of(request.user), pk)).data)

    @accepts(body=HabitPatch, responses=HabitEditOut, summary="Change a habit, archive it or take it up again")
    def patch(self, request: ProgramRequest, pk: uuid.UUID, body: Given) -> Response:
        edit = task_edits.change_habit(user=request.user, habit_id=pk, now=timezone.now(), **body)
        return Response(HabitEditOut({"habit": owned(Habit.objects.of(request.user), pk), "edit": edit}).data)


class HabitChecksView(APIView):
    @accepts(query=CheckQuery, responses=ChecksOut, summary="Days on which the habit was done")
    def get(self, request: ProgramRequest, pk: uuid.UUID, query: Given) -> Response:
        habit, wanted = owned(Habit.objects.of(request.user), pk), query
        last = wanted.get("last") or person_clock(request.user, timezone.now()).today
        first = wanted.get("first") or last - FOUR_WEEKS
        if not timedelta(0) <= last - first <= bounds.LONGEST_QUERY:
            raise Invalid.field("first", "Ask for at most a year, first day first.")
        days = habit.checks.filter(on__range=(first, last)).order_by("on").values_list("on", flat=True)
        return Response(ChecksOut({"days": list(days)}).data)


class HabitCheckView(APIView):
    @accepts(responses=EditedOut, summary="The habit was done on that local date")
    def put(self, request: ProgramRequest, pk: uuid.UUID, on: date) -> Response:
        edit = task_edits.check(user=request.user, habit_id=pk, on=on, now=timezone.now())
        return Response(EditedOut({"edit": edit}).data)

    @accepts(responses=EditedOut, summary="It was not done on that day after all")
    def delete(self, request: ProgramRequest, pk: uuid.UUID, on: date) -> Response:
        edit = task_edits.uncheck(user=request.user, habit_id=pk, on=on, now=timezone.now())
        return Response(EditedOut({"edit": edit}).data)
