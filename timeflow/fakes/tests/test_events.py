"""Events of the stand-in: ids, changes under an ETag, what only some may do, what a reader sees."""

import pytest

from timeflow.fakes.tests.conftest import ALICE, BOB, asker, at, meeting, reason

HERE = "calendars/primary/events"


@pytest.fixture
def event(ask):
    return ask("POST", HERE, meeting()).json()


def test_an_id_of_our_own_is_kept_and_taken_for_good(ask):
    body = meeting(id="tf0123456789")
    made = ask("POST", HERE, body)
    assert (made.status_code, made.json()["id"]) == (200, "tf0123456789")
    assert reason(ask("POST", HERE, body)) == (409, "duplicate")
    assert ask("DELETE", f"{HERE}/{body['id']}").status_code == 204
    assert reason(ask("POST", HERE, body)) == (409, "duplicate")


@pytest.mark.parametrize("bad", ["abcd", "with-a-dash", "wxyz0", "UPPER", "a" * 1025])
def test_an_id_is_base32hex_of_five_letters_or_more(ask, bad):
    assert reason(ask("POST", HERE, meeting(id=bad))) == (400, "invalid")


def test_a_change_under_an_old_etag_is_refused_and_changes_nothing(ask, event):
    one = f"{HERE}/{event['id']}"
    fresh = ask("PATCH", one, {"summary": "First"}, if_match=event["etag"]).json()
    for answer in (
        ask("PATCH", one, {"summary": "Second"}, if_match=event["etag"]),
        ask("PUT", one, meeting("Second"), if_match=event["etag"]),
        ask("DELETE", one, if_match=event["etag"]),
    ):
        assert reason(answer) == (412, "conditionNotMet")
    assert ask("GET", one).json() == fresh
    assert ask("DELETE", one, if_match=fresh["etag"]).status_code == 204


def test_a_patch_leaves_the_rest_and_an_update_replaces_all(ask):
    marks = {"private": {"timeflow": "1", "old": "x"}}
    made = ask("POST", HERE, meeting(location="Room 1", extendedProperties=marks)).json()
    one = f"{HERE}/{made['id']}"
    change = {"summary": "Other", "location": None, "extendedProperties": {"private": {"old": None, "new": "y"}}}
    patched = ask("PATCH", one, change).json()
    assert patched["extendedProperties"] == {"private": {"timeflow": "1", "new": "y"}}
    assert (patched["summary"], "location" in patched, patched["start"]) == ("Other", False, made["start"])
    updated = ask("PUT", one, meeting("Whole")).json()
    assert "extendedProperties" not in updated
    assert (updated["id"], updated["iCalUID"], updated["created"]) == (made["id"], made["iCalUID"], made["created"])


def test_the_sequence_rises_with_a_new_time_and_an_old_one_is_refused(ask, event):
    one = f"{HERE}/{event['id']}"
    assert ask("PATCH", one, {"summary": "Other"}).json()["sequence"] == 0
    later = {"start": at("2026-03-02", "11:00"), "end": at("2026-03-02", "12:00")}
    assert ask("PATCH", one, later).json()["sequence"] == 1
    assert reason(ask("PUT", one, meeting(sequence=0))) == (400, "invalid")


def test_a_deleted_event_is_told_as_cancelled_and_not_deleted_or_changed_again(ask, event):
    one = f"{HERE}/{event['id']}"
    ask("DELETE", one)
    assert ask("GET", one).json()["status"] == "cancelled"
    assert reason(ask("DELETE", one)) == (410, "deleted")
    assert reason(ask("PATCH", one, {"summary": "Other"})) == (403, "forbidden")
    assert ask("PATCH", one, {"status": "confirmed"}).json()["status"] == "confirmed"


def test_what_never_was_is_not_found(ask):
    assert reason(ask("GET", f"{HERE}/never0")) == (404, "notFound")
    assert reason(ask("GET", "calendars/nobody@gmail.example/events")) == (404, "notFound")


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"end": None}, "required"),
        ({"end": at("2026-03-02", "08:00")}, "timeRangeEmpty"),
        ({"start": {"dateTime": "2026-03-02T09:00:00"}}, "required"),
        ({"start": {"date": "2026-03-02"}}, "invalid"),
        ({"start": {"date": "2026-03-02", "dateTime": "2026-03-02T09:00:00Z"}}, "invalid"),
        ({"start": {"dateTime": "2026-03-02T09:00:00", "timeZone": "Europe/Nowhere"}}, "invalid"),
        ({"start": {"dateTime": "at nine"}}, "invalid"),
        ({"recurrence": ["RRULE:FREQ=SOMETIMES"]}, "invalid"),
        ({"recurrence": ["RRULE:FREQ=HOURLY"]}, "invalid"),
        ({"recurrence": ["DTSTART:20260302T090000"]}, "invalid"),
        ({"recurrence": ["RRULE:FREQ=DAILY"], "start": {"dateTime": "2026-03-02T08:00:00Z"}}, "invalid"),
        ({"visibility": "secret"}, "invalid"),
        ({"attendees": [{"email": "nobody"}]}, "invalid"),
        ({"extendedProperties": {"private": {"timeflow": "x" * 1025}}}, "invalid"),
    ],
)
def test_an_event_that_makes_no_sense_is_refused_with_the_reason(ask, google, change, why):
    assert reason(ask("POST", HERE, {**meeting(), **change})) == (400, why)
    assert google.events(ALICE) == []


