"""What Today offers for the block that comes next."""

from datetime import timedelta

import pytest
from django.utils import timezone

from availability.services.events import create_event
from scheduling.models import Block
from scheduling.tests.factories import TaskFactory
from scheduling.tests.planning import HOUR, MINUTE, MONDAY, applied, works_nine_to_five
from timeflow.tests.browser import PHONE

pytestmark = pytest.mark.django_db


@pytest.fixture
def block(alice, time_machine):
    works_nine_to_five(alice)
    TaskFactory(user=alice, title="Report", minutes=60)
    time_machine.move_to(MONDAY, tick=False)
    applied(alice)
    return Block.objects.of(alice).get()


def deed(block, name):
    return f'action="/today/blocks/{block.pk}/{name}"'


def test_what_comes_next_can_be_started_finished_put_off_and_explained(block, alice_client):
    said = alice_client.get("/today").content.decode()
    assert "Until then your time is your own." in said
    assert all(deed(block, name) in said for name in ("start", "finish", "postpone"))
    assert f'href="/week/blocks/{block.pk}">Why here?' in said


def test_what_is_started_now_becomes_what_is_on(block, alice_client):
    page = alice_client.post(f"/today/blocks/{block.pk}/start", follow=True)
    assert page.context["today"].current.block == block
    assert "Started Report" in page.content.decode()


def test_during_a_meeting_nothing_else_is_started(block, alice, alice_client, time_machine):
    create_event(user=alice, now=MONDAY, title="Call", starts_at=MONDAY, ends_at=MONDAY + HOUR)
    time_machine.move_to(MONDAY + 10 * MINUTE, tick=False)
    said = alice_client.get("/today").content.decode()
    assert "<b>Call</b> goes on until" in said
    assert "your time is your own" not in said
    assert deed(block, "start") not in said
    assert deed(block, "postpone") in said


def test_a_meeting_that_comes_next_has_nothing_to_tick(alice, alice_client, time_machine):
    time_machine.move_to(MONDAY, tick=False)
    start = MONDAY + timedelta(hours=2)
    create_event(user=alice, now=MONDAY, title="Call", starts_at=start, ends_at=start + HOUR)
    said = alice_client.get("/today").content.decode()
    assert "Next ·" in said
    assert "Why here?" not in said


def test_bob_starts_nothing_of_alices(block, bob_client):
    assert bob_client.post(f"/today/blocks/{block.pk}/start").status_code == 404


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("clock", ["12", "24"])
def test_the_times_of_a_day_stand_in_one_line_beside_each_other_on_a_phone(alice, alice_page, live_server, clock):
    alice.clock, alice.time_zone = clock, "UTC"
    alice.save()
    day = timezone.now().replace(hour=0, minute=0, second=0, microsecond=0)
    for hours in ((1, 2), (10, 11), (11, 13), (22, 23)):
        start, end = (day + hour * HOUR for hour in hours)
        create_event(user=alice, now=day, title="A meeting with a long name to tell", starts_at=start, ends_at=end)
    alice_page.set_viewport_size(PHONE)
    alice_page.goto(f"{live_server.url}/today")
    boxes = [hours.bounding_box() for hours in alice_page.locator(".day-list .hours").all()]
    assert len(boxes) == 4
    assert len({box["x"] + box["width"] for box in boxes}) == 1
    texts = alice_page.locator(".day-list .hours").evaluate_all(
        "all => all.map(one => { const range = document.createRange(); range.selectNodeContents(one);"
        " return [range.getClientRects().length, one.scrollWidth <= one.clientWidth]; })"
    )
    assert texts == [[1, True]] * 4
    assert alice_page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
