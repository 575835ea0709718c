"""Rows of people as staff see them: found by whose they are, looked at, changed by nothing but a service."""

from collections.abc import Callable
from typing import Any, ClassVar, cast
from uuid import UUID

from django.contrib import admin, messages
from django.db.models import Q, QuerySet
from django.db.models.functions import Lower
from django.http import HttpRequest
from django.utils import timezone

from accounts.domain.callers import STAFF
from accounts.models import SecurityEvent, User
from accounts.services.audit import record_event
from timeflow.lib.errors import Refusal
from timeflow.lib.words import count

# An action on more rows than fit on a page was hardly meant.
AT_ONCE = 50


class ReadOnly(admin.ModelAdmin):
    """Rows to look at. `fields` is all that is shown; an action is offered to staff who may change such rows."""

    list_per_page = list_max_show_all = AT_ONCE
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_act_permission(self, request: HttpRequest) -> bool:
        return super().has_change_permission(request)

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest) -> bool:
        """By nothing but the filters shown: whoever may ask which titles begin with a letter learns them all."""
        return lookup.split("__", maxsplit=1)[0] in self.list_filter

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        return super().get_object(request, object_id, from_field or None)


class LookOnly(ReadOnly):
    """Rows of people, found by whose they are. Each look is noted in the owner's log.

    An action calls one service for each row, which notes it, too.
    """

    list_select_related: ClassVar[Any] = ("user",)
    ordering: ClassVar[Any] = ("-pk",)
    # What is searched is said by `get_search_results`.
    search_fields: ClassVar[Any] = ("pk",)
    search_help_text = "A person's whole address, their id, or the id of the row itself"

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        """Whole ids and addresses, by the indexes that there are: nobody finds people by a part of their name."""
        term = search_term.strip()
        if term:
            try:
                wanted = Q(pk=UUID(term)) | Q(**{self._owner: UUID(term)})
            except ValueError:
                wanted = Q(**{f"{self._owner}__in": self._people_at(term)})
            queryset = queryset.filter(wanted)
        return queryset, False

    @staticmethod
    def _people_at(address: str) -> QuerySet[Any, Any]:
        return User.objects.annotate(lower=Lower("email")).filter(lower=address.lower()).values("pk")

    owner_path: ClassVar[str] = "user"

    @property
    def _owner(self) -> str:
        return "pk" if self.model is User else self.owner_path

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        row = super().get_object(request, object_id, from_field)
        if row is not None and request.method == "GET" and self.has_view_or_change_permission(request, row):
            record_event(
                user_id=owner_of(row).pk,
                kind=SecurityEvent.Kind.STAFF_VIEWED,
                caller=STAFF,
                now=timezone.now(),
                staff=str(request.user.pk),
                model=str(self.opts.verbose_name),
            )
        return row

    def act(self, request: HttpRequest, rows: QuerySet[Any], deed: Callable[..., object], done: str) -> None:
        """Call `deed(row, staff=, now=)` for each row, and say how it went; `done` as in "3 sessions ended"."""
        chosen = list(rows.select_related(*([] if self.model is User else [self.owner_path]))[: AT_ONCE + 1])
        if len(chosen) > AT_ONCE:
            self.message_user(request, f"Nothing was done: at most {AT_ONCE} at once.", messages.ERROR)
            return
        staff, went_well = cast(User, request.user), 0
        for row in chosen:
            if owner_of(row).is_superuser and not staff.is_superuser:
                self._refuse(request, row, "Only who may do everything looks after this account.")
                continue
            try:
                deed(row, staff=staff, now=timezone.now())
            except Refusal as refusal:
                self._refuse(request, row, refusal.words)
            else:
                went_well += 1
        if went_well:
            self.message_user(request, f"{count(went_well, str(self.opts.verbose_name))} {done}.", messages.SUCCESS)

    def _refuse(self, request: HttpRequest, row: Any, why: str) -> None:
        self.message_user(request, f"Nothing was done for {owner_of(row).email}: {why}", messages.ERROR)


def owner_of(row: Any) -> User:
    return cast(User, row if isinstance(row, User) else row.user)
