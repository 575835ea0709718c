"""When the week changes from elsewhere the plan is kept true: repaired or proposed, as the person wishes."""

from datetime import date

import pytest

from accounts.models import Stay, User
from availability.models import DateOverride
from availability.services.events import create_event
from scheduling.models import Block, Plan, Preferences
from scheduling.services import plans
from scheduling.services.repairs import repair_week
from scheduling.tests.factories import TaskFactory
from scheduling.tests.planning import HOUR, MONDAY, applied, week_of, works_nine_to_five

pytestmark = pytest.mark.django_db


@pytest.fixture
def worker(alice):
    works_nine_to_five(alice)
    TaskFactory(user=alice, title="Report", minutes=60)
    applied(alice)
    return alice


def meeting_at_nine(user):
    return create_event(user=user, now=MONDAY, title="Call", starts_at=MONDAY + HOUR, ends_at=MONDAY + 2 * HOUR)


def test_a_week_in_which_nothing_broke_is_left_alone(worker):
    create_event(user=worker, now=MONDAY, title="Far", starts_at=MONDAY + 30 * HOUR, ends_at=MONDAY + 31 * HOUR)
    plans_before = Plan.objects.count()
    assert repair_week(user=worker, is_own_edit=False, now=MONDAY) is None
    assert Plan.objects.count() == plans_before


def test_a_change_from_outside_is_proposed_and_moves_nothing_yet(worker):
    meeting_at_nine(worker)
    before = week_of(worker)
    plan = repair_week(user=worker, is_own_edit=False, now=MONDAY)
    assert plan
    assert (plan.state, plan.origin) == (Plan.State.PROPOSED, Plan.Origin.CHANGE)
    assert plan.data_version == User.objects.get().data_version, "nothing changed since it was made"
    assert week_of(worker) == before
    plans.apply_plan(user=worker, plan_id=plan.pk, now=MONDAY)
    assert Block.objects.get().event.starts_at == MONDAY + 2 * HOUR


def test_whoever_chose_repairs_gets_one_at_once_with_the_way_back(worker):
    Preferences.objects.create(user=worker, auto_repair=True)
    meeting_at_nine(worker)
    before = week_of(worker)
    plan = repair_week(user=worker, is_own_edit=False, now=MONDAY)
    assert plan
    assert (plan.state, plan.summary) == (Plan.State.APPLIED, "Your day changed · 1 block moved")
    assert week_of(worker) != before


def test_what_the_person_broke_themselves_is_repaired_at_once(worker):
    meeting_at_nine(worker)
    plan = repair_week(user=worker, is_own_edit=True, now=MONDAY)
    assert plan
    assert plan.state == Plan.State.APPLIED
    assert repair_week(user=worker, is_own_edit=True, now=MONDAY) is None


def test_a_pinned_block_stays_though_a_meeting_clashes(worker):
    Block.objects.update(is_pinned=True)
    meeting_at_nine(worker)
    before = week_of(worker)
    repair_week(user=worker, is_own_edit=True, now=MONDAY)
    assert week_of(worker) == before


def test_a_rest_day_sends_its_blocks_to_the_next_day(worker):
    DateOverride.objects.create(user=worker, on=date(2026, 4, 13))
    repair_week(user=worker, is_own_edit=True, now=MONDAY)
    assert Block.objects.get().event.starts_at == MONDAY + 25 * HOUR


def test_a_journey_moves_the_working_hours_to_the_zone_there(worker):
    """From Tuesday on in New York, nine o'clock is 13:00 in UTC."""
    Stay.objects.create(user=worker, starts_on=date(2026, 4, 14), time_zone="America/New_York")
    create_event(user=worker, now=MONDAY, title="All Monday", starts_at=MONDAY, ends_at=MONDAY + 10 * HOUR)
    repair_week(user=worker, is_own_edit=True, now=MONDAY)
    assert Block.objects.get().event.starts_at == MONDAY + 29 * HOUR
