"""How a person wants to be planned, for programs."""

from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.requests import ProgramRequest
from scheduling.selectors.preferences import preferences_of
from scheduling.serializers.habits import PreferencesChanges, PreferencesOut
from scheduling.services.preferences import update_preferences
from timeflow.lib.api import Given, accepts


class PreferencesView(APIView):
    @accepts(responses=PreferencesOut, summary="How you want to be planned")
    def get(self, request: ProgramRequest) -> Response:
        return Response(PreferencesOut(preferences_of(request.user)).data)

    @accepts(body=PreferencesChanges, responses=PreferencesOut, summary="Change some of it")
    def patch(self, request: ProgramRequest, body: Given) -> Response:
        preferences = update_preferences(user=request.user, **body)
        return Response(PreferencesOut(preferences).data)
