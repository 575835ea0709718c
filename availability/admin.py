"""What staff see of a person's time: that something is there and how fresh it is, never what it says.

Names, titles, places and notes are private; nothing is changed here, since no plan would hear of it.
"""

from django.contrib import admin

from accounts.admin import LookOnly, back_office
from availability.models import Calendar, DateOverride, Event, WorkingHours


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
