"""The hours in which a person works."""

from django.conf import settings
from django.db import models
from django.db.models import Q

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
