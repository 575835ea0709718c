"""Events on the wire."""

from rest_framework import serializers

from availability.models import Event
from timeflow.lib.http import AwareDateTimeField, Listing, StrictSerializer

EARLIEST_YEAR, LATEST_YEAR = 1971, 2199


class EventQuery(Listing):
    """Events that share time with [start, end), by default the four weeks from now; at most a year."""

    start = AwareDateTimeField(required=False)
    end = AwareDateTimeField(required=False)
    calendar = serializers.UUIDField(required=False)


class LocalDateField(serializers.DateField):
    def to_internal_value(self, value):
        on = super().to_internal_value(value)
        if not EARLIEST_YEAR <= on.year <= LATEST_YEAR:
            raise serializers.ValidationError("This is too far away.")
        return on


class EventChanges(StrictSerializer):
    """`starts_at` and `ends_at`, or `is_all_day` with the dates `starts_on` and `ends_on`, the end exclusive."""

    title = serializers.CharField(max_length=200, required=False)
    location = serializers.CharField(max_length=500, allow_blank=True, required=False)
    notes = serializers.CharField(max_length=10_000, allow_blank=True, required=False)
    starts_at = AwareDateTimeField(required=False)
    ends_at = AwareDateTimeField(required=False)
    is_all_day = serializers.BooleanField(required=False)
    starts_on = LocalDateField(required=False)
    ends_on = LocalDateField(required=False)
    is_busy = serializers.BooleanField(required=False)


class EventIn(EventChanges):
    title = serializers.CharField(max_length=200)


class EventOut(serializers.ModelSerializer[Event]):
    """`source` says who made it: "own" ones were made here and can be changed."""

    class Meta:
        model = Event
        fields = [
            "id",
            "calendar",
            "source",
            "title",
            "location",
            "notes",
            "starts_at",
            "ends_at",
            "is_all_day",
            "starts_on",
            "ends_on",
            "is_busy",
            "created_at",
            "updated_at",
        ]
