"""Addresses: `urlpatterns` for people, `api_urlpatterns` (below /api/) for programs."""

from django.urls import URLPattern, URLResolver, path

from accounts.api import people
from accounts.views import landing, settings

urlpatterns: list[URLPattern | URLResolver] = [
    path("", landing.home, name="home"),
    path("settings", settings.profile, name="settings"),
    path("settings/travel", settings.travel, name="settings-travel"),
    path("settings/travel/<uuid:stay_id>/remove", settings.remove_stay, name="settings-travel-remove"),
    path(
        "settings/travel/restore/<str:starts_on>/<path:time_zone>",
        settings.restore_stay,
        name="settings-travel-restore",
    ),
]
api_urlpatterns: list[URLPattern | URLResolver] = [
    path("me", people.MeView.as_view(), name="api-me"),
    path("stays", people.StaysView.as_view(), name="api-stays"),
    path("stays/<uuid:stay_id>", people.StayView.as_view(), name="api-stay"),
]
