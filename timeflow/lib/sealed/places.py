"""Where sealed values lie: every model with a `SealedField`, and what is registered besides.

Keys are rotated and forgotten over all places, so nothing may be sealed anywhere else.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from django.apps import apps
from django.conf import settings
from django.db import connection, models
from django.db.models.functions import Substr

from timeflow.lib.sealed.blob import LONGEST_HEADER, Binding, Unreadable, key_id, open_sealed, seal
from timeflow.lib.sealed.fields import Sealed, SealedField

# Told which rows lost their secrets with a key; clears these and whatever rests on them, in one transaction.
Forgetting = Callable[[Sequence[Any], datetime], None]


class Place(Protocol):
    """Rows of one model that hold sealed values."""

    @property
    def model(self) -> type[models.Model]: ...

    def key_ids(self) -> Iterator[str | None]:
        """The key of each sealed value; None for what is no sealed value."""

    def keys_of(self, row: models.Model) -> set[str | None]:
        """The keys of one row's values."""

    def reseal(self, row: models.Model) -> bool:
        """Put the row's readable values under the primary key and write only these; False if there was nothing to do.

        The caller holds the row.
        """

    def forget(self, ids: Sequence[Any], now: datetime) -> None:
        """Give up rows whose key is gone."""


@dataclass(frozen=True)
class FieldsPlace:
    """The `SealedField`s of one model."""

    model: type[models.Model]

    @property
    def fields(self) -> list[SealedField]:
        return sealed_fields(self.model)

    def key_ids(self) -> Iterator[str | None]:
        # Only the beginnings of the values travel: there may be many rows.
        for field in self.fields:
            heads = Substr(models.F(field.attname), 1, LONGEST_HEADER, output_field=models.BinaryField())
            rows = self.model._base_manager.filter(**{f"{field.name}__isnull": False})
            for head in rows.values_list(heads, flat=True).iterator():
                yield key_id(bytes(head))

    def keys_of(self, row: models.Model) -> set[str | None]:
        return {sealed.key_id for _, sealed in self._values(row)}

    def reseal(self, row: models.Model) -> bool:
        fresh: dict[str, Sealed] = {}
        for field, sealed in self._values(row):
            blob = resealed(sealed.blob(), field.binding(row))
            if blob is not None:
                fresh[field.attname] = Sealed(blob=blob)
        if fresh:
            self.model._base_manager.filter(pk=row.pk).update(**fresh)
        return bool(fresh)

    def forget(self, ids: Sequence[Any], now: datetime) -> None:
        _forgetting[self.model](ids, now)

    def _values(self, row: models.Model) -> list[tuple[SealedField, Sealed]]:
        return [(field, sealed) for field in self.fields if (sealed := getattr(row, field.attname)) is not None]


_forgetting: dict[type[models.Model], Forgetting] = {}
_besides: dict[type[models.Model], Place] = {}


def when_forgotten(model: type[models.Model], forget: Forgetting) -> None:
    """What is to happen to rows of a model with sealed fields when their key is gone. Called in `ready()`."""
    _forgetting[model] = forget


def register_place(place: Place) -> None:
    """A place that is no `SealedField`, such as another package's table. Called in `ready()`."""
    _besides[place.model] = place


def places() -> list[Place]:
    """All of them whose table is there; before the first migrate there is none."""
    return [place for place in [*_field_places(), *_besides.values()] if _is_there(place.model)]


def sealed_fields(model: type[models.Model]) -> list[SealedField]:
    return [field for field in model._meta.concrete_fields if isinstance(field, SealedField)]


def without_forgetting() -> Iterable[type[models.Model]]:
    """Models with sealed fields of which nobody said what becomes of them."""
    return [model for model in apps.get_models() if sealed_fields(model) and model not in _forgetting]


def resealed(blob: bytes, binding: Binding) -> bytes | None:
    """The value under the primary key; None if it is already, or does not open."""
    keys = settings.FIELD_KEYS
    if key_id(blob) == keys.primary:
        return None
    try:
        return seal(open_sealed(blob, binding, keys), binding, keys)
    except Unreadable:
        return None


def _field_places() -> Iterator[Place]:
    for model in apps.get_models():
        if sealed_fields(model) and model in _forgetting and not model._meta.proxy:
            yield FieldsPlace(model)


def _is_there(model: type[models.Model]) -> bool:
    """With all its columns, which an older database lacks until it is migrated."""
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        if model._meta.db_table not in tables:
            return False
        columns = {
            column.name for column in connection.introspection.get_table_description(cursor, model._meta.db_table)
        }
    return {field.column for field in model._meta.concrete_fields} <= columns
