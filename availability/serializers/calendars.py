"""Calendars on the wire."""

from rest_framework import serializers

from availability.models import Calendar
from timeflow.lib import bounds
from timeflow.lib.http import StrictSerializer


class CalendarChanges(StrictSerializer):
    """`is_busy`: its events block time. `is_shown`: the week shows them."""

    name = serializers.CharField(max_length=bounds.CALENDAR_NAME, required=False)
    tint = serializers.IntegerField(**bounds.TINT.ends, required=False)
    is_shown = serializers.BooleanField(required=False)
    is_busy = serializers.BooleanField(required=False)


class CalendarOut(serializers.ModelSerializer[Calendar]):
    events = serializers.IntegerField(source="event_count", help_text="how many are kept at present")

    class Meta:
        model = Calendar
        fields = ["id", "kind", "name", "tint", "is_shown", "is_busy", "events", "read_at", "created_at"]
