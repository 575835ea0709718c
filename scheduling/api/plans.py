"""Plans for programs: ask for one, watch it being made, apply, discard, undo."""

import uuid

from django.utils import timezone
from rest_framework import generics
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.requests import ProgramRequest
from scheduling.models import Plan, PlanJob
from scheduling.serializers.plans import JobOut, PlanLineOut, PlanOut, ScheduleIn
from scheduling.services import jobs, plans
from timeflow.lib.api import Given, accepts
from timeflow.lib.http import CursorPages, Listing, owned
from timeflow.lib.idempotency import idempotent


class ScheduleView(APIView):
    throttle_scope = "schedule"

    @accepts(body=ScheduleIn, responses={202: JobOut}, summary="Plan in the background")
    @idempotent
    def post(self, request: ProgramRequest, body: Given) -> Response:
        span = body.get("range")
        wish = jobs.PlanRequest(
            effort=body["effort"],
            starts_from=span and span["start"].isoformat(),
            starts_until=span and span["end"].isoformat(),
            tasks=tuple(str(task) for task in body["tasks"]) if "tasks" in body else None,
        )
        job = jobs.request_plan(user=request.user, wish=wish, now=timezone.now())
        return Response(JobOut(job).data, status=202)


class JobView(APIView):
    @accepts(responses=JobOut, summary="How far a plan is")
    def get(self, request: ProgramRequest, pk: uuid.UUID) -> Response:
        return Response(JobOut(owned(PlanJob.objects.of(request.user), pk)).data)


class CancelJobView(APIView):
    @accepts(responses=JobOut, summary="Stop a plan that is being made")
    def post(self, request: ProgramRequest, pk: uuid.UUID) -> Response:
        return Response(JobOut(jobs.cancel_job(user=request.user, job_id=pk, now=timezone.now())).data)


class NewestFirst(CursorPages):
    ordering = "-id"


class PlansView(generics.ListAPIView[Plan]):
    serializer_class = PlanLineOut
    pagination_class = NewestFirst
    queryset = Plan.objects.none()

    def get_queryset(self):
        return Plan.objects.of(self.request.user)

    @accepts(query=Listing, responses=PlanLineOut(many=True), summary="Plans, newest first")
    def get(self, request: ProgramRequest, query: Given) -> Response:
        return self.list(request)


class PlanView(APIView):
    @accepts(responses=PlanOut, summary="One plan with blocks, outcomes and reasons")
    def get(self, request: ProgramRequest, pk: uuid.UUID) -> Response:
        return Response(PlanOut(owned(Plan.objects.of(request.user), pk)).data)


class ApplyPlanView(APIView):
    @accepts(responses=PlanOut, summary="Apply a proposal; again answers as the first time")
    def post(self, request: ProgramRequest, pk: uuid.UUID) -> Response:
        return Response(PlanOut(plans.apply_plan(user=request.user, plan_id=pk, now=timezone.now())).data)


class DiscardPlanView(APIView):
    @accepts(responses=PlanOut, summary="Put a proposal away")
    def post(self, request: ProgramRequest, pk: uuid.UUID) -> Response:
        return Response(PlanOut(plans.discard_plan(user=request.user, plan_id=pk, now=timezone.now())).data)


class UndoPlanView(APIView):
    @accepts(responses=PlanOut, summary="Take the newest applied plan back")
    def post(self, request: ProgramRequest, pk: uuid.UUID) -> Response:
        return Response(PlanOut(plans.undo_plan(user=request.user, plan_id=pk, now=timezone.now())).data)
