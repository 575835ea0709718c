"""What staff see of a person's time: that something is there and how fresh it is, never what it says.

Names, titles, places and notes are private; nothing is changed here, since no plan would hear of it.
"""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from availability.models import Calendar, DateOverride, Event, WorkingHours


class LookOnly(admin.ModelAdmin):
    """`fields` is the allow-list of what is shown."""

    list_select_related = ("user",)
    search_fields = ("=user__email",)
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Calendar)
class CalendarAdmin(LookOnly):
    fields = list_display = ("id", "user", "kind", "is_busy", "read_at", "expanded_until", "created_at")
    list_filter = ("kind",)
    ordering = ("-created_at",)


@admin.register(Event)
class EventAdmin(LookOnly):
    fields = list_display = ("id", "user", "source", "starts_at", "ends_at", "is_all_day", "is_busy", "updated_at")
    list_filter = ("source",)
    ordering = ("-id",)


@admin.register(WorkingHours)
class WorkingHoursAdmin(LookOnly):
    fields = list_display = ("user", "weekday", "start_minute", "end_minute")
    ordering = ("user", "weekday", "start_minute")


@admin.register(DateOverride)
class DateOverrideAdmin(LookOnly):
    fields = list_display = ("user", "on")
    ordering = ("-on",)
