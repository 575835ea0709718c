"""Routes that lack one guard each, beside all real ones: every walk must notice its own."""

import uuid
from typing import Any

from csp.decorators import csp_exempt
from django import forms
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from scheduling.models import Label, Task
from timeflow.lib.api import accepts
from timeflow.lib.http import StrictSerializer


@require_safe
def stored(_request: HttpRequest) -> HttpResponse:
    return HttpResponse("yours", headers={"Cache-Control": "max-age=60"})


@csrf_exempt
@require_POST
def unguarded(request: HttpRequest) -> HttpResponse:
    Label.objects.create(user=request.user, name="forged")
    return HttpResponse()


def any_method(_request: HttpRequest) -> HttpResponse:
    return HttpResponse("read")


@require_safe
def odd_path(_request: HttpRequest, day: str) -> HttpResponse:
    return HttpResponse(int(day))


@require_POST
def by_hand(request: HttpRequest) -> HttpResponse:
    return HttpResponse(int(request.POST.get("size") or 1))


@require_POST
def half(request: HttpRequest) -> HttpResponse:
    Label.objects.create(user=request.user, name="half")
    return HttpResponse(request.POST.get("size"), status=400)


class Everything(forms.ModelForm):
    class Meta:
        model = Task
        fields = "__all__"  # noqa: DJ007


@require_POST
def bound(request: HttpRequest) -> HttpResponse:
    return HttpResponse(str(Everything(request.POST).errors))


@require_POST
def names_task(request: HttpRequest) -> HttpResponse:
    wanted = forms.Form(request.POST)
    wanted.fields["task"] = forms.UUIDField()
    return HttpResponse(wanted.is_valid() and Task.objects.filter(pk=wanted.cleaned_data["task"]).exists())


@login_not_required
@require_safe
def open_page(_request: HttpRequest) -> HttpResponse:
    return HttpResponse("everybody")


@require_safe
def of_anybody(_request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    found = Task.objects.filter(pk=pk).first()
    return HttpResponse(found.title if found else "", status=200 if found else 404)


@csp_exempt()
@require_safe
def bare(_request: HttpRequest) -> HttpResponse:
    return HttpResponse("without a policy")


class LaxView(APIView):
    """Declares nothing, counts nothing, checks no CSRF token and is in no schema."""

    authentication_classes: list[Any] = []
    permission_classes: list[Any] = []
    throttle_classes: list[Any] = []
    schema = None

    def post(self, _request: Any) -> Response:
        return Response({})


class NamesTask(StrictSerializer):
    task = serializers.UUIDField()


class UntriedView(APIView):
    @accepts(body=NamesTask, responses={204: None})
    def post(self, _request: Any, body: dict[str, Any]) -> Response:
        return Response(status=204)


urlpatterns = [
    path("planted/stored", stored, name="stored"),
    path("planted/unguarded", unguarded, name="unguarded"),
    path("planted/any-method", any_method, name="any-method"),
    path("planted/dates/<str:day>", odd_path, name="odd-path"),
    path("planted/by-hand", by_hand, name="by-hand"),
    path("planted/half", half, name="half"),
    path("planted/bound", bound, name="bound"),
    path("planted/names-task", names_task, name="names-task"),
    path("planted/open", open_page, name="open"),
    path("planted/tasks/<uuid:pk>", of_anybody, name="of-anybody"),
    path("planted/planets/<uuid:pk>", of_anybody, name="planet"),
    path("planted/bare", bare, name="bare"),
    path("api/planted/lax", LaxView.as_view(), name="lax"),
    path("api/planted/untried", UntriedView.as_view(), name="untried"),
    path("", include("timeflow.tests.every_route.site")),
]
