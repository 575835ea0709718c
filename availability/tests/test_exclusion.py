"""The last line against double booking, in both databases: the one that the suite runs on is tried."""

from datetime import timedelta

import pytest
from django.core.checks import run_checks
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction

from availability import exclusion
from availability.models import Event
from availability.tests.factories import NOW, EventFactory

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


def exclusive(user, start, end, **fields):
    return EventFactory(
        user=user, starts_at=NOW + start * HOUR, ends_at=NOW + end * HOUR, **{"is_exclusive": True} | fields
    )


def overlaps():
    """Whatever is inside must be refused by the database."""
    return pytest.raises(IntegrityError, match=exclusion.CONSTRAINT)


@pytest.mark.parametrize(("start", "end"), [(1, 2), (0, 2), (1.5, 3), (1.25, 1.5), (0, 3)])
def test_two_exclusive_events_cannot_share_time(alice, start, end):
    exclusive(alice, 1, 2)
    with overlaps(), transaction.atomic():
        exclusive(alice, start, end)
    assert Event.objects.count() == 1


def test_events_that_touch_share_no_time(alice):
    exclusive(alice, 1, 2)
    exclusive(alice, 2, 3)
    exclusive(alice, 0, 1)
    assert Event.objects.count() == 3


def test_other_events_and_other_people_are_free_to_overlap(alice, bob):
    exclusive(alice, 1, 2)
    exclusive(bob, 1, 2)
    exclusive(alice, 1, 2, is_exclusive=False)
    assert Event.objects.count() == 3


@pytest.mark.parametrize("field", ["starts_at", "is_exclusive", "user"])
def test_an_event_cannot_be_changed_into_an_overlap(alice, bob, field):
    exclusive(alice, 1, 2)
    later, free, bobs = exclusive(alice, 2, 3), exclusive(alice, 1, 2, is_exclusive=False), exclusive(bob, 1, 2)
    row, value = {
        "starts_at": (later, NOW + 1.5 * HOUR),
        "is_exclusive": (free, True),
        "user": (bobs, alice),
    }[field]
    with overlaps(), transaction.atomic():
        Event.objects.filter(pk=row.pk).update(**{field: value})


def test_bulk_writes_are_guarded_too(alice):
    first = exclusive(alice, 1, 2)
    twin = Event.objects.get(pk=first.pk)
    twin.pk = exclusive(alice, 5, 6).pk
    Event.objects.filter(pk=twin.pk).delete()
    with overlaps(), transaction.atomic():
        Event.objects.bulk_create([twin])


def guard_faults():
    found = run_checks(tags=["database"], databases=["default"])
    return [fault.id for fault in found if fault.id == "availability.E001"]


def test_the_check_speaks_up_when_the_guard_is_missing(alice):
    assert guard_faults() == []
    exclusion.remove()
    assert guard_faults() == ["availability.E001"]
    exclusion.install()
    assert guard_faults() == []


@pytest.mark.skipif(connection.vendor != "sqlite", reason="only SQLite loses triggers when Django rebuilds a table")
def test_migrate_puts_lost_triggers_back(alice):
    exclusion.remove()
    call_command("migrate", verbosity=0)
    assert guard_faults() == []
    exclusive(alice, 1, 2)
    with overlaps(), transaction.atomic():
        exclusive(alice, 1, 2)


@pytest.mark.skipif(connection.vendor != "sqlite", reason="only SQLite loses triggers when Django rebuilds a table")
@pytest.mark.django_db(transaction=True)
def test_a_rebuilt_table_has_lost_its_triggers_until_migrate(alice):
    field = Event._meta.get_field("title")
    wider = field.clone()
    wider.set_attributes_from_name("title")
    wider.model = Event
    wider.max_length += 1
    with connection.schema_editor() as editor:
        editor._remake_table(Event, alter_fields=[(field, wider)])
    assert guard_faults() == ["availability.E001"]
    call_command("migrate", verbosity=0)
    assert guard_faults() == []
