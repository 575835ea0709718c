"""What a person does to planned blocks in a calendar at Google: the plan follows, the rest is repaired or proposed."""

from datetime import datetime, timedelta

import pytest

from accounts.domain.callers import Caller
from accounts.models import User
from availability.models import Calendar, Copy, Event
from availability.services.mirrors.connecting import disconnect
from availability.services.mirrors.target import write_into
from availability.tests.at_google import AtGoogle
from availability.tests.mirrored import own_calendar
from scheduling.models import Block, Plan, Preferences
from scheduling.services.blocks import move_block
from scheduling.services.following import follow_copies
from scheduling.services.repairs import repair_week
from scheduling.tests.factories import TaskFactory
from scheduling.tests.planning import HOUR, MONDAY, applied, works_nine_to_five

pytestmark = pytest.mark.django_db(transaction=True)


class Planned(AtGoogle):
    """Two tasks of an hour, planned for nine and ten, and written into a calendar of our own at Google."""

    def begin(self) -> None:
        works_nine_to_five(self.user)
        TaskFactory(user=self.user, title="Report", minutes=60, priority=1)
        TaskFactory(user=self.user, title="Errand", minutes=60, priority=3)
        applied(self.user)
        self.target = own_calendar(self.connection, self.clock)
        self.both()

    def both(self) -> None:
        """In step, and what was found there is followed."""
        self.step(self.target)
        follow_copies(user=self.user, now=self.now)
        self.step(self.target)

    def move(self, title: str, hours: float) -> None:
        self.google.move_event(self.place, self.twin(title).remote_id, hours=hours)

    def delete(self, title: str) -> None:
        self.google.delete_event(self.place, self.twin(title).remote_id)

    @property
    def place(self) -> str:
        return self.target.mirror.remote_id

    def twin(self, title: str) -> Copy:
        return Copy.objects.get(event_id=self.block(title).event_id)

    def block(self, title: str) -> Block:
        return Block.objects.select_related("event").get(event__title=title)

    def there(self) -> dict[str, datetime]:
        events = self.google.events(self.place)
        return {event["summary"]: datetime.fromisoformat(event["start"]["dateTime"]) for event in events}

    def here(self) -> dict[str, datetime]:
        return dict(Event.objects.filter(source="block").values_list("title", "starts_at"))


@pytest.fixture
def planned(google, alice, no_worker) -> Planned:
    found = Planned(google, alice, MONDAY)
    found.begin()
    return found


def test_a_plan_is_there_as_it_is_here(planned):
    assert planned.there() == planned.here()
    assert len(planned.there()) == 2


def test_a_block_that_was_moved_there_is_pinned_here(planned):
    before = planned.here()["Report"]
    planned.move("Report", 4)
    planned.both()
    assert planned.here()["Report"] == before + 4 * HOUR == planned.there()["Report"]
    assert planned.block("Report").is_pinned
    assert planned.twin("Report").news == ""


def test_what_stands_in_its_way_is_only_proposed_to_move(planned):
    starts = planned.here()
    planned.move("Report", (starts["Errand"] - starts["Report"]) / HOUR)
    planned.both()
    assert planned.here()["Errand"] == starts["Errand"] == planned.here()["Report"]
    proposal = Plan.objects.get(state=Plan.State.PROPOSED)
    assert proposal.origin == Plan.Origin.CHANGE
    assert proposal.data_version == User.objects.get().data_version, "nothing changed since it was made"
    assert any(datetime.fromisoformat(block["start"]) != starts["Errand"] for block in proposal.blocks)


def test_who_chose_repairs_gets_the_rest_moved_and_written_there(planned):
    Preferences.objects.update_or_create(user=planned.user, defaults={"auto_repair": True})
    starts = planned.here()
    planned.move("Report", (starts["Errand"] - starts["Report"]) / HOUR)
    planned.both()
    assert planned.here()["Report"] == starts["Errand"]
    assert planned.here()["Errand"] != starts["Errand"]
    assert planned.there() == planned.here()


def test_a_block_that_was_deleted_there_is_planned_anew_if_the_person_agrees(planned):
    planned.delete("Report")
    planned.both()
    assert "Report" not in planned.here()
    assert "Report" not in planned.there()
    proposal = Plan.objects.get(state=Plan.State.PROPOSED)
    assert len(proposal.blocks) == 2


def test_following_twice_is_following_once(planned):
    planned.move("Report", 4)
    planned.step(planned.target)
    for _ in range(2):
        follow_copies(user=planned.user, now=planned.now)
    assert planned.here()["Report"] == planned.there()["Report"]
    assert Copy.objects.count() == 2


def test_a_place_where_no_block_can_be_is_taken_back_there(planned):
    before = planned.here()["Report"]
    planned.move("Report", -30)
    planned.both()
    assert planned.here()["Report"] == before == planned.there()["Report"]


def test_a_block_made_all_day_there_is_put_back(planned):
    before = planned.here()["Report"]
    days = {name: {"date": f"2026-06-{day}", "dateTime": None} for name, day in (("start", 10), ("end", 11))}
    planned.google.change_event(planned.place, planned.twin("Report").remote_id, days)
    planned.both()
    planned.step(planned.target)
    assert planned.there()["Report"] == before == planned.here()["Report"]


def test_what_is_over_is_not_planned_again(planned):
    planned.later(hours=5)
    planned.delete("Report")
    planned.both()
    assert "Report" in planned.here()
    assert "Report" not in planned.there()
    assert timedelta() < planned.now - planned.here()["Report"]


def test_a_block_dragged_twice_while_answers_get_lost_stays_where_it_was_dragged_to(planned):
    first = planned.here()["Report"]
    for hours in (3, 5):
        start = first + timedelta(hours=hours)
        block = planned.block("Report")
        move_block(user=planned.user, block_id=block.pk, start=start, end=start + HOUR, now=planned.now)
        planned.google.cut(on="events.patch", after=True)
        planned.step(planned.target)
    planned.both()
    assert planned.here()["Report"] == planned.there()["Report"] == first + timedelta(hours=5)


def test_an_account_that_is_connected_again_does_not_push_the_plan_away(planned):
    before = planned.here()
    disconnect(
        user=planned.user,
        connection_id=planned.connection.pk,
        revoke=lambda _token: True,
        caller=Caller(),
        now=planned.now,
    )
    planned.connect()
    planned.look_around()
    for calendar in Calendar.objects.filter(kind=Calendar.Kind.REMOTE):
        planned.step(calendar)
    assert not Event.objects.filter(source=Event.Source.REMOTE).exists()
    assert planned.here() == before


def test_two_accounts_that_see_one_calendar_do_not_chase_the_plan(planned):
    Preferences.objects.update_or_create(user=planned.user, defaults={"auto_repair": True})
    planned.google.add_account("work@google.test", "Alice at work")
    planned.google.share(planned.place, "work@google.test", "writer")
    planned.connect("work@google.test")
    planned.look_around()
    other = Calendar.objects.get(mirror__connection=planned.connection, mirror__remote_id=planned.place)
    before = planned.here()
    for _ in range(2):
        planned.step(other)
        repair_week(user=planned.user, is_own_edit=False, now=planned.now)
        planned.both()
        assert planned.here() == before


def test_a_calendar_that_is_left_while_an_answer_gets_lost_takes_no_block_along(planned):
    before = planned.here()
    write_into(user=planned.user, calendar_id=None, words="busy", now=planned.now)
    planned.google.cut(on="events.delete", after=True)
    for _ in range(3):
        planned.both()
    assert planned.here() == before
    assert planned.there() == {}
