"""The bars of the working hours by mouse and by keyboard, and what the pages look like to a screen reader."""

import re

import pytest
from playwright.sync_api import Page, expect

from availability.selectors import weekly_hours
from availability.tests.factories import CalendarFactory, DateOverrideFactory, WorkingHoursFactory
from timeflow.tests.browser import PHONE, serious_barriers

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def hours_page(alice_page: Page, alice, live_server) -> Page:
    WorkingHoursFactory(user=alice, weekday=0)
    WorkingHoursFactory(user=alice, weekday=1)
    DateOverrideFactory(user=alice)
    alice_page.goto(f"{live_server.url}/settings/hours")
    return alice_page


def test_arrow_keys_move_an_end_and_the_page_says_so(hours_page: Page, alice):
    end = hours_page.get_by_label("Monday, ends").and_(hours_page.get_by_role("slider"))
    end.focus()
    for _ in range(4):
        hours_page.keyboard.press("ArrowRight")
    expect(hours_page.locator("#hours-said")).to_contain_text("17 h a week · not saved yet")
    expect(hours_page.locator("#monday-0-end")).to_have_value("18:00")
    expect(hours_page.locator("#monday-0-end-slide")).to_be_focused()
    hours_page.locator("#hours-save").click()
    expect(hours_page.locator("#toasts")).to_contain_text("Your hours are saved.")
    assert weekly_hours(alice) == {0: [(540, 1080)], 1: [(540, 1020)]}


def test_a_stretch_is_dragged_as_a_whole(hours_page: Page):
    box = hours_page.locator('[data-window="tuesday-0"]').bounding_box()
    assert box is not None
    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    hours_page.mouse.move(*middle)
    hours_page.mouse.down()
    hours_page.mouse.move(middle[0] + box["width"] / 4, middle[1], steps=4)
    hours_page.mouse.up()
    expect(hours_page.locator("#tuesday-0-start")).to_have_value("11:00")
    expect(hours_page.locator("#tuesday-0-end")).to_have_value("19:00")
    expect(hours_page.locator("#hours-said")).to_contain_text("16 h a week · not saved yet")


def test_a_night_shift_makes_the_bars_longer_and_is_said_in_words(hours_page: Page):
    hours_page.get_by_role("button", name="Add hours on Monday").click()
    start = hours_page.locator("#monday-1-start")
    expect(start).to_be_focused()
    start.fill("22:00")
    hours_page.locator("#monday-1-end").fill("02:00")
    expect(hours_page.locator("#said-monday")).to_contain_text("until 2:00 the next day")
    expect(hours_page.locator("#hours-axis")).to_contain_text(re.compile(r"24:00\s*6:00"))


def test_a_day_is_copied_from_the_menu_by_keyboard(hours_page: Page):
    hours_page.get_by_label("Copy Monday to…").focus()
    hours_page.keyboard.press("Enter")
    hours_page.get_by_role("button", name="Every day").focus()
    hours_page.keyboard.press("Enter")
    expect(hours_page.locator("#hours-said")).to_contain_text("56 h a week")


@pytest.mark.parametrize("address", ["hours", "calendars"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_have_no_barriers_and_fit_a_phone(hours_page: Page, alice, live_server, address, scheme):
    CalendarFactory(user=alice, name="A calendar with a name that is longer than any phone is wide, and then some more")
    hours_page.emulate_media(color_scheme=scheme)
    hours_page.goto(f"{live_server.url}/settings/{address}")
    assert serious_barriers(hours_page) == []
    hours_page.set_viewport_size(PHONE)
    assert serious_barriers(hours_page) == []
    assert hours_page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]


def test_keep_it_is_the_first_answer_when_a_calendar_is_to_go(alice_page: Page, alice, live_server):
    CalendarFactory(user=alice, name="Choir")
    alice_page.goto(f"{live_server.url}/settings/calendars")
    alice_page.locator("summary", has_text="Choir").click()
    alice_page.get_by_role("button", name="Remove…").click()
    expect(alice_page.get_by_role("button", name="Keep it")).to_be_focused()
    alice_page.keyboard.press("Enter")
    expect(alice_page.get_by_role("dialog")).to_have_count(0)
    alice_page.get_by_role("button", name="Remove…").click()
    alice_page.get_by_role("button", name="Remove the calendar").click()
    expect(alice_page.locator("#toasts")).to_contain_text("Choir is removed with its events.")


def test_hours_that_are_not_saved_are_not_left_without_a_question(hours_page: Page, live_server):
    asked = []
    hours_page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    hours_page.locator("#monday-0-start").fill("10:15")
    hours_page.locator("#monday-0-end").focus()
    expect(hours_page.locator("#hours-said")).to_contain_text("not saved yet")
    hours_page.locator("main").get_by_role("link", name="Calendars").click()
    expect(hours_page).to_have_url(f"{live_server.url}/settings/hours")
    assert asked == ["beforeunload"]
    hours_page.locator("#hours-save").click()
    expect(hours_page.locator("#toasts")).to_contain_text("Your hours are saved.")
    hours_page.locator("main").get_by_role("link", name="Calendars").click()
    expect(hours_page).to_have_url(f"{live_server.url}/settings/calendars")
    assert asked == ["beforeunload"]
