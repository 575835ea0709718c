"""Habits and preferences on the wire."""

from typing import Any

from rest_framework import serializers

from scheduling.models import Habit, PartOfDay, Preferences, Priority
from scheduling.serializers.plans import EditOut
from scheduling.services.habits import MAX_TITLE
from timeflow.lib.http import Listing, StrictSerializer


class HabitQuery(Listing):
    state = serializers.ChoiceField(choices=["active", "archived", "all"], default="active")


class HabitChanges(StrictSerializer):
    """`weekdays` holds a number per day on which it may happen, 0 for Monday: "01234"."""

    title = serializers.CharField(max_length=MAX_TITLE, required=False)
    minutes = serializers.IntegerField(min_value=1, max_value=1440, required=False)
    times_per_week = serializers.IntegerField(min_value=1, max_value=7, required=False)
    priority = serializers.ChoiceField(choices=Priority.choices, required=False)
    preferred = serializers.ChoiceField(choices=PartOfDay.choices, allow_blank=True, required=False)
    weekdays = serializers.RegexField(r"\A[0-6]{1,7}\Z", required=False)
    min_days_between = serializers.IntegerField(min_value=0, max_value=6, required=False)
    tint = serializers.IntegerField(min_value=1, max_value=8, required=False)


class HabitIn(HabitChanges):
    title = serializers.CharField(max_length=MAX_TITLE)
    minutes = serializers.IntegerField(min_value=1, max_value=1440)
    times_per_week = serializers.IntegerField(min_value=1, max_value=7)


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

    first = serializers.DateField(required=False)
    last = serializers.DateField(required=False)


class ChecksOut(serializers.Serializer[Any]):
    days = serializers.ListField(child=serializers.DateField(), help_text="on which it was done")


class PreferencesChanges(StrictSerializer):
    horizon_days = serializers.IntegerField(min_value=1, max_value=182, required=False)
    default_minutes = serializers.IntegerField(min_value=5, max_value=480, required=False)
    buffer_minutes = serializers.IntegerField(min_value=0, max_value=120, required=False)
    daily_max_minutes = serializers.IntegerField(min_value=15, max_value=1440, allow_null=True, required=False)
    freeze_minutes = serializers.IntegerField(min_value=0, max_value=1440, required=False)
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
