"""Addresses: `urlpatterns` for people, `api_urlpatterns` (below /api/) for programs."""

from django.urls import URLPattern, URLResolver, path

from accounts.views import landing

urlpatterns: list[URLPattern | URLResolver] = [
    path("", landing.home, name="home"),
]
api_urlpatterns: list[URLPattern | URLResolver] = []
