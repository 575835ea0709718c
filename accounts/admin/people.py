"""People, as staff look after them: who they are, whether they may come in, and the few things done for them."""

from typing import Any, cast

from allauth.account.models import EmailAddress
from django.contrib import admin
from django.db.models import Exists, OuterRef, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils import timezone

from accounts.admin.rows import LookOnly
from accounts.admin.site import back_office
from accounts.models import User
from accounts.services import staffing
from accounts.services.people import set_standing
from timeflow.lib.errors import Refusal


@admin.register(User, site=back_office)
class PersonAdmin(LookOnly):
    """Who they are and whether they may come in. People make, change and delete their accounts themselves."""

    list_display = ("email", "is_confirmed", "is_active", "is_staff", "created_at", "last_login", "deletion_due_at")
    list_filter = ("is_active", "is_staff")
    list_select_related = False
    fields = (
        *("id", "email", "is_confirmed", "is_active", "is_staff", "is_superuser"),
        *("created_at", "last_login", "deletion_due_at"),
    )
    readonly_fields = ("id", "email", "is_confirmed", "created_at", "last_login", "deletion_due_at")
    actions = ("let_in", "keep_out", "sign_out", "confirm_again", "start_deletion")

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        confirmed = EmailAddress.objects.filter(user=OuterRef("pk"), verified=True)
        return super().get_queryset(request).annotate(confirmed=Exists(confirmed))

    @admin.display(boolean=True, description="address confirmed")
    def is_confirmed(self, person: Any) -> bool:
        return bool(person.confirmed)

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        may = admin.ModelAdmin.has_change_permission(self, request, obj)
        return may and (obj is None or not obj.is_superuser or cast(User, request.user).is_superuser)

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:
        """Nobody makes staff but who may do everything."""
        closed = () if cast(User, request.user).is_superuser else ("is_staff", "is_superuser")
        return (*self.readonly_fields, *closed)

    def save_model(self, request: HttpRequest, obj: User, form: ModelForm, change: bool) -> None:
        changed = {name: form.cleaned_data[name] for name in form.changed_data}
        set_standing(user=obj, staff=cast(User, request.user), now=timezone.now(), **changed)

    @admin.action(description="Let in again", permissions=["act"])
    def let_in(self, request: HttpRequest, rows: QuerySet[User]) -> None:
        self.act(request, rows, staffing.let_in, "may come in")

    @admin.action(description="Keep out", permissions=["act"])
    def keep_out(self, request: HttpRequest, rows: QuerySet[User]) -> None:
        self.act(request, rows, staffing.keep_out, "kept out and signed out everywhere")

    @admin.action(description="Sign out everywhere", permissions=["act"])
    def sign_out(self, request: HttpRequest, rows: QuerySet[User]) -> None:
        self.act(request, rows, staffing.sign_out, "signed out everywhere")

    @admin.action(description="Send the letter that confirms the address again", permissions=["act"])
    def confirm_again(self, request: HttpRequest, rows: QuerySet[User]) -> None:
        def send(person: User, **who: Any) -> None:
            address = staffing.unconfirmed_address(person)
            try:
                address.send_confirmation(request)
            except OSError as error:
                raise Refusal("The mail server did not take the letter.") from error
            staffing.note_letter(person, **who)

        self.act(request, rows, send, "written to")

    @admin.action(description="Start the deletion that they asked for (one at a time)", permissions=["act"])
    def start_deletion(self, request: HttpRequest, rows: QuerySet[User]) -> None:
        chosen = rows if rows.count() == 1 else rows.none()
        if not chosen:
            self.message_user(request, "Nothing was done: choose one person.", "error")
        self.act(request, chosen, staffing.start_deletion, "closed, to be erased in 7 days unless they sign in")
