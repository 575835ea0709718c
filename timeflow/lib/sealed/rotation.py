"""Giving sealed values another key, or giving up what a lost key sealed; both beside traffic.

Rows are found without locks and changed under one, a transaction a batch. A row that somebody else holds is left for
the next pass; passes follow until one finds nothing to do, so both may be interrupted and run again.
"""

import uuid
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from django.conf import settings
from django.db import connection, models, transaction

from timeflow.lib.sealed.places import Place, places

Wants = Callable[[models.Model], bool]
Deed = Callable[[Sequence[models.Model]], int]


@dataclass(frozen=True)
class Pass:
    """One walk over one place: how many rows needed something, and how many got it."""

    place: str
    found: int
    done: int


def keys_in_use() -> Counter[str | None]:
    """How many values there are under each key id; under None those that name no key."""
    return Counter(kid for place in places() for kid in place.key_ids())


def rotate(*, batch: int) -> Iterator[Pass]:
    """Put everything readable under the primary key. What does not open stays as it is."""
    for place in places():
        yield from _passes(place, partial(_is_stale, place), partial(_reseal, place), batch)


def forget_key(kid: str, *, batch: int, now: datetime) -> Iterator[Pass]:
    """Give up the rows with a value under `kid`, in the way that their app registered."""
    for place in places():
        yield from _passes(place, partial(_is_under, place, kid), partial(_forget, place, now), batch)


def _is_stale(place: Place, row: models.Model) -> bool:
    keys = settings.FIELD_KEYS
    return any(kid and kid != keys.primary and keys.get(kid) for kid in place.keys_of(row))


def _is_under(place: Place, kid: str, row: models.Model) -> bool:
    return kid in place.keys_of(row)


def _reseal(place: Place, rows: Sequence[models.Model]) -> int:
    return sum(place.reseal(row) for row in rows)


def _forget(place: Place, now: datetime, rows: Sequence[models.Model]) -> int:
    place.forget([row.pk for row in rows], now)
    return len(rows)


def _passes(place: Place, wants: Wants, deed: Deed, batch: int) -> Iterator[Pass]:
    can_skip = connection.features.has_select_for_update_skip_locked
    is_patient = False
    while True:
        found = done = 0
        for keys in _batches(place.model, wants, batch):
            found += len(keys)
            with transaction.atomic():
                held = place.model._base_manager.select_for_update(skip_locked=can_skip and not is_patient)
                done += deed([row for row in held.filter(pk__in=keys).order_by("pk") if wants(row)])
        if not found:
            return
        yield Pass(place.model._meta.label, found, done)
        if not done and is_patient:
            # Damaged: it names a key that is there and does not open under it.
            return
        # Where all that is left is held by somebody else, waiting for them beats asking again and again.
        is_patient = not done


def _batches(model: type[models.Model], wants: Wants, batch: int) -> Iterator[list[uuid.UUID | int]]:
    """Ids of rows that want something, by ascending id, looking at `batch` rows at a time."""
    rows = model._base_manager.order_by("pk")
    page = list(rows[:batch])
    while page:
        if keys := [row.pk for row in page if wants(row)]:
            yield keys
        page = list(rows.filter(pk__gt=page[-1].pk)[:batch])
