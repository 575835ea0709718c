"""The Week and Today pages: what a person sees, and every drag's twin as a form."""

import pytest
import time_machine

from availability.models import Event
from scheduling.models import Block, Plan, PlanJob, Task
from scheduling.selectors.plans import newest_applied
from scheduling.tests.factories import HabitFactory, TaskFactory
from scheduling.tests.planning import HOUR, MONDAY, applied, proposed, works_nine_to_five

pytestmark = pytest.mark.django_db
JSON = {"Accept": "application/json"}


@pytest.fixture(autouse=True)
def _monday():
    with time_machine.travel(MONDAY, tick=False):
        yield


@pytest.fixture
def worker(alice):
    return works_nine_to_five(alice)


@pytest.fixture
def block(worker) -> Block:
    TaskFactory(user=worker, title="Report", minutes=60)
    applied(worker)
    return Block.objects.get()


def feed(client, start="2026-04-13", end="2026-04-20"):
    return client.get("/week/feed", {"start": start, "end": end}, headers=JSON).json()


def test_a_stranger_is_led_to_sign_in_and_another_person_finds_nothing(block, bob_client, charlie_client):
    for address in ("/week", "/today", "/week/feed", f"/week/blocks/{block.pk}", f"/plan/{Plan.objects.get().pk}"):
        assert charlie_client.get(address).status_code == 302
    assert bob_client.get(f"/week/blocks/{block.pk}").status_code == 404
    assert bob_client.get(f"/plan/{Plan.objects.get().pk}").status_code == 404
    assert bob_client.post(f"/week/blocks/{block.pk}/move", {"start": "2026-04-14T09:00", "end": "2026-04-14T10:00"}).status_code == 404  # fmt: skip # noqa: E501
    assert feed(bob_client)["blocks"] == []


def test_the_week_reads_as_a_list_without_scripts(block, alice_client):
    page = alice_client.get("/week").content.decode()
    assert "13 – 17 April" in page
    assert "Sun 19 April" in page
    assert "Report" in page
    assert "9:00 – 10:00" in page


def test_the_heading_names_the_first_and_the_last_day_that_the_grid_shows(worker, alice_client):
    worker.week_start = 6
    worker.save()
    page = alice_client.get("/week").content.decode()
    assert "13 – 17 April" in page
    assert 'data-hidden="0 6"' in page
    brunch = {"title": "Brunch", "start": "2026-04-12T11:00", "end": "2026-04-12T12:00"}
    alice_client.post("/week/events/new", brunch)
    page = alice_client.get("/week").content.decode()
    assert "12 – 17 April" in page
    assert 'data-hidden="6"' in page


def test_the_feed_is_on_the_persons_wall_clock(block, worker, alice_client):
    worker.time_zone = "Asia/Kathmandu"
    worker.save()
    [shown] = feed(alice_client)["blocks"]
    assert (shown["start"], shown["end"]) == ("2026-04-13T14:45", "2026-04-13T15:45")


def test_a_day_knows_of_its_block_that_a_proposal_would_put_on_another_day(block, worker, alice_client):
    Task.objects.update(earliest_on="2026-04-15")
    proposed(worker)
    [leaving] = feed(alice_client, "2026-04-13", "2026-04-14")["proposal"]["blocks"]
    assert (leaving["was"][0], leaving["start"]) == ("2026-04-13T09:00", "2026-04-15T09:00")
    assert feed(alice_client, "2026-04-14", "2026-04-15")["proposal"]["blocks"] == []


@pytest.mark.parametrize("query", ["", "start=x&end=y", "start=2026-04-20&end=2026-04-13", "start=0001-01-01&end=2"])
def test_a_feed_without_a_sensible_range_is_refused(worker, alice_client, query):
    answer = alice_client.get(f"/week/feed?{query}", headers=JSON)
    assert answer.status_code == 400
    assert "start" in answer.json()["fields"]


def test_the_number_of_queries_does_not_grow_with_the_week(worker, alice_client, django_assert_max_num_queries):
    for _ in range(12):
        TaskFactory(user=worker, minutes=60)
    applied(worker)
    TaskFactory(user=worker, minutes=30)
    proposed(worker)
    with django_assert_max_num_queries(14):
        feed(alice_client)
    with django_assert_max_num_queries(22):
        assert alice_client.get("/week").status_code == 200
    with django_assert_max_num_queries(24):
        assert alice_client.get("/today").status_code == 200


def test_moving_a_block_by_form_pins_it_and_offers_undo(block, worker, alice_client):
    span = {"start": "2026-04-14T13:00", "end": "2026-04-14T14:00"}
    answer = alice_client.post(f"/week/blocks/{block.pk}/move", span, follow=True)
    block.refresh_from_db()
    assert block.is_pinned
    assert block.event.starts_at == MONDAY + 29 * HOUR
    page = answer.content.decode()
    assert "Moved Report" in page
    assert f"/plan/{newest_applied(worker).pk}/undo" in page
    alice_client.post(f"/plan/{newest_applied(worker).pk}/undo")
    block.refresh_from_db()
    assert not block.is_pinned


@pytest.mark.parametrize(
    ("span", "field"),
    [
        ({"start": "2026-04-14T13:00", "end": "2026-04-14T13:00"}, "end"),
        ({"start": "yesterday", "end": "2026-04-14T13:00"}, "start"),
        ({"start": "2026-04-14T13:00+02:00", "end": "2026-04-14T14:00"}, "start"),
        ({"start": "2026-04-14T13:00"}, "end"),
        ({"start": "2026-04-12T13:00", "end": "2026-04-12T14:00"}, "start"),
        ({"start": "2026-04-14T13:00", "end": "2026-04-16T14:00"}, "end"),
    ],
)
def test_a_bad_move_says_why_and_moves_nothing(block, alice_client, span, field):
    before = list(Event.objects.values())
    answer = alice_client.post(f"/week/blocks/{block.pk}/move", span, headers=JSON)
    assert answer.status_code == 400
    assert field in answer.json()["fields"]
    assert list(Event.objects.values()) == before


