"""Addresses: `urlpatterns` for people, `api_urlpatterns` (below /api/) for programs."""

from django.urls import URLPattern, URLResolver, path

from availability.api import calendars as api_calendars
from availability.api import events as api_events
from availability.api import hours as api_hours
from availability.api import imports as api_imports
from availability.views import calendars, connections, google_calendar, hooks, hours, plan_feed

urlpatterns: list[URLPattern | URLResolver] = [
    path("settings/hours", hours.hours_page, name="settings-hours"),
    path("settings/hours/usual", hours.usual_hours, name="settings-hours-usual"),
    path("settings/hours/restore/<str:week>", hours.restore_hours, name="settings-hours-restore"),
    path("settings/hours/dates", hours.add_dates, name="settings-dates-add"),
    path("settings/hours/dates/<date:first>/<date:last>/remove", hours.remove_dates, name="settings-dates-remove"),
    path(
        "settings/hours/dates/<date:first>/<date:last>/restore/<str:windows>",
        hours.restore_dates,
        name="settings-dates-restore",
    ),
    path("hooks/google/calendar", hooks.google_calendar, name="hook-google-calendar"),
    path("feeds/plan/<str:secret>.ics", plan_feed.read, name="plan-feed"),
    path("settings/plan-feed", plan_feed.page, name="settings-plan-feed"),
    path("settings/plan-feed/remove", plan_feed.remove, name="settings-plan-feed-remove"),
    path("settings/calendars", calendars.calendars_page, name="settings-calendars"),
    path("settings/calendars/look", connections.look, name="calendars-look"),
    path("settings/calendars/place", connections.choose_place, name="settings-place"),
    path("settings/calendars/<uuid:pk>", calendars.change_calendar, name="settings-calendar"),
    path("settings/calendars/<uuid:pk>/remove", calendars.remove_calendar, name="settings-calendar-remove"),
    path("settings/connections/google", google_calendar.connect_google, name="settings-google-connect"),
    path("settings/connections/google/answer", google_calendar.google_answered, name="settings-google-answered"),
    path("settings/connections/caldav", connections.connect_caldav, name="settings-caldav-connect"),
    path("settings/connections/feed", connections.connect_feed, name="settings-feed-connect"),
    path("settings/connections/<uuid:connection_id>/state", connections.account_state, name="settings-connection"),
    path(
        "settings/connections/<uuid:connection_id>/look", connections.look_at_account, name="settings-connection-look"
    ),
    path("settings/connections/<uuid:connection_id>/remove", connections.disconnect, name="settings-connection-remove"),
]
api_urlpatterns: list[URLPattern | URLResolver] = [
    path("working-hours", api_hours.WorkingHoursView.as_view(), name="api-working-hours"),
    path("date-overrides", api_hours.OverridesView.as_view(), name="api-date-overrides"),
    path("date-overrides/<uuid:pk>", api_hours.OverrideView.as_view(), name="api-date-override"),
    path("calendars", api_calendars.CalendarsView.as_view(), name="api-calendars"),
    path("calendars/import", api_imports.ImportCalendarView.as_view(), name="api-calendar-import"),
    path("calendars/look", api_calendars.LookView.as_view(), name="api-calendars-look"),
    path("calendars/<uuid:pk>", api_calendars.CalendarView.as_view(), name="api-calendar"),
    path("events", api_events.EventsView.as_view(), name="api-events"),
    path("events/<uuid:pk>", api_events.EventView.as_view(), name="api-event"),
]
