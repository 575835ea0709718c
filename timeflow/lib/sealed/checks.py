"""What `manage.py check` says about sealed values. That a key is gone is found by `check --database default`."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register

from timeflow.lib.sealed.places import without_forgetting
from timeflow.lib.sealed.rotation import keys_in_use


@register(Tags.models)
def check_forgetting(**_: Any) -> list[CheckMessage]:
    return [
        Error("Nobody says what becomes of these rows when their key is gone.", obj=model, id="sealed.E002")
        for model in without_forgetting()
    ]


@register(Tags.database)
def check_keys(databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
    """Fails when rows need a key that is not there. Before the first migrate there are no rows."""
    if not databases:
        return []
    return [
        Error(
            f"{count} sealed values need the key {kid}, which FIELD_KEYS does not hold.",
            hint=f"Put it back, or run `manage.py forget_field_key {kid}`: people then connect their calendars again.",
            id="sealed.E003",
        )
        for kid, count in sorted((kid, count) for kid, count in keys_in_use().items() if kid)
        if settings.FIELD_KEYS.get(kid) is None
    ]
