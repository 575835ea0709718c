"""Plans for programs: ask for one, watch it being made, apply, discard, undo."""

import uuid

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import generics
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.requests import ProgramRequest
from scheduling.models import Plan, PlanJob
from scheduling.serializers.plans import JobOut, PlanLineOut, PlanOut, ScheduleIn
from scheduling.services import jobs, plans
from timeflow.lib.http import CursorPages, owned, parsed
from timeflow.lib.idempotency import idempotent


class ScheduleView(APIView):
    throttle_scope = "schedule"

    @extend_schema(request=ScheduleIn, responses={202: JobOut}, summary="Plan in the background")
    @idempotent
    def post(self, request: ProgramRequest) -> Response:
        body = parsed(ScheduleIn, request)
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
    @extend_schema(responses=JobOut, summary="How far a plan is")
    def get(self, request: ProgramRequest, pk: uuid.UUID) -> Response:
        return Response(JobOut(owned(PlanJob.objects.of(request.user), pk)).data)


class CancelJobView(APIView):
    @extend_schema(request=None, responses=JobOut, summary="Stop a plan that is being made")
    def post(self, request: ProgramRequest, pk: uuid.UUID) -> Response:
        return Response(JobOut(jobs.cancel_job(user=request.user, job_id=pk, now=timezone.now())).data)


class NewestFirst(CursorPages):
    ordering = "-id"


@extend_schema(summary="Plans, newest first")
class PlansView(generics.ListAPIView[Plan]):
    serializer_class = PlanLineOut
    pagination_class = NewestFirst
    queryset = Plan.objects.none()

    def get_queryset(self):
        return Plan.objects.of(self.request.user)


class PlanView(APIView):
    @extend_schema(responses=PlanOut, summary="One plan with blocks, outcomes and reasons")
    def get(self, request: ProgramRequest, pk: uuid.UUID) -> Response:
        return Response(PlanOut(owned(Plan.objects.of(request.user), pk)).data)


class ApplyPlanView(APIView):
    @extend_schema(request=None, responses=PlanOut, summary="Apply a proposal; again answers as the first time")
    def post(self, request: ProgramRequest, pk: uuid.UUID) -> Response:
        return Response(PlanOut(plans.apply_plan(user=request.user, plan_id=pk, now=timezone.now())).data)


class DiscardPlanView(APIView):
    @extend_schema(request=None, responses=PlanOut, summary="Put a proposal away")
    def post(self, request: ProgramRequest, pk: uuid.UUID) -> Response:
        return Response(PlanOut(plans.discard_plan(user=request.user, plan_id=pk, now=timezone.now())).data)


class UndoPlanView(APIView):
    @extend_schema(request=None, responses=PlanOut, summary="Take the newest applied plan back")
    def post(self, request: ProgramRequest, pk: uuid.UUID) -> Response:
        return Response(PlanOut(plans.undo_plan(user=request.user, plan_id=pk, now=timezone.now())).data)
