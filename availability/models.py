"""Calendars, what is in them, and the hours in which a person works."""

from datetime import datetime

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from timeflow.lib import bounds
from timeflow.lib.ids import new_id
from timeflow.lib.time import MINUTES_PER_DAY


def _hours_in_a_day() -> list[models.CheckConstraint]:
    return [
        models.CheckConstraint(
            condition=Q(start_minute__gte=0, start_minute__lt=MINUTES_PER_DAY, end_minute__lte=MINUTES_PER_DAY),
            name="%(class)s_minutes_of_a_day",
            violation_error_message="Times lie between 0:00 and 24:00.",
        )
    ]


class Calendar(models.Model):
    """A place where events come from. Each person has one `own` and one `plan` calendar, and any number of files."""

    class Kind(models.TextChoices):
        OWN = "own", "TimeFlow"
        PLAN = "plan", "Plan"
        FILE = "file", "Imported file"

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


class WorkingHours(models.Model):
    """One window of a weekday (0 is Monday) in minutes after 0:00; an end at or before its start is the next day's."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="working_hours")
    weekday = models.PositiveSmallIntegerField()
    start_minute = models.PositiveSmallIntegerField()
    end_minute = models.PositiveSmallIntegerField()

    class Meta:
        verbose_name_plural = "working hours"
        constraints = [
            *_hours_in_a_day(),
            models.CheckConstraint(condition=Q(weekday__lte=6), name="workinghours_weekday"),
            models.UniqueConstraint(fields=["user", "weekday", "start_minute"], name="workinghours_start_once"),
        ]


class DateOverride(models.Model):
    """A date with hours of its own instead of its weekday's; without any it is a rest day."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="date_overrides")
    on = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "on"],
                name="dateoverride_one_a_date",
                violation_error_message="That date has its own hours already.",
            )
        ]


class OverrideHours(models.Model):
    """One window of a date override, in minutes after 0:00 like `WorkingHours`."""

    override = models.ForeignKey(DateOverride, on_delete=models.CASCADE, related_name="hours")
    start_minute = models.PositiveSmallIntegerField()
    end_minute = models.PositiveSmallIntegerField()

    class Meta:
        verbose_name_plural = "override hours"
        constraints = [
            *_hours_in_a_day(),
            models.UniqueConstraint(fields=["override", "start_minute"], name="overridehours_start_once"),
        ]
