"""What they say about themselves and their journeys: accepted from programs, told to them."""

from typing import ClassVar

from rest_framework import serializers

from accounts.models import Stay, User
from timeflow.lib import bounds
from timeflow.lib.http import LocalDateField, StrictSerializer


class MeChange(StrictSerializer):
    name = serializers.CharField(max_length=bounds.PERSON_NAME, allow_blank=True, required=False)
    time_zone = serializers.CharField(max_length=bounds.ZONE_NAME, required=False)
    clock = serializers.ChoiceField(User.Clock.choices, required=False)
    week_start = serializers.IntegerField(**bounds.WEEKDAY.ends, required=False, help_text="0 is Monday")


class Me(serializers.ModelSerializer):
    class Meta:
        model = User
        fields: ClassVar = ["id", "name", "email", "time_zone", "clock", "week_start", "data_version"]


class NewStay(StrictSerializer):
    starts_on = LocalDateField()
    time_zone = serializers.CharField(max_length=bounds.ZONE_NAME)


class StayOut(serializers.ModelSerializer):
    class Meta:
        model = Stay
        fields: ClassVar = ["id", "starts_on", "time_zone"]
