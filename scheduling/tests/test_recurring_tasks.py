from datetime import UTC, date, datetime, timedelta

import pytest

from scheduling.models import Task
from scheduling.services.recurrence import bring_recurring_tasks
from scheduling.services.tasks import complete_task, create_task, delete_task, update_task
from scheduling.tasks import bring_recurring_tasks as bring_task
from scheduling.tests.factories import NOW, TODAY, LabelFactory

pytestmark = pytest.mark.django_db

ONE_DAY = timedelta(days=1)
MONDAY = date(2026, 4, 27)


def create(user, rrule, **fields):
    return create_task(user=user, now=NOW, **{"title": "Water plants", "minutes": 15, "rrule": rrule, **fields})


def complete(task, at=NOW):
    return complete_task(user=task.user, task_id=task.pk, now=at)


def test_a_recurring_task_without_a_due_is_due_on_the_first_day_of_its_rule(alice):
    assert create(alice, "freq=weekly;byday=mo").due_on == MONDAY


def test_finishing_one_brings_the_next_with_everything_but_its_ticks(alice):
    label = LabelFactory(user=alice)
    task = create(alice, "FREQ=WEEKLY;BYDAY=MO", notes="All of them", label_ids=[label.pk], checklist=["Kitchen"])
    task.checklist.update(is_done=True)
    following = complete(task)
    assert (following.due_on, following.earliest_on) == (MONDAY + 7 * ONE_DAY, MONDAY + ONE_DAY)
    assert (following.title, following.notes, following.minutes) == ("Water plants", "All of them", 15)
    assert list(following.labels.all()) == [label]
    assert list(following.checklist.values_list("text", "is_done")) == [("Kitchen", False)]
    assert following.completed_at is None


def test_the_newest_carries_the_rule_so_deleting_it_ends_the_series(alice):
    task = create(alice, "FREQ=DAILY")
    following = complete(task)
    task.refresh_from_db()
    assert (task.rrule, following.rrule) == ("", "FREQ=DAILY")
    delete_task(user=alice, task_id=following.pk)
    assert bring_recurring_tasks(now=NOW + 9 * ONE_DAY) == 0


def test_a_late_one_is_followed_by_the_first_from_today_on(alice):
    task = create(alice, "FREQ=DAILY", due_on=TODAY)
    assert complete(task, at=NOW + 5 * ONE_DAY).due_on == TODAY + 5 * ONE_DAY


def test_one_done_early_is_followed_by_the_one_after_it(alice):
    task = create(alice, "FREQ=DAILY", due_on=TODAY + ONE_DAY)
    assert complete(task).due_on == TODAY + 2 * ONE_DAY


def test_the_next_appears_when_its_day_comes_even_if_the_last_is_not_done(alice):
    task = create(alice, "FREQ=DAILY", due_on=TODAY)
    assert bring_recurring_tasks(now=NOW) == 0
    # 22:00 UTC is midnight in Berlin.
    midnight = datetime(2026, 4, 21, 22, 0, tzinfo=UTC)
    assert bring_recurring_tasks(now=midnight - timedelta(minutes=1)) == 0
    assert bring_recurring_tasks(now=midnight) == 1
    assert bring_recurring_tasks(now=midnight) == 0
    newest = Task.objects.exclude(pk=task.pk).get()
    assert (newest.due_on, newest.rrule) == (TODAY + ONE_DAY, "FREQ=DAILY")


def test_of_missed_days_only_the_last_is_brought(alice):
    create(alice, "FREQ=DAILY", due_on=TODAY)
    assert bring_recurring_tasks(now=NOW + 10 * ONE_DAY) == 1
    assert set(Task.objects.values_list("due_on", flat=True)) == {TODAY, TODAY + 10 * ONE_DAY}


def test_finishing_an_older_one_brings_nothing(alice):
    old = create(alice, "FREQ=DAILY", due_on=TODAY)
    bring_recurring_tasks(now=NOW + ONE_DAY)
    assert complete(old, at=NOW + ONE_DAY) is None
    assert Task.objects.count() == 2


def test_a_rule_with_a_count_or_an_end_stops(alice):
    task, brought = create(alice, "FREQ=DAILY;COUNT=3", due_on=TODAY), []
    for days in range(3):
        task = complete(task, NOW + days * ONE_DAY)
        brought.append(task and task.due_on)
    assert brought == [TODAY + ONE_DAY, TODAY + 2 * ONE_DAY, None]


def test_the_last_of_the_month_does_not_drift(alice):
    task = create(alice, "FREQ=MONTHLY", due_on=date(2027, 1, 31))
    dues = []
    for _ in range(4):
        task = complete(task)
        dues.append(task.due_on)
    assert dues == [date(2027, 2, 28), date(2027, 3, 31), date(2027, 4, 30), date(2027, 5, 31)]


def test_every_other_week_stays_every_other_week_after_one_was_moved(alice):
    task = create(alice, "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO", due_on=MONDAY)
    update_task(user=alice, task_id=task.pk, now=NOW, due_on=MONDAY + 3 * ONE_DAY)
    assert complete(task, at=NOW + 8 * ONE_DAY).due_on == MONDAY + 14 * ONE_DAY


def test_the_time_of_day_survives_the_change_of_clocks(alice):
    # 17:00 in Berlin on the Saturday before the clocks go back.
    task = create(alice, "FREQ=DAILY", due_at=datetime(2026, 10, 24, 15, 0, tzinfo=UTC))
    assert complete(task).due_at == datetime(2026, 10, 25, 16, 0, tzinfo=UTC)


def test_days_of_work_before_the_due_are_kept(alice):
    task = create(alice, "FREQ=MONTHLY", due_on=date(2026, 4, 30), earliest_on=date(2026, 4, 27))
    following = complete(task)
    assert (following.earliest_on, following.due_on) == (date(2026, 5, 27), date(2026, 5, 30))


def test_taking_the_rule_away_ends_the_series(alice):
    task = create(alice, "FREQ=DAILY")
    update_task(user=alice, task_id=task.pk, now=NOW, rrule="")
    assert complete(Task.objects.get(pk=task.pk)) is None


def test_a_rule_may_be_taken_up_again_after_it_was_taken_away(alice):
    task = complete(create(alice, "FREQ=DAILY", due_on=TODAY))
    update_task(user=alice, task_id=task.pk, now=NOW, rrule="")
    update_task(user=alice, task_id=task.pk, now=NOW, rrule="FREQ=WEEKLY")
    assert complete(Task.objects.get(pk=task.pk)).due_on == task.due_on + 7 * ONE_DAY


def test_a_person_who_is_not_active_gets_no_tasks(alice):
    create(alice, "FREQ=DAILY", due_on=TODAY)
    alice.is_active = False
    alice.save()
    assert bring_recurring_tasks(now=NOW + ONE_DAY) == 0


def test_the_beat_brings_once_while_it_holds_its_lease(alice, time_machine):
    create(alice, "FREQ=DAILY", due_on=TODAY)
    time_machine.move_to(NOW + ONE_DAY)
    bring_task.apply(throw=True)
    bring_task.apply(throw=True)
    assert Task.objects.count() == 2
