"""What is fixed at a time."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from availability.models.calendars import Calendar, Series
from timeflow.lib import bounds
from timeflow.lib.ids import new_id


class EventQuerySet(models.QuerySet["Event"]):
    def of(self, user: object) -> "EventQuerySet":
        return self.filter(user=user)

    def busy(self) -> "EventQuerySet":
        """Events that block time: opaque, and in a calendar that counts."""
        return self.filter(is_busy=True, calendar__is_busy=True)

    def overlapping(self, start: datetime, end: datetime) -> "EventQuerySet":
        """Events that share time with [start, end)."""
        return self.filter(starts_at__lt=end, ends_at__gt=start)

    def shown(self) -> "EventQuerySet":
        return self.filter(calendar__is_shown=True)


class Event(models.Model):
    """What is fixed at a time: half-open [starts_at, ends_at) in UTC.

    An all-day event keeps its dates, end exclusive, as the truth; its instants follow the person's zone.
    `is_exclusive` marks rows that TimeFlow placed itself; the database refuses two that overlap for one person.
    """

    class Source(models.TextChoices):
        OWN = "own", "made here"
        FILE = "file", "imported"
        REMOTE = "remote", "from an account"
        BLOCK = "block", "planned work"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="events")
    calendar = models.ForeignKey(Calendar, on_delete=models.CASCADE, related_name="events")
    series = models.ForeignKey(Series, null=True, on_delete=models.CASCADE, related_name="occurrences")
    # Which occurrence of its series this is; empty for an event that stands alone.
    recurrence_id = models.CharField(max_length=40, blank=True)
    source = models.CharField(max_length=8, choices=Source.choices)
    title = models.CharField(max_length=bounds.TITLE)
    location = models.CharField(max_length=bounds.LOCATION, blank=True)
    notes = models.TextField(max_length=bounds.NOTES, blank=True)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    is_all_day = models.BooleanField(default=False)
    starts_on = models.DateField(null=True)
    ends_on = models.DateField(null=True)
    is_busy = models.BooleanField(default=True)
    is_tentative = models.BooleanField(default=False, db_default=False)
    is_private = models.BooleanField(default=False, db_default=False, help_text="its source says so")
    is_exclusive = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    objects = EventQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gte=F("starts_at")),
                name="event_ends_after_it_starts",
                violation_error_message="It ends before it starts.",
            ),
            models.CheckConstraint(
                condition=Q(is_all_day=False) | Q(starts_on__isnull=False, ends_on__gt=F("starts_on")),
                name="event_all_day_has_dates",
            ),
            models.UniqueConstraint(
                fields=["series", "recurrence_id"],
                condition=Q(series__isnull=False),
                name="event_occurrence_once",
            ),
        ]
        indexes = [
            # Serves `overlapping`: a person's events that end after an instant, then start before another.
            models.Index(fields=["user", "ends_at", "starts_at"], name="event_of_user_by_time"),
        ]
