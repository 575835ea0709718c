"""What people let TimeFlow read and write for them: their calendars at a provider."""

from django.db import models

from accounts.models.people import User
from timeflow.lib.ids import new_id
from timeflow.lib.sealed import SealedField


class Connection(models.Model):
    """A person's grant to one account at a provider. `subject` is the provider's own id of that account.

    Google gives tokens, CalDAV a password, a feed a secret address. They are read by
    `accounts.services.connections.use_secret` and nowhere else.
    """

    class Provider(models.TextChoices):
        GOOGLE = "google", "Google Calendar"
        CALDAV = "caldav", "CalDAV"
        FEED = "feed", "Calendar feed"

    class State(models.TextChoices):
        ACTIVE = "active", "Connected"
        NEEDS_RECONNECT = "needs_reconnect", "Must be connected again"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="connections")
    provider = models.CharField(max_length=10, choices=Provider.choices)
    account = models.CharField(max_length=254, help_text="What the person calls it: an address or a name")
    subject = models.CharField(max_length=255)
    scopes = models.JSONField(default=list)
    state = models.CharField(max_length=20, choices=State.choices, default=State.ACTIVE)
    access_token = SealedField(null=True)
    refresh_token = SealedField(null=True)
    password = SealedField(null=True)
    address = SealedField(null=True)
    fault = models.CharField(
        max_length=300, blank=True, default="", db_default="", help_text="why the account could not be looked at"
    )
    listed_at = models.DateTimeField(null=True, help_text="when its calendars were last listed")
    access_expires_at = models.DateTimeField(null=True)
    connected_at = models.DateTimeField()
    changed_at = models.DateTimeField(help_text="When its secrets were last given or lost")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "provider", "subject"],
                name="connection_once",
                violation_error_message="This account is connected already.",
            ),
        ]
