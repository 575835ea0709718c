"""Addresses: `urlpatterns` for people, `api_urlpatterns` (below /api/) for programs."""

from django.urls import URLPattern, URLResolver, path

from availability.api import calendars as api_calendars
from availability.api import events as api_events
from availability.api import hours as api_hours
from availability.api import imports as api_imports

urlpatterns: list[URLPattern | URLResolver] = []
api_urlpatterns: list[URLPattern | URLResolver] = [
    path("working-hours", api_hours.WorkingHoursView.as_view(), name="api-working-hours"),
    path("date-overrides", api_hours.OverridesView.as_view(), name="api-date-overrides"),
    path("date-overrides/<uuid:pk>", api_hours.OverrideView.as_view(), name="api-date-override"),
    path("calendars", api_calendars.CalendarsView.as_view(), name="api-calendars"),
    path("calendars/import", api_imports.ImportCalendarView.as_view(), name="api-calendar-import"),
    path("calendars/<uuid:pk>", api_calendars.CalendarView.as_view(), name="api-calendar"),
    path("events", api_events.EventsView.as_view(), name="api-events"),
    path("events/<uuid:pk>", api_events.EventView.as_view(), name="api-event"),
]
