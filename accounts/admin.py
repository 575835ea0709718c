"""The back office, where staff look after people without reading what they write: Django's admin, our own doors."""

from collections.abc import Callable
from typing import Any, ClassVar, cast

from csp.constants import SELF
from csp.decorators import csp_update
from django.conf import settings
from django.contrib import admin
from django.forms import ModelForm
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.domain.callers import STAFF
from accounts.models import SecurityEvent, User
from accounts.selectors.second_factors import has_second_factor
from accounts.services.audit import record_event
from accounts.services.people import set_standing

MAX_SEARCH = 320


class BackOffice(admin.AdminSite):
    """Staff come in by the session that they have; outside of development they need a second factor."""

    site_header = site_title = "TimeFlow back office"
    index_title = "People and their calendars"

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
        """Without the way to a row's page on the site, which no row has."""
        return [pattern for pattern in super().get_urls() if getattr(pattern, "name", "") != "view_on_site"]

    def login(self, request: HttpRequest, extra_context: Any = None) -> Any:
        return redirect("admin:index")

    def logout(self, request: HttpRequest, extra_context: Any = None) -> Any:
        return redirect("account_logout")

    def password_change(self, request: HttpRequest, extra_context: Any = None) -> Any:
        return redirect("account_change_password")

    password_change_done = password_change


back_office = BackOffice(name="admin")


class LookOnly(admin.ModelAdmin):
    """Rows of people, for staff to look at. Each look is noted in the owner's log. `fields` is all that is shown."""

    list_select_related: ClassVar[Any] = ("user",)
    search_fields: ClassVar[Any] = ("=user__email",)
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest) -> bool:
        """By nothing but the filters shown: whoever may ask which titles begin with a letter learns them all."""
        return lookup.split("__", maxsplit=1)[0] in self.list_filter

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        """SQLite takes no pattern of any length, and no address is that long."""
        return super().get_search_results(request, queryset, search_term[:MAX_SEARCH])

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        row = super().get_object(request, object_id, from_field or None)
        if row is not None and request.method == "GET" and self.has_view_or_change_permission(request, row):
            record_event(
                user_id=row.pk if isinstance(row, User) else row.user_id,
                kind=SecurityEvent.Kind.STAFF_VIEWED,
                caller=STAFF,
                now=timezone.now(),
                staff=str(request.user.pk),
                model=str(self.opts.verbose_name),
            )
        return row


@admin.register(User, site=back_office)
class PersonAdmin(LookOnly):
    """Who they are and whether they may come in. People make, change and delete their accounts themselves."""

    ordering = ("-created_at",)
    list_display = ("email", "is_active", "is_staff", "created_at", "deletion_due_at")
    list_filter = ("is_active", "is_staff")
    list_select_related = False
    search_fields = ("email",)
    fields = ("email", "is_active", "is_staff", "is_superuser", "created_at", "last_login", "deletion_due_at")
    readonly_fields = ("email", "created_at", "last_login", "deletion_due_at")

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        may = admin.ModelAdmin.has_change_permission(self, request, obj)
        return may and (obj is None or not obj.is_superuser or request.user.is_superuser)

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:
        """Nobody makes staff but who may do everything."""
        closed = () if request.user.is_superuser else ("is_staff", "is_superuser")
        return (*self.readonly_fields, *closed)

    def save_model(self, request: HttpRequest, obj: User, form: ModelForm, change: bool) -> None:
        changed = {name: form.cleaned_data[name] for name in form.changed_data}
        set_standing(user=obj, staff=cast(User, request.user), now=timezone.now(), **changed)
