"""Staff look after people's time without reading it. The admin is tried at an address of its own."""

from datetime import timedelta

import pytest
from django.urls import include, path, reverse

from accounts.admin import back_office
from accounts.models import Connection, User
from accounts.tests.signing_in import sign_in
from availability.models import Calendar, Event
from availability.tests.factories import NOW, CalendarFactory, DateOverrideFactory, EventFactory, WorkingHoursFactory
from availability.tests.mirrored import connected, mirrored

urlpatterns = [path("staff/", back_office.urls), path("", include("timeflow.urls"))]
pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]

SECRET = "canary"


@pytest.fixture
def staff_client(client, settings):
    settings.DEBUG = True
    sign_in(client, User.objects.create_superuser("staff@example.com"))
    return client


@pytest.fixture
def secrets(alice):
    calendar = CalendarFactory(user=alice, name=SECRET)
    event = EventFactory(user=alice, calendar=calendar, title=SECRET, location=SECRET, notes=SECRET)
    return [calendar, event, WorkingHoursFactory(user=alice), DateOverrideFactory(user=alice)]


def test_staff_see_that_something_is_there_and_never_what_it_says(staff_client, secrets):
    for row in secrets:
        name = f"admin:availability_{row._meta.model_name}"
        for address in (reverse(f"{name}_changelist"), reverse(f"{name}_change", args=[row.pk])):
            answer = staff_client.get(address)
            assert answer.status_code == 200, address
            assert b"alice@example.com" in answer.content, address
            assert SECRET.encode() not in answer.content, address


def test_staff_change_nothing(staff_client, secrets):
    for row in secrets:
        for deed in ("change", "delete"):
            address = reverse(f"admin:availability_{row._meta.model_name}_{deed}", args=[row.pk])
            assert staff_client.post(address, {"post": "yes"}).status_code == 403, address
    assert Calendar.objects.count() == Event.objects.count() == 1


def test_nobody_else_gets_in(alice_client, secrets):
    for row in secrets:
        address = reverse(f"admin:availability_{row._meta.model_name}_changelist")
        assert alice_client.get(address).status_code == 404


def test_staff_have_a_calendar_looked_at_although_it_rests_and_its_owner_reads_of_it(staff_client, alice, no_worker):
    work = mirrored(connected(alice, now=NOW), SECRET, now=NOW, rests_until=NOW + timedelta(days=999), fault=SECRET)
    form = {"action": "look_now", "_selected_action": [str(work.pk)]}
    address = reverse("admin:availability_mirror_changelist")
    said = staff_client.post(address, form, follow=True).content.decode()
    assert "1 mirror looked at." in said
    assert SECRET not in said
    work.refresh_from_db()
    assert work.rests_until is None
    assert work.asked_at is not None
    assert alice.security_events.filter(kind="staff_changed").exists()
    Connection.objects.update(state="needs_reconnect")
    assert "must be connected again" in staff_client.post(address, form, follow=True).content.decode()
