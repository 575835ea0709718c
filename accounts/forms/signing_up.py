"""Making an account by e-mail and password."""

from typing import Any

from allauth.account.forms import SignupForm
from allauth.account.internal.flows.manage_email import email_already_exists
from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction
from django.http import HttpRequest

from accounts.services.people import release_address


class AccountForm(SignupForm):
    def try_save(self, request: HttpRequest) -> Any:
        """The same answer whether the address has an account or not; only the letter differs."""
        email = self.cleaned_data["email"]
        release_address(email=email)
        _, self.account_already_exists = email_already_exists(email)
        if self.account_already_exists:
            # As much work as for a newcomer, or the time it takes would tell.
            make_password(self.cleaned_data["password1"])
        try:
            with transaction.atomic():
                return super().try_save(request)
        except IntegrityError:
            # Somebody signed up with it at this very moment.
            self.account_already_exists = True
            return super().try_save(request)
