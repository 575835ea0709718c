"""Rows that serve every app: leases for periodic work, errands, and answers kept for idempotent requests."""

from django.conf import settings
from django.db import models

from timeflow.lib.ids import new_id


class Lease(models.Model):
    """Who may run a periodic task until when, so that two beats do no harm."""

    name = models.CharField(primary_key=True, max_length=100)
    held_until = models.DateTimeField()


class Errand(models.Model):
    """A task to be run that no other row remembers; it goes when the task has run, until then a sweeper sends it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    task = models.CharField(max_length=100)
    args = models.JSONField()
    created_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["created_at"], name="errand_age")]


class IdempotentRequest(models.Model):
    """The answer given to a POST with an `Idempotency-Key`, repeated for the same key and body for a day."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=100)
    route = models.CharField(max_length=100)
    body_digest = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    answer = models.JSONField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["owner", "route", "key"], name="idempotentrequest_once"),
        ]
        indexes = [models.Index(fields=["created_at"], name="idempotentrequest_age")]
