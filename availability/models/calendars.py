"""Where events come from, and the text of those that repeat."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from timeflow.lib import bounds
from timeflow.lib.ids import new_id


class Calendar(models.Model):
    """A place where events come from. Each person has one `own` and one `plan` calendar, and any number of others."""

    class Kind(models.TextChoices):
        OWN = "own", "TimeFlow"
        PLAN = "plan", "Plan"
        FILE = "file", "Imported file"
        REMOTE = "remote", "From an account"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="calendars")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    name = models.CharField(max_length=bounds.CALENDAR_NAME)
    tint = models.PositiveSmallIntegerField(
        default=1, validators=[MinValueValidator(1), MaxValueValidator(8)], help_text="one of eight hues"
    )
    is_shown = models.BooleanField(default=True)
    is_busy = models.BooleanField(default=True, help_text="its events block time")
    read_at = models.DateTimeField(null=True, help_text="when its source was last read well")
    # Rows of Event exist for occurrences inside this window of instants, half-open.
    expanded_from = models.DateTimeField(null=True)
    expanded_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "kind"],
                condition=Q(kind__in=["own", "plan"]),
                name="calendar_one_own_and_one_plan",
            ),
            models.CheckConstraint(condition=Q(tint__gte=1, tint__lte=8), name="calendar_tint_is_one_of_eight"),
        ]


class Series(models.Model):
    """What an .ics source says about one UID: the text that its occurrences are expanded from."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    calendar = models.ForeignKey(Calendar, on_delete=models.CASCADE, related_name="series")
    uid = models.CharField(max_length=300)
    ics = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["calendar", "uid"], name="series_uid_once")]
