"""Which accounts are gone, so that a backup that is played back does not bring them back."""

from django.db import models


class ErasedAccount(models.Model):
    """The id that an erased account had. It leads to nobody, and is all that is left."""

    user_id = models.UUIDField(primary_key=True)
    erased_at = models.DateTimeField()
