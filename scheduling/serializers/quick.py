"""Tasks typed as one line, on the wire."""

from datetime import date, datetime
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from scheduling.domain.grammar import QuickEntry
from timeflow.lib import bounds
from timeflow.lib.http import StrictSerializer


class LineIn(StrictSerializer):
    """A task as one types it: "report 2h !1 fri #thesis"."""

    text = serializers.CharField(max_length=bounds.LINE)


class ChipOut(serializers.Serializer[Any]):
    """Something understood: where it stands in the text, [start, end), and how people say it."""

    kind = serializers.CharField()
    start = serializers.IntegerField()
    end = serializers.IntegerField()
    words = serializers.CharField()


class EntryOut(serializers.Serializer[QuickEntry]):
    """What a line says; null where it says nothing. With an `error` no task can be made of it."""

    title = serializers.CharField()
    minutes = serializers.IntegerField(allow_null=True)
    priority = serializers.IntegerField(allow_null=True)
    due_at = serializers.SerializerMethodField()
    due_on = serializers.SerializerMethodField()
    earliest_at = serializers.SerializerMethodField()
    earliest_on = serializers.SerializerMethodField()
    labels = serializers.ListField(child=serializers.CharField())
    rrule = serializers.CharField(source="recurrence", allow_null=True)
    is_splittable = serializers.BooleanField(allow_null=True)
    preferred = serializers.CharField(allow_null=True)
    chips = ChipOut(many=True)
    warnings = serializers.ListField(child=serializers.CharField())
    error = serializers.CharField(allow_null=True)

    def get_due_at(self, entry: QuickEntry) -> datetime | None:
        return entry.due if isinstance(entry.due, datetime) else None

    @extend_schema_field(serializers.DateField(allow_null=True))
    def get_due_on(self, entry: QuickEntry) -> date | None:
        return None if isinstance(entry.due, datetime) else entry.due

    def get_earliest_at(self, entry: QuickEntry) -> datetime | None:
        return entry.earliest if isinstance(entry.earliest, datetime) else None

    @extend_schema_field(serializers.DateField(allow_null=True))
    def get_earliest_on(self, entry: QuickEntry) -> date | None:
        return None if isinstance(entry.earliest, datetime) else entry.earliest
