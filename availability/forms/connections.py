"""What connecting an account takes."""

from typing import Any
from urllib.parse import urlsplit

from django import forms

from accounts.models import Connection
from timeflow.lib import bounds

KNOWN = {"fastmail": "https://caldav.fastmail.com/", "icloud": "https://caldav.icloud.com/"}
"""Servers that need no address of the person."""


class CalDavForm(forms.Form):
    """The password is never shown again, whatever becomes of the rest."""

    server = forms.ChoiceField(
        choices=[("fastmail", "Fastmail"), ("icloud", "iCloud"), ("nextcloud", "Nextcloud"), ("other", "Another")],
        widget=forms.RadioSelect,
        label="Where your calendars are",
        initial="fastmail",
    )
    address = forms.CharField(
        required=False,
        max_length=bounds.ADDRESS,
        label="Address",
        widget=forms.URLInput(attrs={"autocomplete": "off", "placeholder": "https://…"}),
    )
    account = forms.CharField(
        max_length=bounds.EMAIL,
        label="User name",
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )
    password = forms.CharField(
        max_length=bounds.APP_PASSWORD,
        strip=False,
        label="App password",
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        known = KNOWN.get(given.get("server", ""))
        if known:
            given["address"] = known
        elif "address" in given and not given["address"]:
            self.add_error("address", "Give the address of the server.")
        return given

    @classmethod
    def again(cls, connection: Connection) -> "CalDavForm":
        """What is known of an account that must be connected again; where its server is, is kept sealed."""
        host = connection.subject.rpartition("@")[2]
        server = next((name for name, address in KNOWN.items() if urlsplit(address).hostname == host), "other")
        address = "" if server in KNOWN else f"https://{host}/"
        return cls(initial={"server": server, "address": address, "account": connection.account})


class FeedForm(forms.Form):
    address = forms.CharField(
        max_length=bounds.ADDRESS,
        label="Address of the file",
        help_text="It often ends in .ics and may begin with webcal://. Whoever knows it can read the calendar: it is "
        "kept sealed.",
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "inputmode": "url", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )
