"""What an edit did to rows, field by field, so that it can be taken back exactly or not at all."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from django.apps import apps
from django.contrib.admin.utils import NestedObjects
from django.db import IntegrityError, models, router, transaction
from django.db.models import QuerySet
from django.db.models.functions import Cast

from scheduling.errors import ChangedSince

Row = models.Model
Values = dict[str, str | None]
Address = tuple[str, str]
MODELS = frozenset(
    {
        "availability.event",
        "availability.series",
        "scheduling.block",
        "scheduling.checklistitem",
        "scheduling.dependency",
        "scheduling.habit",
        "scheduling.habitcheck",
        "scheduling.label",
        "scheduling.task",
        "scheduling.task_labels",
    }
)


class Journal:
    """Collects rows before a change (`expect`) and after it (`made`, `entries`), inside the change's transaction."""

    def __init__(self) -> None:
        self._before: dict[Address, Values] = {}
        self._made: set[Address] = set()

    def expect(self, rows: Iterable[Row]) -> None:
        """These rows may be changed or deleted; what a deletion would take along is remembered too."""
        nested = NestedObjects(using=router.db_for_write(Row))
        for of_one_model in _fresh(rows):
            nested.collect(of_one_model)
        for model, found in nested.data.items():
            if model._meta.label_lower in MODELS:
                for row in found:
                    self._before.setdefault(_address(row), values_of(row))

    def made(self, rows: Iterable[Row]) -> None:
        """These rows did not exist before."""
        self._made.update(_address(row) for row in rows)

    def entries(self) -> list[dict[str, Any]]:
        """One entry a row that is different now: its address, the fields before and after, None for no row."""
        addresses = [*self._before, *(address for address in self._made if address not in self._before)]
        now = _read(addresses)
        found = []
        for address in addresses:
            before, after = self._before.get(address), now.get(address)
            if before is not None and after is not None:
                changed = [name for name in before if before[name] != after[name]]
                # A row that goes back in time needs to know whether it then stands under the guard again.
                if changed and "is_exclusive" in before and "is_exclusive" not in changed:
                    changed.append("is_exclusive")
                before, after = {name: before[name] for name in changed}, {name: after[name] for name in changed}
            if before != after:
                found.append({"model": address[0], "pk": address[1], "before": before, "after": after})
        return found


def take_back(entries: Iterable[Mapping[str, Any]]) -> None:
    """Put every row of `entries` back as it was. Raises `ChangedSince` if one was changed after the edit, or if
    something stands in its place: a label of the same name, say."""
    entries = list(entries)
    now = _read([(entry["model"], entry["pk"]) for entry in entries])
    for entry in entries:
        current, after = now.get((entry["model"], entry["pk"])), entry["after"]
        if (current is None) != (after is None) or (current and any(current[name] != after[name] for name in after)):
            raise ChangedSince
    try:
        with transaction.atomic():
            _put_back(entries)
    except IntegrityError as error:
        raise ChangedSince from error


def _put_back(entries: list[Mapping[str, Any]]) -> None:
    restored = [entry for entry in entries if entry["before"] is not None]
    made: dict[Any, list[str]] = defaultdict(list)
    for entry in entries:
        if entry["before"] is None:
            made[_model(entry)].append(entry["pk"])
    # Rows may leave a series that is taken back, so it goes only when they have left.
    series = made.pop(apps.get_model("availability.series"), [])
    for model, pks in made.items():
        model.objects.filter(pk__in=pks).delete()
    # Blocks may trade places: all let go of their time before any takes it back.
    _release([entry for entry in restored if entry["model"] == "availability.event"])
    for entry in restored:
        _restore(entry)
    apps.get_model("availability.series").objects.filter(pk__in=series).delete()


def values_of(row: Row) -> Values:
    """The concrete fields of a row as text, without loss."""
    return {
        field.attname: None if field.value_from_object(row) is None else field.value_to_string(row)
        for field in row._meta.concrete_fields
    }


def _release(entries: list[Mapping[str, Any]]) -> None:
    """The rows let go of what no two may have: their time, and their place in a series if they had another."""
    events = apps.get_model("availability.event").objects
    events.filter(pk__in=[entry["pk"] for entry in entries]).update(is_exclusive=False)
    displaced = [entry["pk"] for entry in entries if "recurrence_id" in entry["before"] and entry["after"]]
    events.filter(pk__in=displaced).update(recurrence_id=Cast("pk", models.CharField()))


def _restore(entry: Mapping[str, Any]) -> None:
    model = _model(entry)
    fields = {field.attname: field for field in model._meta.concrete_fields}
    values = {name: fields[name].to_python(text) for name, text in entry["before"].items()}
    if entry["after"] is None:
        model(**values).save(force_insert=True)
        return
    model.objects.filter(pk=entry["pk"]).update(**values)


def _model(entry: Mapping[str, Any]) -> Any:
    if entry["model"] not in MODELS:
        raise LookupError(entry["model"])
    return apps.get_model(entry["model"])


def _address(row: Row) -> Address:
    return row._meta.label_lower, str(row.pk)


def _fresh(rows: Iterable[Row]) -> list[QuerySet[Row]]:
    """The rows as they are now, those of each model together."""
    by_model: dict[type[Row], list[object]] = defaultdict(list)
    for row in rows:
        by_model[type(row)].append(row.pk)
    return [model._default_manager.filter(pk__in=pks) for model, pks in by_model.items()]


def _read(addresses: list[Address]) -> dict[Address, Values]:
    by_model: dict[str, list[str]] = defaultdict(list)
    for label, pk in addresses:
        by_model[label].append(pk)
    return {
        _address(row): values_of(row)
        for label, pks in by_model.items()
        for row in apps.get_model(label)._default_manager.filter(pk__in=pks)
    }