def test_a_time_is_told_with_the_calendars_offset_and_the_zone_that_was_given(ask):
    start, end = at("2026-03-02", "09:00", "America/New_York"), at("2026-03-02", "10:00", "America/New_York")
    made = ask("POST", HERE, meeting() | {"start": start, "end": end}).json()
    assert made["start"] == {"dateTime": "2026-03-02T15:00:00+01:00", "timeZone": "America/New_York"}
    asked = ask("GET", HERE, timeZone="Asia/Tokyo").json()["items"][0]
    assert asked["start"]["dateTime"] == "2026-03-02T23:00:00+09:00"


def test_a_day_ends_before_its_end(ask):
    made = ask("POST", HERE, meeting() | {"start": {"date": "2026-03-02"}, "end": {"date": "2026-03-04"}}).json()
    assert (made["start"], made["end"]) == ({"date": "2026-03-02"}, {"date": "2026-03-04"})

    def found(day: str) -> int:
        return len(ask("GET", HERE, timeMin=f"{day}T00:00:00+01:00", timeMax=f"{day}T23:59:00+01:00").json()["items"])

    assert [found(day) for day in ("2026-03-01", "2026-03-02", "2026-03-03", "2026-03-04")] == [0, 1, 1, 0]


@pytest.fixture
def bob_asks(google):
    google.add_account(BOB, "Bob")
    return asker(google, BOB, "calendar")


def test_a_reader_sees_of_a_private_event_only_that_it_is_there_and_changes_nothing(google, bob_asks):
    google.add_event(ALICE, meeting("Doctor", visibility="private", location="Clinic"))
    made = google.add_event(ALICE, meeting("Lunch"))
    google.share(ALICE, BOB, "reader")
    private, plain = bob_asks("GET", f"calendars/{ALICE}/events").json()["items"]
    assert private.keys().isdisjoint({"summary", "location", "organizer"})
    assert (private["visibility"], plain["summary"]) == ("private", "Lunch")
    answer = bob_asks("PATCH", f"calendars/{ALICE}/events/{made['id']}", {"summary": "x"})
    assert reason(answer) == (403, "requiredAccessLevel")


def test_whoever_may_see_busy_times_alone_sees_no_title_at_all(google, bob_asks):
    google.add_event(ALICE, meeting("Lunch"))
    google.share(ALICE, BOB, "freeBusyReader")
    answer = bob_asks("GET", f"calendars/{ALICE}/events").json()
    assert answer["accessRole"] == "freeBusyReader"
    assert "Lunch" not in str(answer)
    google.unshare(ALICE, BOB)
    assert reason(bob_asks("GET", f"calendars/{ALICE}/events")) == (404, "notFound")


def test_only_the_organizer_moves_an_event_but_a_guest_may_answer(ask, google):
    guests = [{"email": ALICE}, {"email": BOB, "responseStatus": "accepted"}]
    made = google.add_event(ALICE, meeting(attendees=guests), organizer={"email": BOB})
    assert made["attendees"][0] == {"email": ALICE, "responseStatus": "needsAction", "self": True}
    assert made["attendees"][1]["organizer"]
    one = f"{HERE}/{made['id']}"
    moved = ask("PATCH", one, {"end": at("2026-03-02", "11:00")})
    assert reason(moved) == (403, "forbiddenForNonOrganizer")
    answered = ask("PATCH", one, {"attendees": [{"email": ALICE, "responseStatus": "declined"}]}).json()
    assert answered["attendees"][0]["responseStatus"] == "declined"


def test_out_of_office_has_a_time_and_a_place_in_the_primary_calendar(ask, google):
    away = meeting("Away", eventType="outOfOffice")
    assert ask("POST", HERE, away).json()["eventType"] == "outOfOffice"
    other = google.add_calendar(ALICE, "Other")
    assert reason(ask("POST", f"calendars/{other}/events", away)) == (400, "eventTypeRestriction")
    days = {"start": {"date": "2026-03-02"}, "end": {"date": "2026-03-03"}}
    assert reason(ask("POST", HERE, away | days)) == (400, "eventTypeRestriction")
