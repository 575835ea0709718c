"""What changed since last time: sync tokens, pages, filters."""

import pytest

from timeflow.fakes.tests.conftest import ALICE, BOB, asker, meeting, reason

HERE = "calendars/primary/events"
LIST = "users/me/calendarList"


def titles(page):
    return [one.get("summary", one["status"]) for one in page["items"]]


def test_a_sync_token_tells_what_changed_since_and_what_is_gone(ask, google):
    kept, moved, gone = (google.add_event(ALICE, meeting(name)) for name in ("Kept", "Moved", "Gone"))
    token = ask("GET", HERE).json()["nextSyncToken"]
    google.move_event(ALICE, moved["id"], hours=2)
    google.delete_event(ALICE, gone["id"])
    google.add_event(ALICE, meeting("New"))
    page = ask("GET", HERE, syncToken=token).json()
    assert titles(page) == ["Moved", "cancelled", "New"]
    assert page["items"][1].keys() == {"kind", "etag", "id", "status"}
    assert kept["id"] not in str(page)
    assert titles(ask("GET", HERE, syncToken=page["nextSyncToken"]).json()) == []
    assert titles(ask("GET", HERE, syncToken=token).json()) == titles(page)


def test_only_the_last_page_has_a_sync_token_and_no_change_between_pages_is_missed(ask, google):
    events = [google.add_event(ALICE, meeting(f"Meeting {number}")) for number in range(5)]
    first = ask("GET", HERE, maxResults=2).json()
    assert "nextSyncToken" not in first
    google.change_event(ALICE, events[0]["id"], {"summary": "Meanwhile"})
    google.delete_event(ALICE, events[4]["id"])
    second = ask("GET", HERE, maxResults=2, pageToken=first["nextPageToken"]).json()
    third = ask("GET", HERE, maxResults=2, pageToken=second["nextPageToken"]).json()
    assert titles(first) + titles(second) + titles(third) == [f"Meeting {number}" for number in range(5)]
    assert "nextPageToken" not in third
    assert titles(ask("GET", HERE, syncToken=third["nextSyncToken"]).json()) == ["Meanwhile", "cancelled"]


def test_changes_come_in_pages_too(ask, google):
    token = ask("GET", HERE).json()["nextSyncToken"]
    for number in range(3):
        google.add_event(ALICE, meeting(f"Meeting {number}"))
    first = ask("GET", HERE, syncToken=token, maxResults=2).json()
    second = ask("GET", HERE, syncToken=token, maxResults=2, pageToken=first["nextPageToken"]).json()
    assert (len(first["items"]), len(second["items"])) == (2, 1)
    assert ask("GET", HERE, syncToken=second["nextSyncToken"]).json()["items"] == []


def test_without_a_word_a_page_has_250_and_never_more_than_2500(ask, google):
    for _ in range(251):
        google.add_event(ALICE, meeting())
    assert len(ask("GET", HERE).json()["items"]) == 250
    assert len(ask("GET", HERE, maxResults=9999).json()["items"]) == 251
    assert reason(ask("GET", HERE, maxResults=0)) == (400, "invalidParameter")


def test_an_old_sync_token_is_gone_and_one_of_another_list_is_none(ask, google):
    token = ask("GET", HERE).json()["nextSyncToken"]
    single = ask("GET", HERE, singleEvents="true").json()["nextSyncToken"]
    other = ask("GET", f"calendars/{google.add_calendar(ALICE, 'Other')}/events").json()["nextSyncToken"]
    for bad in ("nonsense", single, other):
        assert reason(ask("GET", HERE, syncToken=bad)) == (400, "invalid")
    google.expire_sync_tokens()
    assert reason(ask("GET", HERE, syncToken=token)) == (410, "fullSyncRequired")
    assert ask("GET", HERE, syncToken=ask("GET", HERE).json()["nextSyncToken"]).status_code == 200


