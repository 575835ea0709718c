"""Working hours and dates with hours of their own, on the wire."""

from collections.abc import Iterable
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from availability.domain.hour_rules import DAYS, Week, Window, minute_of
from availability.models import DateOverride
from timeflow.lib import bounds
from timeflow.lib.http import Listing, LocalDateField, StrictSerializer


@extend_schema_field({"type": "string", "pattern": "^([01]?[0-9]|2[0-4]):[0-5][0-9]$", "example": "09:00"})
class WallTimeField(serializers.Field[int, str, str, int]):
    """A reading of the wall clock, "09:00" to "24:00"; minutes after 0:00 inside."""

    def to_internal_value(self, value: Any) -> int:
        minute = minute_of(value) if isinstance(value, str) else None
        if minute is None:
            raise serializers.ValidationError("Write a time such as 09:00; the end of a day is 24:00.")
        return minute

    def to_representation(self, minute: int) -> str:
        return f"{minute // 60:02d}:{minute % 60:02d}"


class WindowIn(StrictSerializer):
    """An end at or before its start is on the next day."""

    start = WallTimeField()
    end = WallTimeField()

    def validate(self, window: dict[str, int]) -> Window:
        if window["start"] == 1440:
            raise serializers.ValidationError({"start": ["A day starts at 00:00."]})
        return window["start"], window["end"]


class WindowOut(serializers.Serializer[Any]):
    start = WallTimeField()
    end = WallTimeField()


class WeekIn(StrictSerializer):
    """The whole week; a day without windows is off."""

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        return {name: serializers.ListField(child=WindowIn(), max_length=bounds.WINDOWS_A_DAY) for name in DAYS}


class WeekOut(serializers.Serializer[Any]):
    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        return {name: WindowOut(many=True) for name in DAYS}


def week_out(week: Week) -> Any:
    """A week as the wire shows it, Monday first."""
    return WeekOut({name: windows_out(week.get(weekday, ())) for weekday, name in enumerate(DAYS)}).data


def windows_out(windows: Iterable[Window]) -> list[dict[str, int]]:
    return [{"start": start, "end": end} for start, end in windows]


class OverridesIn(StrictSerializer):
    """Local dates first..last, both included; `last` is `first` if left out. Without windows they are rest days."""

    first = LocalDateField()
    last = LocalDateField(required=False)
    windows = serializers.ListField(child=WindowIn(), max_length=bounds.WINDOWS_A_DAY)


class OverrideQuery(Listing):
    """Local dates, both included."""

    first = LocalDateField(required=False)
    last = LocalDateField(required=False)


class OverrideOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    on = serializers.DateField()
    windows = WindowOut(many=True)


def overrides_out(overrides: Iterable[DateOverride]) -> Any:
    """Expects `hours` prefetched."""
    return OverrideOut(
        [
            {
                "id": override.pk,
                "on": override.on,
                "windows": windows_out(sorted((row.start_minute, row.end_minute) for row in override.hours.all())),
            }
            for override in overrides
        ],
        many=True,
    ).data
