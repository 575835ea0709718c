"""What staff see of a person's time: that something is there and how fresh it is, never what it says.

Names, titles, places and notes are private; nothing is changed here, since no plan would hear of it.
"""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from accounts.admin import LookOnly, back_office
from accounts.admin.rows import ReadOnly
from availability.models import Calendar, CallCount, Channel, Copy, DateOverride, Event, Mirror, WorkingHours
from availability.services import staffing


@admin.register(Calendar, site=back_office)
class CalendarAdmin(LookOnly):
    list_display = ("user", "kind", "is_busy", "read_at", "expanded_until", "created_at")
    fields = (*list_display, "id")
    list_filter = ("kind",)


@admin.register(Event, site=back_office)
class EventAdmin(LookOnly):
    list_display = ("user", "source", "starts_at", "ends_at", "is_all_day", "is_busy", "updated_at")
    fields = (*list_display, "id")
    list_filter = ("source",)


@admin.register(WorkingHours, site=back_office)
class WorkingHoursAdmin(LookOnly):
    fields = list_display = ("user", "weekday", "start_minute", "end_minute")
    ordering = ("user", "weekday", "start_minute")


@admin.register(DateOverride, site=back_office)
class DateOverrideAdmin(LookOnly):
    fields = list_display = ("user", "on")
    ordering = ("-on",)


@admin.register(Mirror, site=back_office)
class MirrorAdmin(LookOnly):
    """How well a calendar of an account is kept in step. What it is called there, and what failed, is not shown."""

    list_display = ("user", "provider", "is_followed", "receives_blocks", "failures", "next_at", "rests_until")
    fields = (*list_display, "is_ours", "is_leaving", "words", "turn", "attempt", "asked_at", "held_until")
    readonly_fields = ("provider",)
    list_filter = ("is_followed", "receives_blocks")
    list_select_related = ("user", "connection")
    actions = ("look_now",)

    @admin.display(ordering="connection__provider")
    def provider(self, mirror: Mirror) -> str:
        return mirror.connection.get_provider_display()

    @admin.action(description="Look now", permissions=["act"])
    def look_now(self, request: HttpRequest, rows: QuerySet[Mirror]) -> None:
        self.act(request, rows.select_related("connection"), staffing.look_now, "looked at")


@admin.register(Copy, site=back_office)
class CopyAdmin(LookOnly):
    list_display = ("user", "news", "turn", "failures", "seen_in")
    fields = (*list_display, "event_id", "there_from", "there_until", "id")
    list_filter = ("news",)


@admin.register(Channel, site=back_office)
class ChannelAdmin(LookOnly):
    list_display = ("user", "made_at", "renew_at", "expires_at")
    fields = (*list_display, "id")
    readonly_fields = ("user",)
    list_select_related = ("connection__user",)
    owner_path = "connection__user"


@admin.register(CallCount, site=back_office)
class CallCountAdmin(ReadOnly):
    """Of nobody in particular: how much the quota of a provider is used."""

    fields = list_display = ("on", "provider", "kind", "lane", "calls", "refused")
    list_filter = ("provider", "lane")
    ordering = ("-on", "provider", "kind", "lane")