@pytest.mark.parametrize(
    "query",
    [
        {"timeMin": "2026-01-01T00:00:00Z"},
        {"timeMax": "2026-01-01T00:00:00Z"},
        {"updatedMin": "2026-01-01T00:00:00Z"},
        {"q": "x"},
        {"orderBy": "updated"},
        {"iCalUID": "x"},
        {"privateExtendedProperty": "a=b"},
        {"sharedExtendedProperty": "a=b"},
        {"showDeleted": "false"},
    ],
    ids=lambda query: next(iter(query)),
)
def test_a_sync_token_goes_with_no_restriction(ask, query):
    token = ask("GET", HERE).json()["nextSyncToken"]
    assert reason(ask("GET", HERE, syncToken=token, **query)) == (400, "syncTokenWithRequestRestrictions")


def test_a_first_pass_over_a_window_leads_to_all_changes_and_other_filters_to_no_token(ask, google):
    google.add_event(ALICE, meeting("Early", day="2026-01-05"))
    window = {"timeMin": "2026-02-01T00:00:00Z", "timeMax": "2026-04-01T00:00:00Z"}
    page = ask("GET", HERE, **window).json()
    assert titles(page) == []
    google.add_event(ALICE, meeting("Also early", day="2026-01-05"))
    assert titles(ask("GET", HERE, syncToken=page["nextSyncToken"]).json()) == ["Also early"]
    assert "nextSyncToken" not in ask("GET", HERE, q="early").json()


def test_marks_of_a_program_find_its_events_and_deleted_ones_are_shown_on_demand(ask, google):
    for mark in ("1", "2"):
        google.add_event(ALICE, meeting(f"Block {mark}", extendedProperties={"private": {"block": mark, "by": "tf"}}))
    found = ask("GET", HERE, privateExtendedProperty=["by=tf", "block=2"]).json()
    assert titles(found) == ["Block 2"]
    google.delete_event(ALICE, found["items"][0]["id"])
    assert titles(ask("GET", HERE).json()) == ["Block 1"]
    assert titles(ask("GET", HERE, showDeleted="true").json()) == ["Block 1", "cancelled"]


def test_a_window_takes_what_touches_it_and_not_what_ends_or_begins_at_its_edge(ask, google):
    google.add_event(ALICE, meeting())

    def found(start: str, end: str) -> int:
        window = {"timeMin": f"2026-03-02T{start}:00+01:00", "timeMax": f"2026-03-02T{end}:00+01:00"}
        return len(ask("GET", HERE, **window).json()["items"])

    windows = [("08:00", "09:00"), ("08:00", "09:01"), ("09:59", "11:00"), ("10:00", "11:00"), ("09:20", "09:30")]
    assert [found(*window) for window in windows] == [0, 1, 1, 0, 1]


def test_what_differs_from_its_series_may_be_told_before_it(ask, google):
    series = google.add_event(ALICE, meeting(recurrence=["RRULE:FREQ=DAILY;COUNT=3"]))
    moved = google.move_event(ALICE, f"{series['id']}_20260303T080000Z", hours=1)
    google.change_event(ALICE, series["id"], {"location": "Room 1"})
    assert [one["id"] for one in ask("GET", HERE).json()["items"]] == [moved["id"], series["id"]]


@pytest.mark.parametrize(
    ("wanted", "keys", "inner"),
    [
        ("items(id,start/dateTime),nextSyncToken", {"items", "nextSyncToken"}, {"id", "start"}),
        ("items/etag", {"items"}, {"etag"}),
        ("kind,items(status,extendedProperties(private))", {"kind", "items"}, {"status"}),
    ],
)
def test_only_the_named_fields_are_answered(ask, google, wanted, keys, inner):
    google.add_event(ALICE, meeting())
    page = ask("GET", HERE, fields=wanted).json()
    assert page.keys() == keys
    assert page["items"][0].keys() == inner
    assert page["items"][0].get("start", {}).keys() <= {"dateTime"}


