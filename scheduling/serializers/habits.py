"""Habits and preferences on the wire."""

from typing import Any

from rest_framework import serializers

from scheduling.models import Habit, PartOfDay, Preferences, Priority
from scheduling.serializers.plans import EditOut
from timeflow.lib import bounds
from timeflow.lib.http import Listing, LocalDateField, StrictSerializer


class HabitQuery(Listing):
    state = serializers.ChoiceField(choices=["active", "archived", "all"], default="active")


class HabitChanges(StrictSerializer):
    """`weekdays` holds a number per day on which it may happen, 0 for Monday: "01234"."""

    title = serializers.CharField(max_length=bounds.TITLE, required=False)
    minutes = serializers.IntegerField(**bounds.HABIT_MINUTES.ends, required=False)
    times_per_week = serializers.IntegerField(**bounds.TIMES_A_WEEK.ends, required=False)
    priority = serializers.ChoiceField(choices=Priority.choices, required=False)
    preferred = serializers.ChoiceField(choices=PartOfDay.choices, allow_blank=True, required=False)
    weekdays = serializers.RegexField(r"\A[0-6]{1,7}\Z", required=False)
    min_days_between = serializers.IntegerField(**bounds.DAYS_BETWEEN.ends, required=False)
    tint = serializers.IntegerField(**bounds.TINT.ends, required=False)


class HabitIn(HabitChanges):
    title = serializers.CharField(max_length=bounds.TITLE)
    minutes = serializers.IntegerField(**bounds.HABIT_MINUTES.ends)
    times_per_week = serializers.IntegerField(**bounds.TIMES_A_WEEK.ends)


class HabitPatch(HabitChanges):
    """`is_active` false archives the habit: it is planned no more and keeps its days."""

    is_active = serializers.BooleanField(required=False)


class HabitOut(serializers.ModelSerializer[Habit]):
    class Meta:
        model = Habit
        fields = [
            "id",
            "title",
            "minutes",
            "times_per_week",
            "priority",
            "preferred",
            "weekdays",
            "min_days_between",
            "tint",
            "is_active",
            "created_at",
        ]


class HabitEditOut(serializers.Serializer[Any]):
    habit = HabitOut()
    edit = EditOut(allow_null=True)


class CheckQuery(Listing):
    """Local dates, both included; by default the last 28 days."""

    first = LocalDateField(required=False)
    last = LocalDateField(required=False)


class ChecksOut(serializers.Serializer[Any]):
    days = serializers.ListField(child=serializers.DateField(), help_text="on which it was done")


class PreferencesChanges(StrictSerializer):
    horizon_days = serializers.IntegerField(**bounds.HORIZON_DAYS.ends, required=False)
    default_minutes = serializers.IntegerField(**bounds.DEFAULT_MINUTES.ends, required=False)
    buffer_minutes = serializers.IntegerField(**bounds.BUFFER_MINUTES.ends, required=False)
    daily_max_minutes = serializers.IntegerField(**bounds.DAILY_MAX_MINUTES.ends, allow_null=True, required=False)
    freeze_minutes = serializers.IntegerField(**bounds.FREEZE_MINUTES.ends, required=False)
    auto_repair = serializers.BooleanField(required=False)


class PreferencesOut(serializers.ModelSerializer[Preferences]):
    class Meta:
        model = Preferences
        fields = [
            "horizon_days",
            "default_minutes",
            "buffer_minutes",
            "daily_max_minutes",
            "freeze_minutes",
            "auto_repair",
        ]
