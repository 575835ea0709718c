"""All that is kept of people, to see whether a request wrote anything, and the way to take back what one wrote."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.apps import apps
from django.core import serializers
from django.db import transaction

KEPT = ("accounts", "availability", "scheduling", "lib", "account", "socialaccount", "mfa", "admin")


class Undone(Exception):
    """Ends what is to be undone."""


def rows_of_people() -> str:
    """All that is kept of people, as text."""
    kept = [model for model in apps.get_models() if model._meta.app_label in KEPT]
    return "".join(serializers.serialize("json", model._default_manager.order_by("pk")) for model in kept)


@contextmanager
def undone() -> Iterator[None]:
    """Whatever is written inside is gone afterwards, so that the next request finds the same things."""
    try:
        with transaction.atomic():
            yield
            raise Undone
    except Undone:
        pass
