"""What they say about themselves and their journeys: accepted from programs, told to them."""

from typing import ClassVar

from rest_framework import serializers

from accounts.models import Stay, User
from timeflow.lib.http import StrictSerializer


class MeChange(StrictSerializer):
    name = serializers.CharField(max_length=80, allow_blank=True, required=False)
    time_zone = serializers.CharField(max_length=64, required=False)
    clock = serializers.ChoiceField(User.Clock.choices, required=False)
    week_start = serializers.IntegerField(min_value=0, max_value=6, required=False, help_text="0 is Monday")


class Me(serializers.ModelSerializer):
    class Meta:
        model = User
        fields: ClassVar = ["id", "name", "email", "time_zone", "clock", "week_start", "data_version"]


class NewStay(StrictSerializer):
    starts_on = serializers.DateField()
    time_zone = serializers.CharField(max_length=64)


class StayOut(serializers.ModelSerializer):
    class Meta:
        model = Stay
        fields: ClassVar = ["id", "starts_on", "time_zone"]
