"""The demo person shows every face of a plan, whenever TimeFlow is first started."""

import io
import itertools
from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import CommandError, call_command

from accounts.models import User
from availability.models import Event
from availability.selectors import busy_spans
from scheduling.models import Block, Plan, Task
from scheduling.selectors.habits import habits_this_week
from scheduling.selectors.plans import newest_applied, outcome_of
from scheduling.selectors.today import day_of
from scheduling.services.demo import EMAIL, fortnight, seed_demo

STARTS = {
    "a working morning": datetime(2026, 4, 21, 7, 0, tzinfo=UTC),
    "Sunday before midnight": datetime(2026, 4, 26, 21, 50, tzinfo=UTC),
    "Friday after work": datetime(2026, 4, 24, 19, 3, tzinfo=UTC),
    "the Monday after clocks went back": datetime(2026, 10, 26, 8, 30, tzinfo=UTC),
    "the last day of the year": datetime(2026, 12, 31, 11, 0, tzinfo=UTC),
}


NOW = STARTS["a working morning"]


def _seed(now):
    # A stopwatch that races through the hours: the search stops early, and the test stays quick.
    racing = itertools.count(step=1.0)
    return seed_demo(
        password="correct horse battery", time_zone="Europe/Berlin", now=now, tick=lambda: float(next(racing))
    )


@pytest.fixture
def maya(db):
    return _seed(NOW)


def _outcome(user, title):
    return outcome_of(newest_applied(user), str(Task.objects.of(user).get(title=title).pk))


def _blocks(user, **filters):
    return Block.objects.of(user).filter(**filters).select_related("event").order_by("event__starts_at")


@pytest.mark.parametrize("now", STARTS.values(), ids=STARTS)
def test_whenever_she_is_made_her_plan_is_legal_and_says_what_is_amiss(db, now):
    maya = _seed(now)
    late, left_out = (
        _outcome(maya, title) for title in ("Send the invoice to Nordlicht", "Rebuild the picture archive in one go")
    )
    assert (late["status"], late["reason"]["code"]) == ("late", "OVERDUE")
    assert (left_out["status"], left_out["reason"]["code"]) == ("unscheduled", "NO_GAP_LONG_ENOUGH")
    _assert_nothing_stands_where_it_must_not(maya, now)
    _assert_last_week_lies_behind(maya, now)
    assert [block.event.title for block in day_of(maya, now).questions] == ["Answer the test readers"]


def _assert_nothing_stands_where_it_must_not(maya, now):
    coming = [block.event for block in _blocks(maya, event__ends_at__gt=now)]
    meetings = busy_spans(maya, now, now + timedelta(days=20))
    assert coming
    assert meetings
    assert fortnight.day_off(now.date()) not in {event.starts_at.date() for event in coming}
    assert not [event for event in coming for start, end in meetings if event.starts_at < end and start < event.ends_at]


def _assert_last_week_lies_behind(maya, now):
    done = Task.objects.of(maya).completed()
    assert {task.title for task in done} == {chore.title for chore in fortnight.finished(now.date())}
    assert all(task.completed_at <= now for task in done)
    assert {block.task_id for block in _blocks(maya, event__ends_at__lte=now)} >= {task.pk for task in done}
    assert all(row.streak.best > 1 for row in habits_this_week(maya, now))


def test_links_of_the_chain_follow_each_other(maya):
    titles = ["who is it for", "outline", "first draft", "read it with Jonas"]
    spans = [
        (block.event.starts_at, block.event.ends_at)
        for title in titles
        for block in _blocks(maya, task__title=f"Launch: {title}")
    ]
    assert len(spans) >= len(titles)
    assert all(sooner[1] <= later[0] for sooner, later in itertools.pairwise(spans))


def test_a_second_seeding_changes_nothing(maya):
    before = (User.objects.count(), Task.objects.count(), Event.objects.count(), Plan.objects.count())
    again = seed_demo(password="another", time_zone="Asia/Tokyo", now=NOW + timedelta(days=3), tick=lambda: 0.0)
    assert again == maya
    assert again.time_zone == "Europe/Berlin"
    assert (User.objects.count(), Task.objects.count(), Event.objects.count(), Plan.objects.count()) == before


def test_the_table_has_a_reason_beside_everything_late_or_left_out(maya, time_machine):
    time_machine.move_to(NOW)
    out = io.StringIO()
    call_command("show_plan", email=EMAIL.upper(), stdout=out)
    text = " ".join(out.getvalue().split())
    amiss = [outcome for outcome in newest_applied(maya).outcomes if outcome["status"] != "planned"]
    assert len(amiss) >= 2
    assert all(" ".join(outcome["reason"]["text"].split()[:3]) in text for outcome in amiss)


def test_asking_for_the_plan_of_nobody_says_so(db):
    with pytest.raises(CommandError, match=r"Nobody has the address nobody@example\.com"):
        call_command("show_plan", email="nobody@example.com")


def test_a_public_installation_gets_no_demo_person(db, settings):
    settings.IS_PUBLIC = True
    with pytest.raises(CommandError, match="public"):
        call_command("seed_demo")
    assert not User.objects.exists()


def test_a_wrong_zone_is_refused_before_anything_is_made(db):
    with pytest.raises(CommandError, match="Mars/Base is not a time zone"):
        call_command("seed_demo", time_zone="Mars/Base")
    assert not User.objects.exists()


def test_she_signs_in_with_the_password_of_this_installation(client, maya):
    assert client.login(username=EMAIL, password="correct horse battery")
