"""Addresses: `urlpatterns` for people, `api_urlpatterns` (below /api/) for programs."""

from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = []
api_urlpatterns: list[URLPattern | URLResolver] = []
