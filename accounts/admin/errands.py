"""Errands: work that no other row remembers. They are of the machinery, and name people by ids alone, unshown."""

from django.contrib import admin, messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from accounts.admin.rows import AT_ONCE, ReadOnly
from accounts.admin.site import back_office
from timeflow.lib.ids import as_id
from timeflow.lib.models import Errand
from timeflow.lib.queue import cancel_errand, send_errand
from timeflow.lib.words import count


@admin.register(Errand, site=back_office)
class ErrandAdmin(ReadOnly):
    """Each was sent to the workers when it was made and is sent again every minute until it went well."""

    list_display = ("task", "created_at")
    fields = (*list_display, "id")
    ordering = ("created_at",)
    actions = ("send_again", "cancel")
    # What is searched is said by `get_search_results`.
    search_fields = ("task",)
    search_help_text = "A part of a task's name, the id of the errand, or the id of the person whom it is for"

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Errand], search_term: str
    ) -> tuple[QuerySet[Errand], bool]:
        """Ids are whole; a person's is among the arguments, which are not shown."""
        term = search_term.strip()
        if wanted := as_id(term):
            return queryset.filter(Q(pk=wanted) | Q(args__icontains=str(wanted))), False
        return queryset.filter(task__icontains=term), False

    @admin.action(description="Send to the workers now", permissions=["act"])
    def send_again(self, request: HttpRequest, rows: QuerySet[Errand]) -> None:
        chosen = list(rows[:AT_ONCE])
        for errand in chosen:
            send_errand(errand.pk)
            self.log_change(request, errand, f"Sent again: {errand.task}")
        self.message_user(request, f"{count(len(chosen), 'errand')} sent.", messages.SUCCESS)

    @admin.action(description="Cancel: it will never be done", permissions=["act"])
    def cancel(self, request: HttpRequest, rows: QuerySet[Errand]) -> None:
        chosen = list(rows[:AT_ONCE])
        for errand in chosen:
            self.log_change(request, errand, f"Cancelled: {errand.task}")
            cancel_errand(errand.pk)
        self.message_user(request, f"{count(len(chosen), 'errand')} cancelled.", messages.SUCCESS)
