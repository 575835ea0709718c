"""Calendar files on the wire."""

from rest_framework import serializers

from availability.services.imports import ImportReport
from timeflow.lib import bounds
from timeflow.lib.uploads import UploadIn


class CalendarFileIn(UploadIn):
    """An .ics file. It replaces the content of `calendar`, else of an imported calendar of the same name."""

    name = serializers.CharField(
        required=False, max_length=bounds.CALENDAR_NAME, help_text="without it, as the file says"
    )
    tint = serializers.IntegerField(required=False, **bounds.TINT.ends)
    calendar = serializers.UUIDField(required=False)


class ImportReportOut(serializers.Serializer[ImportReport]):
    """What came in. `occurrences` are the dates of the coming half year and the month before."""

    calendar = serializers.UUIDField(source="calendar.pk")
    name = serializers.CharField(source="calendar.name")
    events = serializers.IntegerField()
    series = serializers.IntegerField()
    occurrences = serializers.IntegerField()
    cancelled = serializers.IntegerField()
    is_replaced = serializers.BooleanField()
    notes = serializers.ListField(child=serializers.CharField())
    words = serializers.CharField()