@pytest.mark.parametrize("wanted", ["items(id", "items)", "items id", "()", "items(id))"])
def test_fields_that_cannot_be_read_are_refused(ask, wanted):
    assert reason(ask("GET", HERE, fields=wanted)) == (400, "invalid")


def test_order_by_start_is_for_single_events_only(ask, google):
    google.add_event(ALICE, meeting("Later", day="2026-03-09"))
    google.add_event(ALICE, meeting("Daily", recurrence=["RRULE:FREQ=DAILY;INTERVAL=5;COUNT=3"]))
    assert reason(ask("GET", HERE, orderBy="startTime")) == (400, "invalid")
    found = ask("GET", HERE, orderBy="startTime", singleEvents="true").json()
    assert titles(found) == ["Daily", "Daily", "Later", "Daily"]


@pytest.mark.parametrize("bad", ["yesterday", "2026-01-01", "2026-01-01T00:00:00", "2026-01-01T00:00:00 01:00"])
def test_a_window_wants_instants_with_an_offset(ask, bad):
    assert reason(ask("GET", HERE, timeMin=bad)) == (400, "badRequest")


def test_changes_of_a_series_in_single_events_are_all_of_its_occurrences(ask, google):
    series = google.add_event(ALICE, meeting("Daily", recurrence=["RRULE:FREQ=DAILY;COUNT=3"]))
    token = ask("GET", HERE, singleEvents="true").json()["nextSyncToken"]
    google.delete_event(ALICE, series["id"])
    page = ask("GET", HERE, singleEvents="true", syncToken=token).json()
    assert titles(page) == ["cancelled"] * 3


def test_a_page_token_leads_to_no_other_calendar(ask, google):
    google.add_event(ALICE, meeting())
    google.add_event(ALICE, meeting())
    token = ask("GET", HERE, maxResults=1).json()["nextPageToken"]
    other = google.add_calendar(ALICE, "Other")
    assert reason(ask("GET", f"calendars/{other}/events", pageToken=token)) == (400, "invalid")
    assert reason(ask("GET", HERE, pageToken="nonsense")) == (400, "invalid")


def test_the_list_of_calendars_says_what_one_may_and_tells_what_came_and_went(ask, google):
    google.add_account(BOB, "Bob")
    google.share(BOB, ALICE, "freeBusyReader")
    google.add_calendar(ALICE, "Home", zone="Asia/Tokyo", colour="#abcdef")
    page = ask("GET", LIST).json()
    own, bobs, home = page["items"]
    assert (own["primary"], own["id"], own["accessRole"]) == (True, ALICE, "owner")
    assert (bobs["id"], bobs["accessRole"], "primary" in bobs) == (BOB, "freeBusyReader", False)
    assert (home["summary"], home["timeZone"], home["backgroundColor"]) == ("Home", "Asia/Tokyo", "#abcdef")
    assert [one["id"] for one in ask("GET", LIST, minAccessRole="owner").json()["items"]] == [ALICE, home["id"]]
    google.unshare(BOB, ALICE)
    google.drop_calendar(home["id"])
    changes = ask("GET", LIST, syncToken=page["nextSyncToken"]).json()["items"]
    assert {(one["id"], one["deleted"]) for one in changes} == {(BOB, True), (home["id"], True)}
    assert len(ask("GET", LIST).json()["items"]) == 1
    assert reason(ask("GET", LIST, syncToken=page["nextSyncToken"], minAccessRole="owner"))[0] == 400


def test_the_list_of_calendars_comes_in_pages(ask, google):
    for number in range(4):
        google.add_calendar(ALICE, f"Calendar {number}")
    first = ask("GET", LIST, maxResults=3).json()
    second = ask("GET", LIST, maxResults=3, pageToken=first["nextPageToken"]).json()
    assert (len(first["items"]), len(second["items"]), "nextSyncToken" in second) == (3, 2, True)


