"""How allauth makes and greets people here."""

from allauth.account.adapter import DefaultAccountAdapter
from django.urls import reverse


class AccountAdapter(DefaultAccountAdapter):
    """A new person is led through the first-run guide."""

    def get_signup_redirect_url(self, request):
        return reverse("welcome")
