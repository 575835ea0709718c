"""The back office, where staff look after people without reading what they write: Django's admin, our own doors."""

import time
from collections.abc import Callable
from typing import Any

from csp.constants import SELF
from csp.decorators import csp_update
from django.conf import settings
from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.admin.status import sections
from accounts.selectors.second_factors import has_second_factor
from timeflow.lib.condition import find_condition
from timeflow.lib.metrics.telling import told_by_counters


class BackOffice(admin.AdminSite):
    """Staff come in by the session that they have; outside of development they need a second factor."""

    site_header = site_title = "TimeFlow back office"
    index_title = "People and their calendars"
    index_template = "back_office/index.html"

    def has_permission(self, request: HttpRequest) -> bool:
        user = request.user
        is_sure = settings.DEBUG or (user.is_authenticated and has_second_factor(user))
        return bool(user.is_active and user.is_staff and is_sure)

    def admin_view(self, view: Callable[..., Any], cacheable: bool = False) -> Any:
        """Whoever is signed in and no staff finds nothing here. The admin's own scripts may run on its pages."""
        inside = csp_update({"script-src": [SELF]})(super().admin_view(view, cacheable))

        @require_http_methods(["GET", "HEAD", "POST"])
        def enter(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if self.has_permission(request):
                return inside(request, *args, **kwargs)
            if not request.user.is_staff:
                raise Http404
            return render(request, "accounts/second_factor_needed.html", status=403)

        return enter

    def get_urls(self) -> list[Any]:
        """With the status page, and without the way to a row's page on the site, which no row has."""
        kept = [pattern for pattern in super().get_urls() if getattr(pattern, "name", "") != "view_on_site"]
        return [path("status/", self.admin_view(self.status), name="status"), *kept]

    def status(self, request: HttpRequest) -> HttpResponse:
        """How the installation is. It says nothing of anybody."""
        now = timezone.now()
        told = told_by_counters()
        found = sections(find_condition(now, time.perf_counter), told, now)
        bad = sum(row.is_bad for section in found for row in section.rows)
        page = {
            **self.each_context(request),
            "title": "Status",
            "sections": found,
            "bad": bad,
            "now": now,
            "told": told,
        }
        return render(request, "back_office/status.html", page)

    def login(self, request: HttpRequest, extra_context: Any = None) -> Any:
        return redirect("admin:index")

    def logout(self, request: HttpRequest, extra_context: Any = None) -> Any:
        return redirect("account_logout")

    def password_change(self, request: HttpRequest, extra_context: Any = None) -> Any:
        return redirect("account_change_password")

    password_change_done = password_change


back_office = BackOffice(name="admin")
