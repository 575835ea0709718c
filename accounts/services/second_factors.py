"""Seeds of second factors (TOTP, recovery codes), sealed in the table of `allauth.mfa`.

Its adapter is asked to encrypt a text before there is a row, and without being told for what; so a seed is bound to
its table and its owner, but neither to the row's id nor to the kind of factor. A person's seed does not open in
another person's row; a person's own two seeds could be exchanged, which gains nothing.
"""

import base64
import binascii
import uuid
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from allauth.mfa import app_settings as mfa_settings
from django.apps import apps
from django.conf import settings
from django.core.cache import cache
from django.db import models

from accounts.domain.callers import Caller
from accounts.models import SecurityEvent
from accounts.services.audit import record_event
from timeflow.lib.sealed import Binding, Unreadable, key_id, open_sealed, resealed, seal

TABLE = "mfa.authenticator"
SEEDS = ("secret", "seed")  # of TOTP and of recovery codes, in `Authenticator.data`


class OwnedSeed(str):
    """A sealed seed as read from a row; it remembers whose row that was."""

    owner: uuid.UUID


def own_seeds(authenticator: Any) -> None:
    """Mark the seeds of a row that was just read with its owner, since the adapter is shown nothing else."""
    values = authenticator.__dict__.get("data")
    for name in SEEDS:
        if isinstance(values, dict) and isinstance(values.get(name), str):
            values[name] = OwnedSeed(values[name])
            values[name].owner = authenticator.user_id


def seal_seed(text: str, *, owner: uuid.UUID) -> str:
    return _written(seal(text.encode(), _binding(owner), settings.FIELD_KEYS))


def open_seed(sealed: str) -> str:
    """Raises `Unreadable`, also for a text that was not read from a row."""
    try:
        if isinstance(sealed, OwnedSeed):
            return open_sealed(_blob(sealed), _binding(sealed.owner), settings.FIELD_KEYS).decode()
    except Unreadable:
        pass
    raise Unreadable("Your second step can no longer be checked. Ask whoever runs TimeFlow here to reset it.")


def mark_code_used(factor: Any, code: str) -> bool:
    """Whether this code was not used before, as long as any clock takes it. `allauth` forgets sooner than that, so its
    own method makes way for this one, and a code that activates an app counts as used, too.
    """
    periods = 2 * mfa_settings.TOTP_TOLERANCE + 1
    return bool(cache.add(factor._get_used_cache_key(code), "y", timeout=periods * mfa_settings.TOTP_PERIOD))


class SecondFactors:
    """The place where seeds lie, for the change of keys."""

    def __init__(self) -> None:
        self.model: type[models.Model] = apps.get_model(TABLE)

    def key_ids(self) -> Iterator[str | None]:
        for values in self.model._base_manager.values_list("data", flat=True).iterator():
            for name in SEEDS:
                if name in values:
                    yield key_id(_blob(values[name]))

    def keys_of(self, row: Any) -> set[str | None]:
        return {key_id(_blob(row.data[name])) for name in SEEDS if name in row.data}

    def reseal(self, row: Any) -> bool:
        fresh = {
            name: _written(blob)
            for name in SEEDS
            if name in row.data and (blob := resealed(_blob(row.data[name]), _binding(row.user_id)))
        }
        if fresh:
            self.model._base_manager.filter(pk=row.pk).update(data={**row.data, **fresh})
        return bool(fresh)

    def forget(self, ids: Sequence[Any], now: datetime) -> None:
        """A factor that nobody can check any more is removed, and recovery codes with the last one they stood in for.

        The alternative is to lock its owner out for good. Their log says so.
        """
        rows: Any = self.model._base_manager
        lost = list(rows.filter(pk__in=ids).values_list("user_id", "type"))
        rows.filter(pk__in=ids).delete()
        owners = {owner for owner, _ in lost}
        kept = set(rows.filter(user_id__in=owners).exclude(type="recovery_codes").values_list("user_id", flat=True))
        rows.filter(user_id__in=owners - kept).delete()
        for owner, kind in lost:
            removed = SecurityEvent.Kind.METHOD_REMOVED
            record_event(user_id=owner, kind=removed, caller=Caller(), now=now, method=kind, because="key lost")


def _binding(owner: uuid.UUID) -> Binding:
    return Binding(TABLE, "data", "", str(owner))


def _written(blob: bytes) -> str:
    return base64.urlsafe_b64encode(blob).decode()


def _blob(text: str) -> bytes:
    """b"" for what was never written by `_written`; it opens nowhere."""
    try:
        return base64.b64decode(text, altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return b""