@pytest.mark.parametrize(
    ("span", "reason"),
    [
        ({"start": "2026-04-14T13:00", "end": "2026-04-14T13:00"}, "It ends before it starts."),
        ({"start": "2026-04-12T13:00", "end": "2026-04-12T14:00"}, "A block cannot be put into the past."),
    ],
)
def test_a_form_that_moves_badly_comes_back_with_what_was_typed_and_the_reason(block, alice_client, span, reason):
    for headers in ({}, {"HX-Request": "true"}):
        answer = alice_client.post(f"/week/blocks/{block.pk}/move", span, headers=headers)
        page = answer.content.decode()
        assert answer.status_code == 422
        assert f"<li>{reason}</li>" in page
        assert f'value="{span["start"]}"' in page
        assert ("<html" in page) == (not headers)


def test_a_task_that_needs_the_person_is_not_listed_again_as_not_planned(worker, alice_client):
    TaskFactory(user=worker, title="Whole book", minutes=60, due_kind="hard", due_at=MONDAY + HOUR / 2)
    applied(worker)
    TaskFactory(user=worker, title="Slides", minutes=30)
    page = alice_client.get("/week").content.decode()
    assert page.count("Whole book") == 2  # its link, and its name for a drag
    assert page.index("Needs you") < page.index("Whole book") < page.index("Not planned yet") < page.index("Slides")
    assert f"/tasks/{Task.objects.get(title='Whole book').pk}#id_due_date" in page


def test_opening_the_address_that_plans_only_leads_to_the_week(worker, alice_client):
    answer = alice_client.get("/plan")
    assert (answer.status_code, answer["Location"]) == (302, "/week")
    assert not PlanJob.objects.exists()


def test_the_price_of_a_drag_is_said_before_anything_is_saved(block, alice_client):
    before = list(Event.objects.values())
    question = {"start": "2026-04-13T09:00", "end": "2026-04-13T10:00"}
    answer = alice_client.post("/week/consequences", question, headers=JSON).json()
    assert answer["sentence"] == "Report slips to today 11:00 · 1 block moves"
    assert answer["moved"][0]["start"] == "2026-04-13T10:00"
    assert list(Event.objects.values()) == before


def test_why_here_names_the_due_date(worker, alice_client):
    TaskFactory(user=worker, title="Report", minutes=60, due_at=MONDAY + 8 * HOUR)
    applied(worker)
    page = alice_client.get(f"/week/blocks/{Block.objects.get().pk}").content.decode()
    assert "It is due today 16:00; here it ends 6 h before that." in page


def test_an_event_is_made_changed_and_deleted_and_the_plan_makes_room(block, alice_client):
    fields = {"title": "Dentist", "start": "2026-04-13T09:00", "end": "2026-04-13T10:00", "is_busy": "on"}
    alice_client.post("/week/events/new", fields)
    event = Event.objects.get(title="Dentist")
    block.event.refresh_from_db()
    assert block.event.starts_at == MONDAY + 2 * HOUR
    alice_client.post(f"/week/events/{event.pk}", fields | {"title": "Doctor", "end": "2026-04-13T10:30"})
    event.refresh_from_db()
    assert (event.title, event.ends_at) == ("Doctor", MONDAY + 2.5 * HOUR)
    alice_client.post(f"/week/events/{event.pk}/delete")
    assert not Event.objects.filter(title="Doctor").exists()
    alice_client.post("/undo")
    assert Event.objects.filter(title="Doctor").exists()


def test_an_event_that_ends_before_it_starts_keeps_what_was_typed(worker, alice_client):
    fields = {"title": "Backwards", "start": "2026-04-13T10:00", "end": "2026-04-13T09:00"}
    answer = alice_client.post("/week/events/new", fields)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "It ends before it starts." in page
    assert "Backwards" in page
    assert not Event.objects.exists()


def test_planning_from_the_page_shows_progress_then_the_proposal_and_applies(worker, alice_client, django_capture_on_commit_callbacks):  # fmt: skip # noqa: E501
    TaskFactory(user=worker, title="Report", minutes=60)
    alice_client.post("/plan")
    assert "Planning your week" in alice_client.get("/week").content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        PlanJob.objects.update(state="cancelled")
        alice_client.post("/plan")
    page = alice_client.get("/week").content.decode()
    assert "1 block" in page
    assert "Apply" in page
    plan = Plan.objects.get()
    alice_client.post(f"/plan/{plan.pk}/apply")
    assert Block.objects.count() == 1


def test_today_asks_about_a_block_that_is_over_until_it_is_answered(block, worker, alice_client):
    with time_machine.travel(MONDAY + 4 * HOUR, tick=False):
        page = alice_client.get("/today").content.decode()
        assert "was planned until" in page
        alice_client.post(f"/today/blocks/{block.pk}/done")
        assert "was planned until" not in alice_client.get("/today").content.decode()
    assert Task.objects.get().completed_at is not None


def test_today_shows_what_is_on_now_and_what_is_next(worker, alice_client):
    TaskFactory(user=worker, title="Report", minutes=60, priority=1)
    TaskFactory(user=worker, title="Slides", minutes=60, priority=4)
    HabitFactory(user=worker, title="Run")
    applied(worker)
    with time_machine.travel(MONDAY + 1.5 * HOUR, tick=False):
        page = alice_client.get("/today").content.decode()
    assert "Monday 13 April" in page
    assert "30 min left" in page
    assert "Slides" in page
    assert "Run" in page
