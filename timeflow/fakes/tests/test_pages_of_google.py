"""What a person sees of the stand-in, what a program may make it do, and who lives there at first."""

import re
from collections import Counter
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import jwt
import pytest
import requests
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from timeflow.fakes.google.people import MAYA, SAM, settle_in
from timeflow.fakes.tests.conftest import ALICE, asker, meeting
from timeflow.fakes.tests.test_grants import consent, exchange, said


def control(google, verb: str, **arguments) -> requests.Response:
    return requests.post(f"{google.url}/control/{verb}", json=arguments, timeout=10)


def test_control_doors_make_people_calendars_and_events_and_tell_what_there_is(google):
    control(google, "add_account", email="carol@gmail.example", name="Carol")
    calendar = control(google, "add_calendar", email="carol@gmail.example", name="Home").json()
    made = control(google, "add_event", calendar_id=calendar, fields=meeting("Lunch")).json()
    control(google, "move_event", calendar_id=calendar, event_id=made["id"], hours=2)
    state = requests.get(f"{google.url}/control/state", timeout=10).json()
    (event,) = next(one["events"] for one in state["calendars"] if one["id"] == calendar)
    assert event["start"]["dateTime"] == "2026-03-02T11:00:00+01:00"


def test_control_doors_say_what_can_be_done(google):
    verbs = requests.get(f"{google.url}/control/", timeout=10).json()
    assert "status: int" in verbs["fail"]
    assert "state" not in verbs


def test_control_doors_set_faults_and_the_clock(google, ask):
    control(google, "fail", status=503, count=1)
    assert ask("GET", "colors").status_code == 503
    control(google, "advance", seconds=3601)
    assert ask("GET", "colors").status_code == 401


@pytest.mark.parametrize(
    ("verb", "arguments", "status"),
    [
        ("explode", {}, 404),
        ("note", {}, 404),
        ("fail", {"state": 500}, 400),
        ("fail", {"status": 200}, 400),
        ("add_calendar", {"email": "nobody@gmail.example", "name": "x"}, 400),
        ("delete_event", {"calendar_id": ALICE, "event_id": "never0"}, 404),
    ],
)
def test_a_wish_that_makes_no_sense_is_refused(google, verb, arguments, status):
    assert control(google, verb, **arguments).status_code == status


@pytest.fixture
def peopled(google):
    settle_in(google)
    return google


def test_maya_has_three_calendars_with_a_week_as_people_have_it(peopled):
    ask = asker(peopled, MAYA, "calendar")
    entries = ask("GET", "users/me/calendarList").json()["items"]
    assert Counter(entry["accessRole"] for entry in entries) == {"owner": 3, "reader": 1}
    assert [entry["id"] for entry in entries if entry.get("primary")] == [MAYA]
    events = [event for entry in entries for event in ask("GET", f"calendars/{entry['id']}/events").json()["items"]]
    assert len(events) >= 40
    assert {event.get("eventType", "default") for event in events} == {"default", "outOfOffice", "focusTime"}
    assert {"confirmed", "tentative", "cancelled"} == {event["status"] for event in events}
    assert {"recurrence", "recurringEventId", "attendees", "location"} <= {name for event in events for name in event}
    assert len({event["start"].get("timeZone") for event in events if "start" in event}) >= 4


def test_this_weeks_team_meeting_is_later_and_one_standup_is_cancelled(peopled):
    ask, now = asker(peopled, MAYA, "calendar"), peopled.clock.now().astimezone(ZoneInfo("Europe/Berlin"))
    span = {"timeMin": (now - timedelta(days=9)).isoformat(), "timeMax": (now + timedelta(days=9)).isoformat()}
    events = ask("GET", f"calendars/{MAYA}/events", singleEvents="true", showDeleted="true", **span).json()["items"]
    moved = [
        event
        for event in events
        if event.get("summary") == "Team meeting" and event["start"] != event["originalStartTime"]
    ]
    gone = [event for event in events if event["status"] == "cancelled"]
    assert [event["start"]["dateTime"][11:16] for event in moved] == ["11:00"]
    assert len(gone) == 1


