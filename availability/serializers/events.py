"""Events on the wire."""

from typing import Any

from rest_framework import serializers

from availability.domain.own_series import EVERY, Repeats
from availability.models import Event
from availability.services.series import ALL, ONE
from timeflow.lib import bounds
from timeflow.lib.http import AwareDateTimeField, Listing, LocalDateField, StrictSerializer


class EventQuery(Listing):
    """Events that share time with [start, end), by default the four weeks from now; at most a year."""

    start = AwareDateTimeField(required=False)
    end = AwareDateTimeField(required=False)
    calendar = serializers.UUIDField(required=False)


class RepeatsIn(StrictSerializer):
    """`until` is the last local date, `times` counts all occurrences; give one of them, or neither for no end."""

    every = serializers.ChoiceField(choices=list(EVERY))
    until = LocalDateField(required=False)
    times = serializers.IntegerField(**bounds.OCCURRENCES.ends, required=False)

    def validate(self, repeats: dict[str, Any]) -> Repeats:
        return Repeats(**repeats)


class RepeatsOut(serializers.Serializer[Repeats]):
    every = serializers.ChoiceField(choices=list(EVERY))
    until = serializers.DateField(allow_null=True)
    times = serializers.IntegerField(allow_null=True)


class ScopeQuery(StrictSerializer):
    """Of a series: this occurrence, or all."""

    scope = serializers.ChoiceField(choices=[ONE, ALL], default=ONE)


class EventFields(StrictSerializer):
    """`starts_at` and `ends_at`, or `is_all_day` with the dates `starts_on` and `ends_on`, the end exclusive."""

    title = serializers.CharField(max_length=bounds.TITLE, required=False)
    location = serializers.CharField(max_length=bounds.LOCATION, allow_blank=True, required=False)
    notes = serializers.CharField(max_length=bounds.NOTES, allow_blank=True, required=False)
    starts_at = AwareDateTimeField(required=False)
    ends_at = AwareDateTimeField(required=False)
    is_all_day = serializers.BooleanField(required=False)
    starts_on = LocalDateField(required=False)
    ends_on = LocalDateField(required=False)
    is_busy = serializers.BooleanField(required=False)
    repeats = RepeatsIn(required=False)


class EventIn(EventFields):
    title = serializers.CharField(max_length=bounds.TITLE)


class EventChanges(EventFields):
    """Of a series they are for this occurrence, or with `scope` "all" for every one."""

    scope = serializers.ChoiceField(choices=[ONE, ALL], required=False)


class EventOut(serializers.ModelSerializer[Event]):
    """`source` says who made it: "own" ones were made here and can be changed.

    `is_tentative`: it is not certain yet, or the person has not said that they come. `is_private`: other people who see
    its calendar do not see what it is. Events of one series share its id; `repeats` says how often an own one comes.
    """

    series = serializers.UUIDField(source="series_id", allow_null=True)
    repeats = RepeatsOut(allow_null=True)

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
            "is_tentative",
            "is_private",
            "series",
            "repeats",
            "created_at",
            "updated_at",
        ]
