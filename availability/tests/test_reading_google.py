"""What is in a calendar at Google is here, and stays so, with few calls."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from accounts.models import Connection
from availability.gateways.provider import Page
from availability.models import Event, Mirror, RemoteItem, Series
from availability.services.mirrors.stepping import STUCK
from availability.tests.at_google import EMAIL, AtGoogle, answers_go_through, at
from availability.tests.writing import Plan
from timeflow.lib import bounds
from timeflow.lib.models import Errand

pytestmark = pytest.mark.django_db(transaction=True)
MONDAY = datetime(2026, 6, 8, 6, 0, tzinfo=UTC)


@pytest.fixture
def there(google, alice, no_worker) -> AtGoogle:
    alice.time_zone = "Europe/Berlin"
    alice.save()
    found = AtGoogle(google, alice, MONDAY)
    found.look_around()
    return found


def test_the_own_calendar_is_followed_from_the_start(there):
    there.add("Meeting", hours=3)
    mirror = there.step()
    assert there.titles() == ["Meeting"]
    event = Event.objects.get()
    assert (event.source, event.is_busy, event.starts_at) == ("remote", True, MONDAY + timedelta(hours=3))
    assert mirror.fault == ""
    assert there.now - there.primary.read_at < timedelta(seconds=10)
    assert Errand.objects.filter(task="scheduling.tasks.repair").count() == 1


def test_a_second_look_asks_once_and_changes_nothing(there, django_assert_max_num_queries):
    there.add("Meeting", hours=3)
    there.step()
    version = type(there.user).objects.get(pk=there.user.pk).data_version
    there.google.forget()
    there.step()
    assert dict(there.google.calls) == {"events.list": 1}
    assert type(there.user).objects.get(pk=there.user.pk).data_version == version


def test_a_change_a_move_and_a_deletion_arrive(there):
    kept, moved, gone = (there.add(title, hours=3 + n) for n, title in enumerate(("Kept", "Moved", "Gone")))
    there.step()
    before = dict(Event.objects.values_list("title", "pk"))
    there.google.change_event(EMAIL, kept, {"summary": "Renamed"})
    there.google.move_event(EMAIL, moved, hours=5)
    there.google.delete_event(EMAIL, gone)
    there.step()
    assert there.titles() == ["Renamed", "Moved"]
    event = Event.objects.get(title="Moved")
    assert event.starts_at == MONDAY + timedelta(hours=9)
    assert event.pk == before["Moved"], "it keeps its id"


def test_a_series_comes_with_what_is_different_about_single_dates(there):
    start = MONDAY + timedelta(hours=2)
    times = {"start": at(start), "end": at(start + timedelta(minutes=30))}
    series = there.google.add_event(EMAIL, {"summary": "Standup", "recurrence": ["RRULE:FREQ=DAILY;COUNT=5"], **times})
    there.step()
    assert there.titles() == ["Standup"] * 5
    second, third = (f"{series['id']}_{start + timedelta(days=n):%Y%m%dT%H%M%SZ}" for n in (1, 2))
    there.google.move_event(EMAIL, second, hours=4)
    there.google.delete_event(EMAIL, third)
    there.step()
    starts = list(Event.objects.order_by("starts_at").values_list("starts_at", flat=True))
    assert starts == [start, start + timedelta(days=1, hours=4), start + timedelta(days=3), start + timedelta(days=4)]
    there.google.delete_event(EMAIL, series["id"])
    there.step()
    assert not Event.objects.exists()
    assert not Series.objects.exists()


def test_what_is_declined_or_free_blocks_no_time_and_what_is_unsure_is_marked(there):
    there.add("Declined", 1, attendees=[{"email": EMAIL, "self": True, "responseStatus": "declined"}])
    there.add("Free", 2, transparency="transparent")
    there.add("Perhaps", 3, attendees=[{"email": EMAIL, "self": True, "responseStatus": "needsAction"}])
    there.add("Private", 4, visibility="private")
    there.step()
    rows = {row.title: row for row in Event.objects.all()}
    assert {title for title, row in rows.items() if row.is_busy} == {"Perhaps", "Private"}
    assert {title for title, row in rows.items() if row.is_tentative} == {"Perhaps"}
    assert {title for title, row in rows.items() if row.is_private} == {"Private"}


def test_an_all_day_event_covers_the_days_of_the_persons_zone(there):
    days = {"start": {"date": "2026-06-10"}, "end": {"date": "2026-06-12"}}
    there.google.add_event(EMAIL, {"summary": "Fair", **days})
    there.step()
    event = Event.objects.get()
    assert (event.is_all_day, str(event.starts_on), str(event.ends_on)) == (True, "2026-06-10", "2026-06-12")
    assert event.starts_at == datetime(2026, 6, 9, 22, 0, tzinfo=UTC)


def test_a_forgotten_token_means_reading_everything_and_missing_nothing(there):
    kept, gone = there.add("Kept", 3), there.add("Gone", 4)
    there.step()
    ids = set(Event.objects.filter(title="Kept").values_list("pk", flat=True))
    there.google.delete_event(EMAIL, gone)
    there.google.expire_sync_tokens()
    mirror = there.step()
    assert there.titles() == ["Kept"]
    assert set(Event.objects.values_list("pk", flat=True)) == ids
    assert (mirror.fault, mirror.is_whole) == ("", False)
    there.google.change_event(EMAIL, kept, {"summary": "Changed"})
    there.step()
    assert there.titles() == ["Changed"]


def test_once_a_week_everything_is_read_so_that_what_was_never_told_comes_to_light(there):
    there.add("Meeting", 3)
    there.step()
    Event.objects.all().delete()
    RemoteItem.objects.all().delete()
    there.later(days=6)
    there.step()
    assert there.titles() == []
    there.later(days=2)
    there.step()
    assert there.titles() == ["Meeting"]


def test_a_server_in_trouble_is_left_alone_longer_each_time_and_its_events_stay(there):
    there.add("Meeting", 3)
    there.step()
    there.google.fail(503, count=2)
    rests = []
    for _ in range(2):
        mirror = there.step()
        rests.append(mirror.rests_until - there.now)
    assert there.titles() == ["Meeting"]
    assert mirror.failures == 2
    assert "does not answer at the moment" in mirror.fault
    assert timedelta(seconds=20) < rests[0] < rests[1] < timedelta(minutes=2)
    mirror = there.step()
    assert (mirror.failures, mirror.fault, mirror.rests_until) == (0, "", None)


def test_a_wish_for_patience_is_kept(there):
    there.google.fail(403, "userRateLimitExceeded", retry_after=900)
    mirror = there.step()
    assert mirror.rests_until - there.now > timedelta(seconds=890)
    assert "patience" in mirror.fault


def test_a_grant_that_was_taken_back_stops_all_its_calendars_and_asks_for_a_new_one(there):
    there.step()
    there.google.revoke_grants(EMAIL)
    there.google.expire_access_tokens()
    there.step()
    assert Connection.objects.get().state == "needs_reconnect"
    there.google.forget()
    there.step()
    assert not there.google.calls.total()


def test_a_grant_that_is_taken_back_between_two_pages_keeps_what_was_read_and_goes_on_once_it_is_given_again(
    there, monkeypatch
):
    monkeypatch.setattr("availability.gateways.google.account.PAGE", 10)
    for number in range(25):
        there.add(f"Event {number:02}", 1 + number)
    there.google.slow(0, on="events.list")
    there.google.cut(on="events.list")
    assert there.step().page
    there.google.revoke_grants(EMAIL)
    there.google.expire_access_tokens()
    there.step()
    assert Connection.objects.get().state == "needs_reconnect"
    assert len(there.titles()) == 10
    there.connect()
    there.step()
    assert len(there.titles()) == 25


def test_the_largest_page_that_google_knows_is_taken_over_as_one(there, monkeypatch):
    monkeypatch.setattr("availability.gateways.google.account.PAGE", 2_500)
    for number in range(2_600):
        there.add(f"Event {number:04}", 1 + number / 4, minutes=15)
    there.google.forget()
    there.step()
    assert there.google.calls["events.list"] == 2
    assert len(there.titles()) == 2_600


def test_an_access_token_that_ran_out_is_renewed_once(there):
    there.add("Meeting", 3)
    there.later(hours=2)
    there.google.forget()
    there.step()
    assert there.titles() == ["Meeting"]
    there.step()
    assert [entry["grant_type"] for entry in there.google.exchanged] == ["refresh_token"]


def test_a_worker_that_dies_between_pages_loses_nothing(there, monkeypatch):
    monkeypatch.setattr("availability.gateways.google.account.PAGE", 10)
    for number in range(25):
        there.add(f"Event {number:02}", 1 + number)
    there.google.slow(0, on="events.list")
    there.google.cut(on="events.list")
    mirror = there.step()
    assert mirror.page
    assert len(there.titles()) == 10
    mirror = there.step()
    assert mirror.page == ""
    assert len(there.titles()) == 25


def test_a_place_in_the_pages_that_is_not_known_any_more_means_reading_everything(there, monkeypatch):
    monkeypatch.setattr("availability.gateways.google.account.PAGE", 10)
    for number in range(25):
        there.add(f"Event {number:02}", 1 + number)
    there.google.slow(0, on="events.list")
    there.google.cut(on="events.list")
    assert there.step().page
    Mirror.objects.filter(pk=there.primary.pk).update(page="of-last-year")
    mirror = there.step()
    assert (mirror.fault, mirror.page, len(there.titles())) == ("", "", 25)


def test_a_token_that_google_calls_invalid_means_reading_everything(there):
    there.add("Meeting", 3)
    there.step()
    Mirror.objects.filter(pk=there.primary.pk).update(token="of-another-calendar")
    there.add("Other", 4)
    mirror = there.step()
    assert (mirror.fault, there.titles()) == ("", ["Meeting", "Other"])


def test_a_pass_that_cannot_go_on_begins_anew_once_it_failed_for_about_a_day(there, monkeypatch):
    monkeypatch.setattr("availability.gateways.google.account.PAGE", 10)
    for number in range(25):
        there.add(f"Event {number:02}", 1 + number)
    there.google.slow(0, on="events.list")
    there.google.fail(403, "forbidden", on="events.list", count=STUCK)
    began = there.now
    for _ in range(STUCK - 1):
        mirror = there.step()
        assert (mirror.page != "", mirror.token) == (True, "")
        there.later(seconds=(mirror.rests_until - there.now).total_seconds())
    assert timedelta(hours=16) < there.now - began < timedelta(hours=30)
    mirror = there.step()
    assert (mirror.page, mirror.failures, len(there.titles())) == ("", STUCK, 10)
    mirror = there.step()
    assert (mirror.fault, len(there.titles())) == ("", 25)


def test_what_could_not_be_read_this_time_stays_as_it_was_and_is_asked_for_again_the_next_day(there, monkeypatch):
    meeting, other = there.add("Meeting", 3), there.add("Other", 5)
    there.step()

    def without_the_meeting(page: Page) -> Page:
        kept = [item for item in page.items if item.id != meeting]
        return replace(page, items=kept, unread=[meeting] if len(kept) < len(page.items) else [])

    with monkeypatch.context() as patch:
        answers_go_through(without_the_meeting, "changes", patch)
        there.google.expire_sync_tokens()
        there.step()
        assert there.titles() == ["Meeting", "Other"]
        there.google.change_event(EMAIL, meeting, {"summary": "Renamed"})
        there.google.delete_event(EMAIL, other)
        there.step()
        assert there.titles() == ["Meeting"]
    there.step()
    assert there.titles() == ["Meeting"]
    there.later(days=1.1)
    there.step()
    assert there.titles() == ["Renamed"]


def test_a_twin_that_could_not_be_read_this_time_was_not_deleted(google, alice, no_worker, monkeypatch):
    plan = Plan(google, alice, MONDAY)
    plan.begin()
    report = plan.block("Report", 3)
    plan.step(plan.target)
    google.expire_sync_tokens()

    def nothing(page: Page) -> Page:
        return replace(page, items=[], unread=[item.id for item in page.items])

    answers_go_through(nothing, "changes", monkeypatch)
    plan.step(plan.target)
    assert plan.twin(report).news == ""


def test_a_series_that_is_gone_takes_along_its_single_dates_though_nothing_is_told_of_them(there, monkeypatch):
    start = MONDAY + timedelta(hours=2)
    times = {"start": at(start), "end": at(start + timedelta(minutes=30))}
    series = there.google.add_event(EMAIL, {"summary": "Standup", "recurrence": ["RRULE:FREQ=DAILY;COUNT=5"], **times})
    there.google.move_event(EMAIL, f"{series['id']}_{start + timedelta(days=1):%Y%m%dT%H%M%SZ}", hours=4)
    there.step()
    there.google.delete_event(EMAIL, series["id"])

    def of_the_series_alone(page: Page) -> Page:
        return replace(page, items=[item for item in page.items if item.id == series["id"]])

    answers_go_through(of_the_series_alone, "changes", monkeypatch)
    there.step()
    assert there.titles() == []
    assert not RemoteItem.objects.exists()


def test_what_nobody_expected_is_logged_said_in_words_and_not_tried_again_at_once(there, monkeypatch, caplog):
    there.add("Meeting", 3)
    there.step()
    answers_go_through(lambda _: None, "changes", monkeypatch)
    mirror = there.step()
    assert "does not know what to do" in mirror.fault
    assert (mirror.failures, mirror.held_until) == (1, None)
    assert mirror.rests_until > there.now
    assert [record.exc_info is not None for record in caplog.records if record.levelname == "ERROR"] == [True]
    monkeypatch.undo()
    assert there.step().fault == ""
    assert there.titles() == ["Meeting"]


def test_what_cannot_be_read_is_counted_once_and_the_rest_is_here(there):
    there.add("Meeting", 3)
    times = {"start": at(MONDAY), "end": at(MONDAY + timedelta(minutes=1))}
    there.google.add_event(
        EMAIL, {"summary": "Storm", "recurrence": ["RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"], **times}
    )
    for _ in range(2):
        mirror = there.step()
        assert there.titles() == ["Meeting"]
        assert list(mirror.skipped.values()) == [1]
        there.google.expire_sync_tokens()
    assert mirror.fault == ""


def test_ten_thousand_dates_of_one_series_are_the_most_that_are_kept(there):
    times = {"start": at(MONDAY), "end": at(MONDAY + timedelta(minutes=10))}
    hours, minutes = ",".join(map(str, range(24))), "0,15,30,45"
    rule = f"RRULE:FREQ=DAILY;BYHOUR={hours};BYMINUTE={minutes}"
    there.google.add_event(EMAIL, {"summary": "Pulse", "recurrence": [rule], **times})
    there.add("Meeting", 3)
    there.step()
    assert 10_000 <= Event.objects.filter(title="Pulse").count() <= 10_001
    assert Event.objects.filter(title="Meeting").exists()


def test_more_events_than_a_person_may_have_stop_the_calendar_and_say_so(there, monkeypatch):
    monkeypatch.setattr(bounds, "EVENTS", 3)
    for number in range(5):
        there.add(f"Event {number}", 1 + number)
    mirror = there.step()
    assert "holds too much" in mirror.fault
    assert there.titles() == []
    assert mirror.rests_until > there.now


def test_markup_in_a_title_is_text(there):
    there.add("<script>alert(1)</script>", 3)
    there.step()
    assert there.titles() == ["<script>alert(1)</script>"]
