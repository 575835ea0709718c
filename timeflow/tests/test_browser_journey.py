"""A week in a real browser: plan it, read why, ask what a change would cost, drag, apply and undo.

The work starts on Monday of next week, so that what these tests see does not depend on when they run.
"""

from datetime import date, timedelta

import pytest
from playwright.sync_api import Page, expect

from availability.models import WorkingHours
from scheduling.models import Block, Plan
from scheduling.services.tasks import create_task
from timeflow.tests.browser import PHONE, serious_barriers

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def next_monday() -> date:
    return date.today() + timedelta(days=7 - date.today().weekday())  # noqa: DTZ011 - the browser's day


@pytest.fixture
def week(alice, alice_page: Page, live_server) -> Page:
    """Alice works nine to five, has three tasks for next week and looks at that week."""
    from django.utils import timezone  # noqa: PLC0415 - the tests are the door here

    for weekday in range(5):
        WorkingHours.objects.create(user=alice, weekday=weekday, start_minute=540, end_minute=1020)
    due = next_monday() + timedelta(days=4)
    for title, minutes in (("Report", 120), ("Slides", 60), ("Too long", 600)):
        create_task(user=alice, now=timezone.now(), title=title, minutes=minutes, earliest_on=next_monday(), due_on=due)
    alice_page.goto(f"{live_server.url}/week?on={next_monday()}")
    expect(alice_page.locator(".fc")).to_be_visible()
    return alice_page


def planned(page: Page, live_server) -> None:
    """Ask for a plan and apply it."""
    page.get_by_role("button", name="Plan").click()
    page.goto(f"{live_server.url}/week?on={next_monday()}")
    page.get_by_role("button", name="Apply").click()
    expect(page.get_by_text("Plan applied")).to_be_visible()
    page.goto(f"{live_server.url}/week?on={next_monday()}")
    expect(page.locator(".fc-event", has_text="Report")).to_be_visible()


def test_a_week_is_planned_explained_applied_and_undone(week: Page, live_server):
    week.get_by_role("button", name="Plan").click()
    bar = week.get_by_role("region", name="Proposal")
    expect(bar).to_contain_text("2 blocks")
    expect(bar).to_contain_text("1 did not fit")
    assert not Block.objects.exists()
    expect(week.locator(".tray .card", has_text="Too long")).to_contain_text("it needs 10 h")
    week.get_by_role("link", name="Why?").click()
    expect(week.get_by_role("heading", name="Did not fit 1")).to_be_visible()
    week.get_by_role("button", name="Apply").click()
    toast = week.locator("[data-toast]", has_text="Plan applied")
    expect(toast).to_be_visible()
    assert Block.objects.count() == 2
    toast.get_by_role("button", name="Undo").click()
    expect(week.locator("[data-toast]", has_text="Undone")).to_be_visible()
    assert not Block.objects.exists()


def test_a_drag_says_its_price_pins_the_block_and_can_be_undone(week: Page, live_server):
    planned(week, live_server)
    report = week.locator(".fc-event", has_text="Report")
    slides = week.locator(".fc-event", has_text="Slides").bounding_box()
    box = report.bounding_box()
    assert box
    assert slides
    week.mouse.move(box["x"] + 30, box["y"] + 10)
    week.mouse.down()
    week.mouse.move(box["x"] + 30, slides["y"] + 8, steps=6)
    expect(week.locator("#price-hint")).to_contain_text("1 block moves")
    expect(week.locator("#price-live")).to_contain_text("1 block moves")
    week.mouse.up()
    toast = week.locator("[data-toast]", has_text="Moved Report")
    expect(toast).to_contain_text("1 block moved")
    assert Block.objects.filter(is_pinned=True).count() == 1
    toast.get_by_role("button", name="Undo").click()
    expect(week.locator("[data-toast]", has_text="Undone: Moved Report")).to_be_visible()
    assert not Block.objects.filter(is_pinned=True).exists()


def test_the_keyboard_alone_opens_a_block_asks_the_price_and_moves_it(week: Page, live_server):
    planned(week, live_server)
    week.locator(".fc-event", has_text="Report").focus()
    week.keyboard.press("Enter")
    sheet = week.locator("#sheet")
    expect(sheet).to_contain_text("Why here?")
    start = sheet.get_by_label("Starts")
    start.fill(f"{next_monday()}T13:00")
    sheet.get_by_label("Ends").fill(f"{next_monday()}T15:00")
    expect(sheet.locator("#block-price")).not_to_be_empty()
    sheet.get_by_role("button", name="Move and pin").press("Enter")
    expect(week.locator("[data-toast]", has_text="Moved Report")).to_be_visible()
    assert Block.objects.get(is_pinned=True).event.title == "Report"
    week.keyboard.press("u")
    expect(week.locator("[data-toast]", has_text="Undone")).to_be_visible()
    assert Plan.objects.filter(state="undone").count() == 1


def test_escape_closes_the_details_and_gives_the_focus_back(week: Page, live_server):
    planned(week, live_server)
    week.locator(".fc-event", has_text="Slides").focus()
    week.keyboard.press("Enter")
    expect(week.locator("#sheet")).to_be_visible()
    week.keyboard.press("Escape")
    expect(week.locator("#sheet")).to_be_hidden()


def test_an_unplanned_task_is_dragged_from_the_tray_into_the_week(week: Page):
    row = week.locator(".tray [data-task]", has_text="Slides").bounding_box()
    slot = week.locator(f'.fc-timegrid-col[data-date="{next_monday()}"]').bounding_box()
    lane = week.locator('.fc-timegrid-slot-lane[data-time="10:00:00"]').bounding_box()
    assert row
    assert slot
    assert lane
    week.mouse.move(row["x"] + 20, row["y"] + 10)
    week.mouse.down()
    week.mouse.move(slot["x"] + 40, lane["y"] + 5, steps=10)
    week.mouse.up()
    expect(week.locator("[data-toast]", has_text="Planned Slides")).to_be_visible()
    assert Block.objects.get().is_pinned


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_week_and_today_have_no_serious_barriers_at_any_width(week: Page, live_server, scheme):
    planned(week, live_server)
    week.emulate_media(color_scheme=scheme)
    for size in ({"width": 1440, "height": 900}, PHONE):
        week.set_viewport_size(size)
        for address in (f"/week?on={next_monday()}", "/today", f"/plan/{Plan.objects.order_by('id')[0].pk}"):
            week.goto(live_server.url + address)
            week.wait_for_load_state("networkidle")
            assert serious_barriers(week) == []
            assert week.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_drag_without_a_session_is_taken_back_and_offers_to_sign_in(week: Page, live_server):
    planned(week, live_server)
    report = week.locator(".fc-event", has_text="Report")
    box = report.bounding_box()
    assert box
    week.context.clear_cookies()
    week.mouse.move(box["x"] + 30, box["y"] + 10)
    week.mouse.down()
    week.mouse.move(box["x"] + 30, box["y"] + 110, steps=6)
    week.mouse.up()
    toast = week.locator("[data-toast]", has_text="You were signed out, so nothing was changed.")
    link = toast.get_by_role("link", name="Sign in again")
    expect(link).to_have_attribute("href", f"/accounts/login/?next=/week%3Fon%3D{next_monday()}")
    assert not Block.objects.filter(is_pinned=True).exists()
