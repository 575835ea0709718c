"""The person and their journeys, for programs."""

import uuid

from rest_framework import generics, status
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.permissions import BrowserOnly, SignedIn
from accounts.requests import ProgramRequest
from accounts.serializers.people import Me, MeChange, NewStay, StayOut
from accounts.services import people, stays
from timeflow.lib.api import Given, accepts
from timeflow.lib.http import Listing
from timeflow.lib.idempotency import idempotent


class MeView(APIView):
    """An API token may read it; changing is for browsers."""

    def get_permissions(self) -> list[BasePermission]:
        return [SignedIn()] if self.request.method in SAFE_METHODS else [BrowserOnly()]

    @accepts(responses=Me)
    def get(self, request: ProgramRequest) -> Response:
        return Response(Me(request.user).data)

    @accepts(body=MeChange, responses=Me)
    def patch(self, request: ProgramRequest, body: Given) -> Response:
        user = people.update_profile(user=request.user, **body)
        user.refresh_from_db(fields=["data_version"])
        return Response(Me(user).data)


class StaysView(generics.ListAPIView):
    serializer_class = StayOut

    def get_queryset(self):
        return self.request.user.stays.all()

    @accepts(query=Listing, responses=StayOut(many=True))
    def get(self, request: ProgramRequest, query: Given) -> Response:
        return self.list(request)

    @accepts(body=NewStay, responses={201: StayOut})
    @idempotent
    def post(self, request: ProgramRequest, body: Given) -> Response:
        stay = stays.add_stay(user=request.user, **body)
        return Response(StayOut(stay).data, status=status.HTTP_201_CREATED)


class StayView(APIView):
    @accepts(responses={204: None})
    def delete(self, request: ProgramRequest, stay_id: uuid.UUID) -> Response:
        stays.remove_stay(user=request.user, stay_id=stay_id)
        return Response(status=status.HTTP_204_NO_CONTENT)