def test_a_calendar_that_a_program_makes_is_listed_renamed_and_deleted(ask, google):
    made = ask("POST", "calendars", {"summary": "Plan", "timeZone": "Europe/Lisbon"}).json()
    assert ask("GET", f"{LIST}/{made['id']}").json()["accessRole"] == "owner"
    assert ask("GET", f"calendars/{made['id']}").json() == made
    assert ask("PATCH", f"calendars/{made['id']}", {"summary": "Week"}).json()["summary"] == "Week"
    assert ask("DELETE", f"calendars/{made['id']}").status_code == 204
    assert reason(ask("GET", f"calendars/{made['id']}/events")) == (404, "notFound")
    assert reason(ask("DELETE", f"calendars/{ALICE}")) == (400, "cannotDeletePrimaryCalendar")
    assert reason(ask("POST", "calendars", {"summary": ""})) == (400, "required")


def test_busy_times_are_merged_and_leave_out_what_is_free_declined_or_cancelled(ask, google):
    google.add_event(ALICE, meeting("One"))
    google.add_event(
        ALICE,
        meeting("Two", start={"dateTime": "2026-03-02T09:30:00+01:00"})
        | {"end": {"dateTime": "2026-03-02T11:00:00+01:00"}},
    )
    google.add_event(ALICE, meeting("Free", day="2026-03-03", transparency="transparent"))
    declined = [{"email": ALICE, "responseStatus": "declined"}]
    google.add_event(ALICE, meeting("Declined", day="2026-03-04", attendees=declined))
    google.delete_event(ALICE, google.add_event(ALICE, meeting("Gone", day="2026-03-05"))["id"])
    google.add_event(ALICE, meeting("Weekly", day="2026-02-20", recurrence=["RRULE:FREQ=WEEKLY"]))
    span = {"timeMin": "2026-03-02T00:00:00Z", "timeMax": "2026-03-08T00:00:00Z", "timeZone": "Europe/Berlin"}
    answer = ask("POST", "freeBusy", {**span, "items": [{"id": ALICE}, {"id": "nobody@gmail.example"}]}).json()
    assert answer["calendars"][ALICE]["busy"] == [
        {"start": "2026-03-02T09:00:00+01:00", "end": "2026-03-02T11:00:00+01:00"},
        {"start": "2026-03-06T09:00:00+01:00", "end": "2026-03-06T10:00:00+01:00"},
    ]
    assert answer["calendars"]["nobody@gmail.example"]["errors"][0]["reason"] == "notFound"
    assert reason(ask("POST", "freeBusy", {"items": []})) == (400, "required")


def test_a_token_is_void_once_another_may_do_more_or_less(google):
    google.add_account(BOB)
    google.add_event(ALICE, meeting("Lunch"))
    google.share(ALICE, BOB, "freeBusyReader")
    ask, there = asker(google, BOB, "calendar"), f"calendars/{ALICE}/events"
    token = ask("GET", there).json()["nextSyncToken"]
    google.share(ALICE, BOB, "reader")
    assert reason(ask("GET", there, syncToken=token)) == (410, "fullSyncRequired")
    page = ask("GET", there).json()
    google.share(ALICE, BOB, "reader")
    assert (titles(page), ask("GET", there, syncToken=page["nextSyncToken"]).status_code) == (["Lunch"], 200)


def test_a_token_of_one_person_lists_nothing_of_another(google, ask):
    google.add_account(BOB)
    google.add_event(BOB, meeting("Of Bob"))
    token = asker(google, BOB, "calendar")("GET", HERE).json()["nextSyncToken"]
    assert reason(ask("GET", f"calendars/{BOB}/events")) == (404, "notFound")
    assert reason(ask("GET", HERE, syncToken=token)) == (400, "invalid")


def test_colours_are_told(ask):
    assert ask("GET", "colors").json()["calendar"]["14"]["background"].startswith("#")
