"""What became of a call whose answer got lost is found out, and never taken for something that the person did."""

import pytest

from availability.models import Copy, Event
from availability.tests.writing import Plan
from timeflow.lib.models import Errand

pytestmark = pytest.mark.django_db(transaction=True)
FOLLOW = "scheduling.tasks.follow_copies"


@pytest.fixture
def plan(plan: Plan) -> Plan:
    plan.step(plan.target)
    return plan


def is_followed() -> bool:
    return Errand.objects.filter(task=FOLLOW).exists()


def test_a_lost_change_and_then_another_are_no_move_of_the_person(plan):
    report = plan.block("Report", 3)
    plan.step(plan.target)
    plan.step(plan.target)
    for hour in (6, 7):
        plan.move(report, "Report", hour)
        plan.google.cut(on="events.patch", after=True)
        plan.write()
    plan.move(report, "Report", 9)
    plan.write()
    plan.step(plan.target)
    assert plan.written() == [("Report", 9)]
    assert not is_followed()


def test_a_lost_change_that_is_sent_again_is_no_move_of_the_person(plan):
    report = plan.block("Report", 3)
    plan.step(plan.target)
    plan.step(plan.target)
    plan.move(report, "Report", 6)
    plan.google.cut(on="events.patch", after=True)
    plan.write()
    plan.write()
    assert plan.twin(report).news == ""
    assert plan.written() == [("Report", 6)]
    assert not is_followed()


def test_a_lost_insert_and_then_a_change_are_no_move_of_the_person(plan):
    report = plan.block("Report", 3)
    plan.google.cut(on="events.insert", after=True)
    plan.write()
    plan.move(report, "Report with a new name", 9)
    plan.write()
    assert plan.written() == [("Report with a new name", 9)]
    assert not is_followed()


def test_what_the_person_did_after_a_lost_insert_counts(plan):
    report = plan.block("Report", 3)
    plan.google.cut(on="events.insert", after=True)
    plan.write()
    plan.google.move_event(plan.calendar_id, plan.twin(report).remote_id, hours=2)
    plan.move(report, "Report", 9)
    plan.write()
    assert plan.twin(report).news == "moved"
    assert plan.written() == [("Report", 5)]


@pytest.mark.parametrize("lost", ["events.insert", "events.patch"])
def test_a_title_that_may_have_arrived_does_not_stay_after_the_person_chose_busy(plan, lost):
    plan.receive("title" if lost == "events.insert" else "busy")
    plan.step(plan.target)
    plan.block("Secret", 3)
    if lost == "events.patch":
        plan.step(plan.target)
        plan.receive("title")
    plan.google.cut(on=lost, after=True)
    plan.step(plan.target)
    plan.receive("busy")
    for _ in range(2):
        plan.step(plan.target)
    assert plan.written() == [("Busy", 3)]


def test_a_block_that_never_arrived_was_not_deleted_there(plan):
    plan.block("Report", 3)
    plan.google.cut(on="events.insert")
    plan.step(plan.target)
    assert plan.written() == []
    plan.google.expire_sync_tokens()
    for _ in range(2):
        plan.step(plan.target)
    assert plan.written() == [("Report", 3)]
    assert not is_followed()


def test_a_block_that_comes_back_after_a_lost_deletion_is_written_again_and_stays_here(plan):
    report = plan.block("Report", 3)
    plan.step(plan.target)
    plan.remove(report)
    plan.google.cut(on="events.delete", after=True)
    plan.step(plan.target)
    plan.bring_back(report, "Report", 3)
    for _ in range(3):
        plan.step(plan.target)
    assert plan.written() == [("Report", 3)]
    assert Event.objects.filter(pk=report).exists()
    assert not is_followed()


def test_a_version_that_nobody_was_told_of_is_looked_up_and_written_over_once(plan):
    report = plan.block("Report", 3)
    plan.step(plan.target)
    plan.step(plan.target)
    Copy.objects.update(etag='"another"')
    plan.move(report, "Report", 6)
    plan.google.forget()
    plan.write()
    assert plan.written() == [("Report", 6)]
    assert dict(plan.google.calls) == {"events.patch": 2, "events.get": 1}


def test_a_calendar_that_takes_no_change_is_left_alone_for_a_while(plan):
    report = plan.block("Report", 3)
    plan.step(plan.target)
    plan.move(report, "Report", 6)
    plan.google.fail(412, "conditionNotMet", on="events.patch", count=9)
    mirror = plan.write()
    assert "changed there" in mirror.fault
    assert mirror.rests_until > plan.now
    plan.google.mend()
    plan.write()
    assert plan.written() == [("Report", 6)]