@pytest.mark.browser
def test_a_person_moves_deletes_and_adds_an_event_as_in_google(page: Page, peopled):
    page.goto(peopled.url)
    page.get_by_role("link", name="Maya Lindner").click()
    expect(page.get_by_role("heading", name="Maya Lindner")).to_be_visible()
    page.get_by_label("Title").fill("Walk <b>&")
    page.get_by_role("button", name="Add").click()
    walk = page.get_by_role("listitem").filter(has_text="Walk <b>&")
    expect(walk).to_have_count(1)
    before = next(event for event in peopled.events(MAYA) if event["summary"] == "Walk <b>&")
    walk.get_by_label("How far to move").select_option("1 h later")
    walk.get_by_role("button", name="Move").click()
    expect(walk).to_have_count(1)
    starts = [event["start"]["dateTime"] for event in (before, peopled.event(MAYA, before["id"]))]
    assert datetime.fromisoformat(starts[1]) - datetime.fromisoformat(starts[0]) == timedelta(hours=1)
    assert not Axe().run(page).response["violations"]
    walk.get_by_role("button", name="Delete").click()
    expect(walk).to_have_count(0)
    assert peopled.event(MAYA, before["id"])["status"] == "cancelled"


@pytest.mark.browser
def test_a_person_makes_something_go_wrong_and_takes_grants_back(page: Page, peopled):
    ask = asker(peopled, MAYA, "calendar")
    page.goto(peopled.url)
    assert not Axe().run(page).response["violations"]
    page.get_by_role("button", name="Be away").click()
    page.get_by_role("button", name="Let access tokens end").click()
    assert [ask("GET", "colors").status_code for _ in range(4)] == [503, 503, 503, 401]
    page.get_by_role("button", name=f"Take back all that {MAYA} granted").click()
    expect(page.get_by_role("status")).to_have_text("Done: Take back all that this account granted.")
    assert peopled.oauth.grants == {}


@pytest.mark.browser
def test_a_person_agrees_as_one_of_the_accounts_to_what_they_ticked(page: Page, peopled):
    back = "http://127.0.0.1:8000/back"
    page.route(f"{back}**", lambda route: route.fulfill(body="back", content_type="text/plain"))
    page.goto(consent(peopled))
    expect(page.get_by_text("This is not Google.")).to_be_visible()
    assert not Axe().run(page).response["violations"]
    page.get_by_label("Sam Okafor").check()
    page.get_by_label("See events of all calendars").uncheck()
    page.get_by_role("button", name="Allow").click()
    expect(page).to_have_url(re.compile(re.escape(back)))
    assert "calendar" not in said(page.url)["scope"]
    tokens = exchange(peopled, said(page.url)["code"]).json()
    assert jwt.decode(tokens["id_token"], options={"verify_signature": False})["email"] == SAM
    page.goto(consent(peopled))
    page.get_by_role("button", name="Cancel").click()
    expect(page).to_have_url(f"{back}?state=s&error=access_denied")


def test_nobody_sees_a_calendar_page_that_is_not_shared_with_them(peopled):
    assert requests.get(f"{peopled.url}/people/{SAM}/{MAYA}", timeout=10).status_code == 404
    moved = requests.post(
        f"{peopled.url}/people/{MAYA}/{SAM}/add",
        {"title": "x", "start": "2026-03-02T09:00", "minutes": "5"},
        timeout=10,
    )
    assert moved.status_code == 403


def test_a_form_with_nonsense_in_it_is_refused_in_words(peopled):
    answer = requests.post(f"{peopled.url}/people/{MAYA}/{MAYA}/add", {"title": "x", "start": "soon"}, timeout=10)
    assert answer.status_code == 400
    assert "missing or no time" in answer.text
