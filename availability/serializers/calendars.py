"""Calendars on the wire."""

from typing import Any

from rest_framework import serializers

from availability.models import Calendar
from availability.selectors.mirrors import mirror_of, staleness
from timeflow.lib import bounds
from timeflow.lib.http import StrictSerializer


class CalendarChanges(StrictSerializer):
    """`is_busy`: its events block time. `is_shown`: the week shows them."""

    name = serializers.CharField(max_length=bounds.CALENDAR_NAME, required=False)
    tint = serializers.IntegerField(**bounds.TINT.ends, required=False)
    is_shown = serializers.BooleanField(required=False)
    is_busy = serializers.BooleanField(required=False)


class LookOut(serializers.Serializer[Any]):
    """How many calendars are being looked at."""

    calendars = serializers.IntegerField()


class CalendarOut(serializers.ModelSerializer[Calendar]):
    """What belongs to an account says so: other calendars have null there and an empty `fault`.

    `is_fresh`: what is here can be relied on. `receives_blocks`: the plan is written into it.
    """

    events = serializers.IntegerField(source="event_count", help_text="how many are kept at present")
    provider = serializers.SerializerMethodField(help_text="google, caldav or feed")
    account = serializers.SerializerMethodField(help_text="what the account is called")
    is_followed = serializers.SerializerMethodField(help_text="its events are read")
    is_fresh = serializers.SerializerMethodField()
    fault = serializers.SerializerMethodField(help_text="why it could not be read or written, in words")
    receives_blocks = serializers.SerializerMethodField()

    class Meta:
        model = Calendar
        fields = [
            *("id", "kind", "name", "tint", "is_shown", "is_busy", "events", "read_at", "created_at"),
            *("provider", "account", "is_followed", "is_fresh", "fault", "receives_blocks"),
        ]

    def get_provider(self, calendar: Calendar) -> str | None:
        mirror = mirror_of(calendar)
        return mirror.connection.provider if mirror else None

    def get_account(self, calendar: Calendar) -> str | None:
        mirror = mirror_of(calendar)
        return mirror.connection.account if mirror else None

    def get_is_followed(self, calendar: Calendar) -> bool | None:
        mirror = mirror_of(calendar)
        return mirror.is_followed if mirror else None

    def get_is_fresh(self, calendar: Calendar) -> bool | None:
        mirror = mirror_of(calendar)
        return mirror.is_followed and not staleness(calendar, mirror, self.context["now"]) if mirror else None

    def get_fault(self, calendar: Calendar) -> str:
        mirror = mirror_of(calendar)
        return mirror.fault if mirror else ""

    def get_receives_blocks(self, calendar: Calendar) -> bool:
        mirror = mirror_of(calendar)
        return bool(mirror and mirror.receives_blocks)
