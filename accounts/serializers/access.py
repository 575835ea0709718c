"""Sessions and API tokens: accepted from programs, told to them."""

from typing import ClassVar

from rest_framework import serializers

from accounts.models import ApiToken, Session
from timeflow.lib import bounds
from timeflow.lib.http import StrictSerializer


class CsrfToken(serializers.Serializer):
    csrf_token = serializers.CharField(help_text="Send it as X-CSRFToken with whatever changes something.")


class SessionOut(serializers.ModelSerializer):
    is_this = serializers.SerializerMethodField(help_text="whether this request comes from it")

    class Meta:
        model = Session
        fields: ClassVar = ["id", "device", "place", "opened_at", "last_seen_at", "expires_at", "is_this"]

    def get_is_this(self, session: Session) -> bool:
        return session.pk == self.context["request"].auth.pk


class NewApiToken(StrictSerializer):
    name = serializers.CharField(max_length=bounds.TOKEN_NAME)
    scope = serializers.ChoiceField(ApiToken.Scope.choices)
    days = serializers.IntegerField(**bounds.TOKEN_DAYS.ends, help_text="how long it lives")


class ApiTokenOut(serializers.ModelSerializer):
    class Meta:
        model = ApiToken
        fields: ClassVar = ["id", "name", "scope", "hint", "created_at", "expires_at", "last_used_at"]


class ApiTokenMade(ApiTokenOut):
    secret = serializers.CharField(help_text="Shown this once: it is kept nowhere.")

    class Meta(ApiTokenOut.Meta):
        fields: ClassVar = [*ApiTokenOut.Meta.fields, "secret"]
