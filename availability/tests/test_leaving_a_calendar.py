"""When the plan is to be written elsewhere, all of it goes from where it was, and nothing of it goes here."""

import pytest

from accounts.domain.callers import Caller
from accounts.services.deletion import ask_deletion
from availability.gateways.google import GoogleAccount
from availability.models import Calendar, Copy, Event, Mirror
from availability.services.mirrors.target import write_into
from availability.tests.at_google import EMAIL
from availability.tests.mirrored import own_calendar
from availability.tests.writing import MONDAY, Plan
from timeflow.lib.models import Errand

pytestmark = pytest.mark.django_db(transaction=True)
FOLLOW = "scheduling.tasks.follow_copies"


def after_each_insert(monkeypatch, deed) -> None:
    """Somebody does it while a worker writes: as soon as Google has an event, and before the worker goes on."""
    insert = GoogleAccount.insert

    def insert_first(self, *args):
        stored = insert(self, *args)
        deed()
        return stored

    monkeypatch.setattr(GoogleAccount, "insert", insert_first)


def test_it_may_be_left_while_it_is_being_written(plan, monkeypatch):
    plan.step(plan.target)
    for hour in (3, 5, 7):
        plan.block(f"At {hour}", hour)
    after_each_insert(monkeypatch, plan.leave)
    plan.write()
    assert len(plan.written()) == 1, "whoever wrote it has stopped"
    plan.turns(2)
    assert plan.written() == []
    assert not Mirror.objects.filter(is_leaving=True).exists()
    assert Event.objects.filter(source="block").count() == 3


def test_a_worker_that_writes_stops_once_the_person_asks_for_their_account_to_be_closed(plan, monkeypatch):
    plan.step(plan.target)
    for hour in (3, 5, 7):
        plan.block(f"At {hour}", hour)
    after_each_insert(monkeypatch, lambda: ask_deletion(user=plan.user, caller=Caller(), now=plan.now))
    plan.write()
    assert len(plan.written()) == 1


def test_a_twin_that_the_person_changed_goes_all_the_same(plan):
    report = plan.block("Report", 3)
    plan.step(plan.target)
    plan.google.change_event(plan.calendar_id, plan.twin(report).remote_id, {"description": "My notes"})
    plan.leave()
    plan.write()
    assert plan.written() == []
    assert not Copy.objects.exists()


@pytest.mark.parametrize("is_by_hand", [True, False])
def test_what_goes_there_goes_not_here(plan, is_by_hand):
    report = plan.block("Report", 3)
    plan.step(plan.target)
    plan.leave()
    if is_by_hand:
        plan.google.delete_event(plan.calendar_id, plan.twin(report).remote_id)
    else:
        plan.google.cut(on="events.delete", after=True)
    plan.turns(2)
    assert not Errand.objects.filter(task=FOLLOW).exists()
    assert Event.objects.filter(pk=report).exists()
    assert not Mirror.objects.filter(is_leaving=True).exists()


def test_one_that_refuses_some_blocks_gets_the_others_and_is_left_alone_for_a_while(plan, monkeypatch):
    monkeypatch.setattr("availability.services.mirrors.writing.AT_ONCE", 2)
    plan.step(plan.target)
    for hour in (3, 5, 7):
        plan.block(f"At {hour}", hour)
    plan.google.fail(403, "forbiddenForNonOrganizer", on="events.insert", count=2)
    mirror = plan.write()
    assert (mirror.fault, mirror.rests_until > plan.now) == ("Its server does not allow this.", True)
    assert plan.written() == []
    plan.google.mend()
    plan.google.fail(403, "forbiddenForNonOrganizer", on="events.insert", count=1)
    plan.write()
    assert ("At 7", 7) not in plan.written(), "what failed is tried last"
    plan.write()
    plan.write()
    assert plan.written() == [("At 3", 3), ("At 5", 5), ("At 7", 7)]


def test_what_a_person_wrote_into_a_twin_stays_when_it_is_put_back(plan):
    report = plan.block("Report", 3)
    plan.step(plan.target)
    twin = plan.twin(report).remote_id
    days = {name: {"date": f"2026-06-{day}", "dateTime": None} for name, day in (("start", 10), ("end", 11))}
    plan.google.change_event(plan.calendar_id, twin, {"description": "My notes", **days})
    plan.step(plan.target)
    assert plan.written() == [("Report", 3)]
    assert plan.google.event(plan.calendar_id, twin)["description"] == "My notes"


def test_the_plan_is_not_in_its_own_way_where_another_account_sees_it(plan):
    plan.google.add_account("work@google.test", "Alice at work")
    plan.google.share(plan.calendar_id, "work@google.test", "writer")
    plan.block("Report", 3)
    plan.step(plan.target)
    plan.connect("work@google.test")
    plan.look_around()
    seen = Mirror.objects.get(connection=plan.connection, remote_id=plan.calendar_id)
    plan.step(seen.calendar)
    assert not Event.objects.filter(calendar=seen.calendar).exists()
    assert plan.written() == [("Report", 3)]


def test_a_calendar_of_the_person_that_has_our_name_is_theirs(google, alice, no_worker):
    there = Plan(google, alice, MONDAY)
    theirs = google.add_calendar(EMAIL, "TimeFlow")
    there.begin()
    assert there.calendar_id != theirs
    there.block("Report", 3)
    assert there.step(there.target).fault == ""
    assert there.written() == [("Report", 3)]


def test_our_own_calendar_is_made_once_though_the_answer_got_lost(google, alice, no_worker):
    there = Plan(google, alice, MONDAY)
    there.look_around()
    google.cut(on="calendars.insert", after=True)
    with pytest.raises(Exception, match="does not answer"):
        own_calendar(there.connection, there.clock)
    Errand.objects.all().delete()
    there.begin()
    there.look_around()
    assert Calendar.objects.filter(name="TimeFlow").count() == 1


def test_a_place_that_was_chosen_later_counts(plan, monkeypatch):
    plan.leave()
    make = GoogleAccount.calendars

    def choose_nowhere(self):
        write_into(user=plan.user, calendar_id=None, words="busy", now=plan.now)
        return make(self)

    monkeypatch.setattr(GoogleAccount, "calendars", choose_nowhere)
    own_calendar(plan.connection, plan.clock)
    assert not Mirror.objects.filter(receives_blocks=True).exists()
