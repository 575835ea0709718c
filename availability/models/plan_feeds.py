"""The private address at which any calendar program reads a person's plan."""

from django.conf import settings
from django.db import models


class PlanFeed(models.Model):
    """`digest` is the hexadecimal sha256 of the secret in the address, which is shown once and kept nowhere."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="plan_feed"
    )
    digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, help_text="when a program last asked, to the hour")
