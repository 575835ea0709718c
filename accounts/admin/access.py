"""By what people come in and what they connected, with the log of it. Devices, names and secrets stay theirs."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from accounts.admin.rows import LookOnly
from accounts.admin.site import back_office
from accounts.models import ApiToken, Connection, SecurityEvent, Session
from accounts.services import staffing


@admin.register(Session, site=back_office)
class SessionAdmin(LookOnly):
    list_display = ("user", "opened_at", "last_seen_at", "expires_at", "revoked_at", "revoked_because")
    fields = (*list_display, "authenticated_at", "rotated_at", "id")
    list_filter = ("revoked_because",)
    actions = ("end",)

    @admin.action(description="End", permissions=["act"])
    def end(self, request: HttpRequest, rows: QuerySet[Session]) -> None:
        self.act(request, rows, staffing.end_session, "ended")


@admin.register(ApiToken, site=back_office)
class ApiTokenAdmin(LookOnly):
    list_display = ("user", "scope", "created_at", "expires_at", "last_used_at", "revoked_at")
    fields = (*list_display, "id")
    list_filter = ("scope",)
    actions = ("revoke",)

    @admin.action(description="Revoke", permissions=["act"])
    def revoke(self, request: HttpRequest, rows: QuerySet[ApiToken]) -> None:
        self.act(request, rows, staffing.revoke_token, "revoked")


@admin.register(Connection, site=back_office)
class ConnectionAdmin(LookOnly):
    list_display = ("user", "provider", "state", "connected_at", "changed_at")
    fields = (*list_display, "id")
    list_filter = ("provider", "state")


@admin.register(SecurityEvent, site=back_office)
class SecurityEventAdmin(LookOnly):
    list_display = ("user", "kind", "at")
    fields = (*list_display, "id")
    list_filter = ("kind",)
