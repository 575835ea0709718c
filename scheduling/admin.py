"""What staff see of planning: that a plan was made, when and how it ended, and nothing of what is in it."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from accounts.admin import LookOnly, back_office
from scheduling.models import Plan, PlanJob
from scheduling.services import staffing


@admin.register(PlanJob, site=back_office)
class PlanJobAdmin(LookOnly):
    list_display = ("user", "state", "origin", "attempt", "created_at", "finished_at")
    fields = (*list_display, "heartbeat_at", "plan_id", "id")
    readonly_fields = ("plan_id",)
    list_filter = ("state", "origin")
    actions = ("try_again", "cancel")

    @admin.action(description="Try again", permissions=["act"])
    def try_again(self, request: HttpRequest, rows: QuerySet[PlanJob]) -> None:
        self.act(request, rows, staffing.try_again, "tried again")

    @admin.action(description="Cancel", permissions=["act"])
    def cancel(self, request: HttpRequest, rows: QuerySet[PlanJob]) -> None:
        self.act(request, rows, staffing.cancel, "cancelled")


@admin.register(Plan, site=back_office)
class PlanAdmin(LookOnly):
    list_display = ("user", "state", "origin", "created_at", "decided_at", "horizon_ends_at")
    fields = (*list_display, "id")
    list_filter = ("state", "origin")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Plan]:
        """Without its documents, of which each may be megabytes."""
        return super().get_queryset(request).defer("blocks", "removed", "outcomes", "cost", "undo", "summary")
