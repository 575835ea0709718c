"""An account of calendars in a real browser: connected, followed, written into, and followed back. At our stand-in."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import Connection
from availability.models import Calendar, Mirror, WorkingHours
from availability.tests.at_google import EMAIL, at
from availability.tests.mirrored import connected, mirrored
from scheduling.models import Block
from scheduling.services.tasks import create_task
from timeflow.tests.browser import DESK, PHONE, serious_barriers

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
BERLIN = ZoneInfo("Europe/Berlin")


def monday() -> date:
    """Of next week: what these tests see does not depend on when they run."""
    return date.today() + timedelta(days=7 - date.today().weekday())  # noqa: DTZ011 - the browser's day


def on_monday(hour: int) -> datetime:
    return datetime.combine(monday(), time(hour), BERLIN)


@pytest.fixture
def google(google):
    google.add_account(EMAIL, "Alice Weber")
    for title, hour, fields in (("Standup", 9, {}), ("Lunch?", 12, {"status": "tentative", "visibility": "private"})):
        times = {"start": at(on_monday(hour)), "end": at(on_monday(hour + 1))}
        google.add_event(EMAIL, {"summary": title, **times, **fields})
    return google


def connect(page: Page, address: str) -> None:
    page.goto(address)
    page.get_by_role("button", name="Connect Google Calendar").click()
    page.get_by_label(EMAIL).check()
    page.get_by_role("button", name="Allow").click()
    expect(page.get_by_text(f"Google Calendar of {EMAIL} is connected.")).to_be_visible()
    expect(page.get_by_role("heading", name=EMAIL)).to_be_visible()


def write_into_one_of_its_own(page: Page, address: str) -> str:
    """The id of the calendar that was made there."""
    page.goto(address)
    page.get_by_label("A calendar of its own").check()
    expect(page.get_by_role("radio", name="Its title, as a private event")).to_be_checked()
    page.locator("#place").get_by_role("button", name="Save").click()
    expect(page.get_by_text("your plan", exact=True)).to_be_visible()
    return Mirror.objects.get(receives_blocks=True).remote_id


def plan(page: Page, week: str) -> None:
    page.goto(week)
    page.get_by_role("button", name="Plan").click()
    page.goto(week)
    page.get_by_role("button", name="Apply").click()
    expect(page.get_by_text("Plan applied")).to_be_visible()


def test_a_plan_goes_out_to_google_and_what_is_moved_there_is_pinned_here(alice, alice_page: Page, live_server, google):
    page, settings = alice_page, f"{live_server.url}/settings/calendars"
    week = f"{live_server.url}/week?on={monday()}"
    WorkingHours.objects.create(user=alice, weekday=0, start_minute=540, end_minute=1020)
    create_task(user=alice, now=timezone.now(), title="Report", minutes=60, earliest_on=monday(), due_on=monday())
    connect(page, settings)
    place = write_into_one_of_its_own(page, settings)
    plan(page, week)
    [twin] = google.events(place)
    assert (twin["summary"], twin["visibility"]) == ("Report", "private")

    google.move_event(place, twin["id"], hours=3)
    page.goto(settings)
    page.get_by_role("button", name=f"Look at {EMAIL} now").click()
    expect(page.get_by_text(f"TimeFlow looks at {EMAIL} now.")).to_be_visible()
    page.goto(week)
    expect(page.locator(".block", has_text="Report").locator(".pin")).to_be_attached()
    block = Block.objects.select_related("event").get()
    assert block.is_pinned
    assert block.event.starts_at == datetime.fromisoformat(twin["start"]["dateTime"]) + timedelta(hours=3)

    page.goto(settings)
    page.get_by_role("button", name=f"Disconnect {EMAIL}…").click()
    page.get_by_role("button", name="Disconnect", exact=True).click()
    expect(page.get_by_text("Google took the permission back.")).to_be_visible()
    assert [event["summary"] for event in google.events(place)] == ["Report"], "what was written there stays"


def test_events_of_an_account_show_how_sure_and_how_private_they_are(alice_page: Page, live_server, google):
    page = alice_page
    connect(page, f"{live_server.url}/settings/calendars")
    page.goto(f"{live_server.url}/week?on={monday()}")
    expect(page.locator(".event:not(.is-tentative)", has_text="Standup")).to_be_visible()
    expect(page.locator(".event.is-tentative", has_text="Lunch?")).to_be_visible()
    page.locator(".fc-event", has_text="Lunch?").click()
    sheet = page.locator("#sheet")
    expect(sheet).to_contain_text(f"{EMAIL} · Google Calendar")
    expect(sheet).to_contain_text("private in that calendar")
    expect(sheet).to_contain_text("change it there, and it changes here")


@pytest.fixture
def listing(alice, no_worker) -> Connection:
    """An account whose calendars are still looked for."""
    connection = connected(alice, now=timezone.now())
    Connection.objects.filter(pk=connection.pk).update(listed_at=None)
    return connection


def test_calendars_appear_by_themselves_and_a_form_that_is_filled_in_stays(alice_page: Page, live_server, listing):
    page, now = alice_page, timezone.now()
    page.goto(f"{live_server.url}/settings/calendars")
    expect(page.get_by_text("looking for calendars…")).to_be_visible()
    work = mirrored(listing, "Work", now=now, calendar={"read_at": None})
    Connection.objects.update(listed_at=now)
    page.locator("summary", has_text="Work").click()
    page.get_by_label("Name").fill("Office")
    expect(page.get_by_text("Being read…", exact=False).first).to_be_visible()
    Calendar.objects.filter(pk=work.pk).update(read_at=now)
    expect(page.locator(f"#calendar-state-{work.pk}")).to_contain_text("Read")
    expect(page.get_by_label("Name")).to_have_value("Office")
    expect(page.locator(".account-state[hx-get]")).to_have_count(0)


@pytest.mark.parametrize("path", ["/week", "/today"])
def test_coming_back_after_a_while_has_calendars_looked_at_once(alice, alice_page: Page, live_server, no_worker, path):
    page, long_ago = alice_page, timezone.now() - timedelta(hours=2)
    mirrored(connected(alice, now=long_ago), "Work", now=long_ago)
    page.goto(live_server.url + path)
    expect(page.locator("#stale")).to_contain_text("your plan may not know everything")
    page.evaluate("dispatchEvent(new Event('focus'))")
    page.clock.set_fixed_time(timezone.now() + timedelta(minutes=6))
    assert Mirror.objects.get().asked_at is None
    with page.expect_response("**/settings/calendars/look"):
        page.evaluate("dispatchEvent(new Event('focus'))")
    expect(page.locator("#stale")).to_contain_text("TimeFlow is looking now.")
    assert Mirror.objects.get().asked_at is not None


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESK, PHONE])
def test_the_pages_of_accounts_have_no_barriers(alice, alice_page: Page, live_server, google, no_worker, scheme, size):
    page, now = alice_page, timezone.now()
    account = connected(alice, now=now)
    work = mirrored(account, "Work", now=now, fault="Its server does not answer.", skipped={"is not an event": 2})
    mirrored(account, "Team", now=now, is_followed=False)
    broken = connected(alice, "closed@dav.example", now=now)
    mirrored(broken, "Home", now=now)
    Connection.objects.filter(pk=broken.pk).update(state=Connection.State.NEEDS_RECONNECT)
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    page.set_viewport_size(size)
    page.goto(f"{live_server.url}/settings/calendars")
    page.locator("summary", has_text="Work").click()
    page.locator(f'input[value="{work.pk}"]').check()
    assert serious_barriers(page) == []
    page.get_by_role("button", name="Disconnect alice@dav.example…").click()
    assert serious_barriers(page) == []
    for path in ("connections/caldav", "connections/feed", f"connections/{account.pk}/remove"):
        page.goto(f"{live_server.url}/settings/{path}")
        assert serious_barriers(page) == [], path
    page.goto(f"{live_server.url}/today")
    expect(page.locator("#stale")).to_contain_text("can no longer be read")
    assert serious_barriers(page) == []
