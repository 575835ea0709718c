"""The Week's sheets and its grid in a real browser: forms that answer beside the week, series, clashes, the phone."""

from datetime import date, timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from availability.models import Event, WorkingHours
from scheduling.models import Block
from scheduling.services import blocks, plans
from scheduling.services.tasks import create_task
from scheduling.tests.planning import proposed
from timeflow.tests.browser import PHONE, serious_barriers

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def monday() -> date:
    """Of next week: what these tests see does not depend on when they run."""
    return date.today() + timedelta(days=7 - date.today().weekday())  # noqa: DTZ011 - the browser's day


@pytest.fixture
def worker(alice):
    for weekday in range(5):
        WorkingHours.objects.create(user=alice, weekday=weekday, start_minute=540, end_minute=1020)
    return alice


@pytest.fixture
def week(worker, alice_page: Page, live_server) -> Page:
    alice_page.goto(f"{live_server.url}/week?on={monday()}")
    expect(alice_page.locator(".fc")).to_be_visible()
    return alice_page


def new_event(week: Page, title: str, start: str):
    week.get_by_role("link", name="Add event").click()
    sheet = week.locator("#sheet")
    sheet.get_by_label("What").fill(title)
    sheet.get_by_label("Starts").fill(f"{monday()}T{start}")
    return sheet


def test_the_end_follows_the_start_and_keeps_its_distance(week: Page):
    sheet = new_event(week, "Lunch", "12:00")
    end = sheet.get_by_label("Ends")
    expect(end).to_have_value(f"{monday()}T12:30")
    end.fill(f"{monday()}T13:30")
    sheet.get_by_label("Starts").fill(f"{monday()}T09:15")
    expect(end).to_have_value(f"{monday()}T10:45")
    end.fill("")
    sheet.get_by_label("Starts").fill(f"{monday()}T10:00")
    expect(end).to_have_value(f"{monday()}T10:30")
    sheet.get_by_label("All day").check()
    expect(sheet.get_by_label("Starts")).to_have_value(f"{monday()}")
    sheet.get_by_label("All day").uncheck()
    expect(end).to_have_value(f"{monday()}T10:30")


def test_a_refused_event_stays_beside_the_week_and_its_reason_goes_with_the_correction(week: Page):
    sheet = new_event(week, "Lunch", "12:00")
    sheet.get_by_label("Ends").fill(f"{monday()}T11:00")
    sheet.get_by_role("button", name="Add event").click()
    expect(sheet.locator(".errorlist")).to_have_text("It ends before it starts.")
    expect(sheet.get_by_label("Ends")).to_be_focused()
    expect(sheet.get_by_text("It ends before it starts.")).to_have_count(1)
    sheet.get_by_label("Ends").fill(f"{monday()}T13:00")
    expect(sheet.get_by_text("It ends before it starts.")).to_have_count(0)
    sheet.get_by_role("button", name="Add event").click()
    expect(week.locator("[data-toast]")).to_contain_text("Added Lunch")
    assert week.url.endswith(f"/week?on={monday()}")


def test_a_series_is_made_one_of_it_dragged_and_the_whole_of_it_deleted(week: Page):
    sheet = new_event(week, "Lunch", "12:00")
    expect(sheet.get_by_text("Stops")).to_be_hidden()
    sheet.get_by_label("Repeats").select_option(label="On weekdays")
    sheet.get_by_text("After some times").click()
    sheet.get_by_label("How many times").fill("3")
    sheet.get_by_role("button", name="Add event").click()
    lunches = week.locator(".fc-event", has_text="Lunch")
    expect(lunches).to_have_count(3)
    box, lane = (
        lunches.nth(1).bounding_box(),
        week.locator('[data-time="15:00:00"].fc-timegrid-slot-lane').bounding_box(),
    )
    assert box
    assert lane
    week.mouse.move(box["x"] + 20, box["y"] + 8)
    week.mouse.down()
    week.mouse.move(box["x"] + 20, lane["y"] + 10, steps=6)
    week.mouse.up()
    expect(week.locator("[data-toast]", has_text="Moved Lunch")).to_contain_text("only this one")
    assert len({event.starts_at.time() for event in Event.objects.all()}) == 2
    lunches.nth(0).click()
    expect(sheet.get_by_label("Repeats")).to_be_hidden()
    sheet.get_by_text("The whole series").click()
    expect(sheet.get_by_label("Repeats")).to_be_visible()
    assert serious_barriers(week) == []
    sheet.get_by_role("button", name="Delete").click()
    expect(week.locator("[data-toast]", has_text="Removed Lunch")).to_contain_text("the whole series")
    expect(lunches).to_have_count(0)


