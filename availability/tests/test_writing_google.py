"""The plan in a calendar at Google: each block is there once, and nothing else is touched."""

from datetime import timedelta

import pytest

from accounts.services.google_grants import SCOPES, WRITE_ANYWHERE
from availability.errors import NeedsPermission
from availability.models import Copy, Event, Mirror
from availability.services.mirrors.target import write_into
from availability.tests.at_google import at
from availability.tests.writing import MONDAY
from timeflow.lib.models import Errand

pytestmark = pytest.mark.django_db(transaction=True)
FOLLOW = "scheduling.tasks.follow_copies"


def test_blocks_are_written_moved_and_taken_out(plan):
    report, errand = plan.block("Report", 3), plan.block("Errand", 5)
    plan.step(plan.target)
    assert plan.written() == [("Errand", 5), ("Report", 3)]
    plan.move(report, "Report", 7)
    plan.remove(errand)
    plan.step(plan.target)
    assert plan.written() == [("Report", 7)]
    assert Copy.objects.count() == 1


def test_what_is_written_is_no_event_of_its_own_here(plan):
    plan.block("Report", 3)
    for _ in range(2):
        plan.step(plan.target)
    assert not Event.objects.filter(source="remote").exists()
    assert not Errand.objects.filter(task=FOLLOW).exists()


def test_a_plan_that_is_there_costs_no_call_but_the_look(plan):
    plan.block("Report", 3)
    plan.step(plan.target)
    plan.step(plan.target)
    plan.google.forget()
    plan.step(plan.target)
    assert dict(plan.google.calls) == {"events.list": 1}


@pytest.mark.parametrize(
    ("words", "title", "visibility"),
    [("title", "Report", "default"), ("private", "Report", "private"), ("busy", "Busy", "default")],
)
def test_what_others_may_read_is_a_choice(plan, words, title, visibility):
    plan.receive(words)
    plan.block("Report", 3)
    plan.step(plan.target)
    [event] = plan.google.events(plan.calendar_id)
    assert (event["summary"], event.get("visibility", "default")) == (title, visibility)


def test_an_insert_whose_answer_was_lost_is_not_done_twice(plan):
    plan.step(plan.target)
    plan.block("Report", 3)
    plan.google.cut(on="events.insert", after=True)
    assert plan.step(plan.target).fault
    plan.step(plan.target)
    assert plan.written() == [("Report", 3)]
    assert not Errand.objects.filter(task=FOLLOW).exists(), "nobody moved it"


def test_an_update_whose_answer_was_lost_is_not_taken_for_the_persons(plan):
    report = plan.block("Report", 3)
    plan.step(plan.target)
    plan.move(report, "Report", 6)
    plan.google.cut(on="events.patch", after=True)
    assert plan.step(plan.target).fault
    plan.step(plan.target)
    assert plan.written() == [("Report", 6)]
    assert not Errand.objects.filter(task=FOLLOW).exists()


def test_a_worker_that_dies_between_the_call_and_its_note_leaves_no_second_event(plan):
    plan.step(plan.target)
    report = plan.block("Report", 3)
    plan.step(plan.target)
    twin = plan.twin(report)
    Copy.objects.filter(pk=twin.pk).update(sent=None, sending=[twin.sent], etag="")
    Mirror.objects.filter(receives_blocks=True).update(written_version=None, token="")
    plan.step(plan.target)
    assert plan.written() == [("Report", 3)]
    assert plan.twin(report).sent


def test_a_block_that_the_person_moved_there_is_noted_and_not_moved_back(plan):
    report = plan.block("Report", 3)
    plan.step(plan.target)
    plan.google.move_event(plan.calendar_id, plan.twin(report).remote_id, hours=2)
    plan.step(plan.target)
    twin = plan.twin(report)
    assert (twin.news, twin.there_from) == ("moved", MONDAY + timedelta(hours=5))
    assert plan.written() == [("Report", 5)]
    assert Errand.objects.filter(task=FOLLOW, args=[str(plan.user.pk)]).exists()


def test_a_move_there_wins_over_a_move_here_at_the_same_time(plan):
    report = plan.block("Report", 3)
    plan.step(plan.target)
    plan.google.move_event(plan.calendar_id, plan.twin(report).remote_id, hours=2)
    plan.move(report, "Report", 9)
    plan.step(plan.target)
    assert plan.written() == [("Report", 5)]
    assert plan.twin(report).news == "moved"


