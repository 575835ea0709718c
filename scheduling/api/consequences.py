"""The price of a yes for programs."""

from typing import Any

from django.utils import timezone
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import User
from accounts.requests import ProgramRequest
from scheduling.selectors import consequences
from scheduling.serializers.plans import ChangeIn, ConsequencesOut
from timeflow.lib.api import Given, accepts


class ConsequencesView(APIView):
    @accepts(body=ChangeIn, responses=ConsequencesOut, summary="What one change would do; nothing is saved")
    def post(self, request: ProgramRequest, body: Given) -> Response:
        return Response(ConsequencesOut(price(request.user, body)).data)


def price(user: User, change: dict[str, Any]) -> consequences.Price:
    """The price of the one change that `ChangeIn` names."""
    now = timezone.now()
    match change:
        case {"drag": drag}:
            return consequences.price_of_drag(user, drag["block"], drag["start"], drag["end"], now)
        case {"event": event}:
            return consequences.price_of_event(user, event["start"], event["end"], now)
        case {"text": text}:
            return consequences.price_of_text(user, text, now)
        case {"finish": task}:
            return consequences.price_of_finishing(user, task, now)
    fields = dict(change["task"])
    return consequences.price_of_task(user, now, task_id=fields.pop("id", None), **fields)