def test_a_block_that_cannot_be_moved_there_keeps_its_form_and_says_why(worker, week: Page):
    create_task(user=worker, now=timezone.now(), title="Report", minutes=60, earliest_on=monday())
    plans.apply_plan(user=worker, plan_id=proposed(worker, timezone.now()).pk, now=timezone.now())
    week.reload()
    week.locator(".fc-event", has_text="Report").click()
    sheet = week.locator("#sheet")
    sheet.get_by_label("Ends").fill(f"{monday() + timedelta(days=3)}T10:00")
    sheet.get_by_role("button", name="Move and pin").click()
    expect(sheet.locator(".errorlist")).to_have_count(1)
    expect(sheet.get_by_label("Ends")).to_have_value(f"{monday() + timedelta(days=3)}T10:00")
    assert not Block.objects.get().is_pinned


def test_move_the_due_date_leads_to_the_due_field_of_the_task(worker, week: Page):
    due = timezone.now() + timedelta(minutes=1)
    create_task(user=worker, now=timezone.now(), title="Whole book", minutes=600, due_at=due, due_kind="hard")
    plans.apply_plan(user=worker, plan_id=proposed(worker, timezone.now()).pk, now=timezone.now())
    week.reload()
    week.get_by_role("link", name="Move the due date").click()
    expect(week.locator("[name=due_date]")).to_be_focused()


@pytest.mark.parametrize("size", [{"width": 1440, "height": 900}, PHONE])
def test_what_clashes_stands_side_by_side(worker, week: Page, size):
    now = timezone.now()
    create_task(user=worker, now=now, title="Report", minutes=60, earliest_on=monday())
    plans.apply_plan(user=worker, plan_id=proposed(worker, now).pk, now=now)
    blocks.set_pin(user=worker, block_id=Block.objects.get().pk, is_pinned=True, now=now)
    sheet = new_event(week, "Call", "09:15")
    sheet.get_by_role("button", name="Add event").click()
    expect(week.locator("[data-toast]", has_text="Added Call")).to_be_visible()
    week.set_viewport_size(size)
    week.reload()
    report, call = (week.locator(".fc-event", has_text=title) for title in ("Report", "Call"))
    expect(report.locator(".is-conflict")).to_contain_text("clashes with an event")
    left, right = sorted((report.bounding_box(), call.bounding_box()), key=lambda box: box["x"])
    assert left["x"] + left["width"] <= right["x"]


def test_times_of_a_clock_with_twelve_hours_are_never_cut(worker, week: Page):
    worker.clock = "12"
    worker.save()
    for title, start in (("Lunch with everybody", "10:00"), ("Call", "10:15"), ("Visit", "10:30")):
        sheet = new_event(week, title, start)
        sheet.get_by_label("Ends").fill(f"{monday()}T11:45")
        sheet.get_by_role("button", name="Add event").click()
        expect(week.locator(".fc-event", has_text=title)).to_be_visible()
    assert week.locator(".times").first.locator("span").first.inner_text() == "10:00 am"
    is_cut = "line => line.firstChild.getBoundingClientRect().right > line.getBoundingClientRect().right + 1"
    assert not week.locator(".times").evaluate_all(f"lines => lines.filter({is_cut}).length")