def test_a_block_that_the_person_deleted_there_is_noted_and_not_made_again(plan):
    report = plan.block("Report", 3)
    plan.step(plan.target)
    plan.google.delete_event(plan.calendar_id, plan.twin(report).remote_id)
    plan.step(plan.target)
    assert plan.twin(report).news == "deleted"
    assert plan.written() == []


def test_a_deletion_is_noticed_although_its_trace_is_gone(plan):
    report = plan.block("Report", 3)
    plan.step(plan.target)
    plan.google.delete_event(plan.calendar_id, plan.twin(report).remote_id)
    plan.google.expire_sync_tokens()
    plan.step(plan.target)
    assert plan.twin(report).news == "deleted"


def test_a_new_title_given_there_stays_until_it_changes_here(plan):
    report = plan.block("Report", 3)
    plan.step(plan.target)
    plan.google.change_event(plan.calendar_id, plan.twin(report).remote_id, {"summary": "My report"})
    plan.step(plan.target)
    plan.move(report, "Report", 4)
    plan.step(plan.target)
    assert plan.written() == [("My report", 4)]
    plan.move(report, "Essay", 4)
    plan.step(plan.target)
    assert plan.written() == [("Essay", 4)]


def test_events_of_the_persons_own_are_never_touched(plan):
    start = MONDAY + timedelta(hours=3)
    theirs = {"summary": "Report", "start": at(start), "end": at(start + timedelta(hours=1))}
    own = plan.google.add_event(plan.calendar_id, theirs)
    report = plan.block("Report", 3)
    plan.step(plan.target)
    copied = {**plan.google.event(plan.calendar_id, plan.twin(report).remote_id)}
    double = plan.google.add_event(
        plan.calendar_id, {name: copied[name] for name in ("summary", "start", "end", "extendedProperties")}
    )
    plan.step(plan.target)
    plan.remove(report)
    plan.step(plan.target)
    left = {event["id"] for event in plan.google.events(plan.calendar_id)}
    assert left == {own["id"], double["id"]}
    assert Event.objects.filter(calendar=plan.target).count() == 2, "they are events like any other"


def test_twins_are_found_again_after_their_rows_are_lost(plan):
    kept, gone = plan.block("Kept", 3), plan.block("Gone", 5)
    plan.step(plan.target)
    Copy.objects.all().delete()
    plan.remove(gone)
    plan.receive()
    plan.step(plan.target)
    assert plan.written() == [("Kept", 3)]
    assert plan.twin(kept).sent


def test_another_calendar_than_our_own_needs_the_persons_leave(plan):
    with pytest.raises(NeedsPermission):
        write_into(user=plan.user, calendar_id=plan.primary.pk, words="busy", now=plan.now)
    assert plan.target.mirror.receives_blocks


def test_choosing_another_calendar_takes_the_plan_along(plan):
    plan.block("Report", 3)
    plan.step(plan.target)
    plan.connect(scopes=(*SCOPES, WRITE_ANYWHERE))
    old, plan.target = plan.target, plan.primary
    plan.receive()
    plan.step(old)
    plan.step(plan.target)
    assert not plan.google.events(old.mirror.remote_id)
    assert plan.written() == [("Report", 3)]


def test_one_block_that_is_refused_keeps_no_other_from_being_written_and_shows_why(plan):
    plan.step(plan.target)
    refused, _ = plan.block("First", 3), plan.block("Second", 5)
    plan.google.fail(403, "forbiddenForNonOrganizer", on="events.insert")
    mirror = plan.step(plan.target)
    assert plan.written() == [("Second", 5)]
    assert mirror.fault == plan.twin(refused).fault == "Its server does not allow this."
    assert plan.twin(refused).failures == 1
    plan.step(plan.target)
    assert plan.written() == [("First", 3), ("Second", 5)]
    assert (plan.twin(refused).fault, plan.twin(refused).failures) == ("", 0)


def test_a_calendar_that_was_deleted_there_takes_no_block_along(plan):
    report = plan.block("Report", 3)
    plan.step(plan.target)
    plan.google.drop_calendar(plan.calendar_id)
    mirror = plan.step(plan.target)
    assert "not there any more" in mirror.fault
    assert Event.objects.filter(pk=report).exists()
    assert plan.twin(report).news == ""
