"""Programs ask for plans, follow the job, look at what comes out and decide."""

import uuid

import pytest
import time_machine

from availability.models import Event
from availability.services.events import create_event
from scheduling.models import Block, Plan, PlanJob, Task
from scheduling.services import jobs, plans
from scheduling.tests.factories import TaskFactory
from scheduling.tests.planning import HOUR, MONDAY, applied, proposed, works_nine_to_five

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _monday():
    with time_machine.travel(MONDAY, tick=False):
        yield


@pytest.fixture
def worker(alice):
    return works_nine_to_five(alice)


def finish(job_id):
    jobs.run_job(job_id=job_id, clock=lambda: MONDAY, tick=lambda: 0.0)


def test_a_request_is_accepted_and_its_job_leads_to_a_plan_with_reasons(worker, alice_api):
    TaskFactory(user=worker, title="Too long", minutes=1000, due_kind="hard", due_at=MONDAY + 8 * HOUR)
    TaskFactory(user=worker, title="Fits", minutes=60)
    answer = alice_api.post("/api/schedule", {})
    assert answer.status_code == 202
    finish(answer.data["id"])
    job = alice_api.get(f"/api/schedule/jobs/{answer.data['id']}").data
    assert job["state"] == "done"
    plan = alice_api.get(f"/api/plans/{job['plan']}").data
    assert [block["title"] for block in plan["blocks"]] == ["Fits"]
    reason = next(outcome["reason"] for outcome in plan["outcomes"] if outcome["title"] == "Too long")
    assert reason["code"] == "HARD_DUE_IMPOSSIBLE"
    assert reason["text"].endswith(".")


def test_the_same_body_gets_the_running_job_and_another_body_is_refused(worker, alice_api):
    first = alice_api.post("/api/schedule", {})
    assert alice_api.post("/api/schedule", {}).data["id"] == first.data["id"]
    other = alice_api.post("/api/schedule", {"effort": "greedy"})
    assert (other.status_code, other.data["code"], other.data["job"]) == (409, "plan_running", first.data["id"])


def test_an_idempotency_key_returns_the_same_job_even_when_it_is_done(worker, alice_api):
    first = alice_api.post("/api/schedule", {}, headers={"Idempotency-Key": "k1"})
    finish(first.data["id"])
    again = alice_api.post("/api/schedule", {}, headers={"Idempotency-Key": "k1"})
    assert (again.status_code, again.data["id"]) == (202, str(first.data["id"]))
    reused = alice_api.post("/api/schedule", {"effort": "greedy"}, headers={"Idempotency-Key": "k1"})
    assert (reused.status_code, reused.data["code"]) == (409, "idempotency_key_reused")


def test_a_cancelled_job_makes_no_plan_and_stays_cancelled(worker, alice_api):
    job = alice_api.post("/api/schedule", {}).data
    assert alice_api.post(f"/api/schedule/jobs/{job['id']}/cancel").data["state"] == "cancelled"
    finish(job["id"])
    assert alice_api.get(f"/api/schedule/jobs/{job['id']}").data["state"] == "cancelled"
    assert not Plan.objects.exists()
    assert alice_api.post(f"/api/schedule/jobs/{job['id']}/cancel").status_code == 200


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"range": {"start": "2026-04-14T00:00:00Z", "end": "2026-04-13T00:00:00Z"}}, "range.end"),
        ({"range": {"start": "2026-04-14T00:00:00", "end": "2026-04-15T00:00:00Z"}}, "range.start"),
        ({"range": {"start": "2026-04-14T00:00:00Z", "end": "2026-12-14T00:00:00Z"}}, "range"),
        ({"range": {"start": "2026-02-30T00:00:00Z", "end": "2026-12-14T00:00:00Z"}}, "range.start"),
        ({"range": {"start": "2026-04-01T00:00:00Z", "end": "2026-04-02T00:00:00Z"}}, "range.end"),
        ({"tasks": ["not-an-id"]}, "tasks[0]"),
        ({"tasks": [str(uuid.uuid4())]}, "tasks[0]"),
        ({"tasks": []}, "tasks"),
        ({"effort": "heroic"}, "effort"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_bad_request_names_the_field_and_starts_nothing(worker, alice_api, body, field):
    answer = alice_api.post("/api/schedule", body)
    assert answer.status_code == 400
    assert field in answer.data["fields"]
    assert not PlanJob.objects.exists()


def test_five_thousand_and_one_open_tasks_are_too_many_for_a_plan(worker, alice_api):
    Task.objects.bulk_create(TaskFactory.build(user=worker, title="One of many") for _ in range(5001))
    answer = alice_api.post("/api/schedule", {})
    assert (answer.status_code, answer.data["code"]) == (400, "too_many_open_tasks")


def test_only_named_tasks_are_planned_and_the_others_stay(worker, alice_api):
    kept = TaskFactory(user=worker, title="Kept", minutes=60)
    applied(worker)
    chosen = TaskFactory(user=worker, title="Chosen", minutes=60)
    TaskFactory(user=worker, title="Ignored", minutes=60)
    job = alice_api.post("/api/schedule", {"tasks": [str(chosen.pk)]}).data
    finish(job["id"])
    plan = PlanJob.objects.get(pk=job["id"]).plan
    assert {(block["title"], block["state"]) for block in plan.blocks} == {("Kept", "kept"), ("Chosen", "new")}
    assert kept.blocks.count() == 1


def test_a_range_clips_where_new_work_starts(worker, alice_api):
    TaskFactory(user=worker, minutes=60)
    span = {"start": "2026-04-15T00:00:00Z", "end": "2026-04-16T00:00:00Z"}
    job = alice_api.post("/api/schedule", {"range": span}).data
    finish(job["id"])
    assert PlanJob.objects.get(pk=job["id"]).plan.blocks[0]["start"] == "2026-04-15T09:00:00+00:00"


def test_applying_discarding_and_undoing_by_program(worker, alice_api):
    TaskFactory(user=worker, minutes=60)
    plan = proposed(worker)
    assert alice_api.post(f"/api/plans/{plan.pk}/apply").data["state"] == "applied"
    assert alice_api.post(f"/api/plans/{plan.pk}/apply").data["state"] == "applied"
    assert alice_api.post(f"/api/plans/{plan.pk}/discard").status_code == 409
    assert alice_api.post(f"/api/plans/{plan.pk}/undo").data["state"] == "undone"
    assert alice_api.post(f"/api/plans/{plan.pk}/undo").data["state"] == "undone"
    assert not Block.objects.exists()


def test_an_outdated_plan_answers_409_with_what_changed_and_a_fresh_proposal(
    worker, alice_api, django_capture_on_commit_callbacks
):
    TaskFactory(user=worker, title="Report", minutes=60)
    plan = proposed(worker)
    create_event(user=worker, now=MONDAY, title="Call", starts_at=MONDAY + HOUR, ends_at=MONDAY + 2 * HOUR)
    answer = alice_api.post(f"/api/plans/{plan.pk}/apply")
    assert (answer.status_code, answer.data["code"]) == (409, "plan_out_of_date")
    assert answer.data["changes"] == ["Report moves to today 10:00"]
    assert alice_api.post(f"/api/plans/{answer.data['plan']}/apply").status_code == 200


def test_consequences_say_what_would_move_and_save_nothing(worker, alice_api):
    TaskFactory(user=worker, title="Report", minutes=60)
    applied(worker)
    block = Block.objects.get()
    before = list(Event.objects.values())
    meeting = {"event": {"start": "2026-04-13T09:30:00Z", "end": "2026-04-13T10:30:00Z"}}
    answer = alice_api.post("/api/schedule/consequences", meeting)
    assert answer.status_code == 200
    assert answer.data["sentence"] == "Report slips to today 11:30 · 1 block moves"
    assert [shift["title"] for shift in answer.data["moved"]] == ["Report"]
    typed = alice_api.post("/api/schedule/consequences", {"text": "slides 2h today"})
    assert typed.data["sentence"].startswith("slides fits today 10:00")
    drag = {"drag": {"block": str(block.pk), "start": "2026-04-13T13:00:00Z", "end": "2026-04-13T14:00:00Z"}}
    assert alice_api.post("/api/schedule/consequences", drag).data["sentence"] == "Nothing else moves"
    longer = {"task": {"id": str(block.task_id), "minutes": 180}}
    assert alice_api.post("/api/schedule/consequences", longer).status_code == 200
    assert list(Event.objects.values()) == before


def test_consequences_want_exactly_one_change(worker, alice_api):
    assert alice_api.post("/api/schedule/consequences", {}).status_code == 400
    two = {"text": "x", "finish": str(uuid.uuid4())}
    assert alice_api.post("/api/schedule/consequences", two).status_code == 400


def test_blocks_are_dragged_pinned_and_finished_by_program(worker, alice_api):
    TaskFactory(user=worker, title="Report", minutes=60)
    applied(worker)
    block = Block.objects.get()
    moved = alice_api.post(
        f"/api/blocks/{block.pk}/move", {"start": "2026-04-13T13:00:00Z", "end": "2026-04-13T14:00:00Z"}
    )
    assert (moved.status_code, moved.data["words"]) == (200, "Moved Report")
    assert alice_api.post(f"/api/blocks/{block.pk}/pin", {"is_pinned": False}).status_code == 200
    assert alice_api.post(f"/api/blocks/{block.pk}/finish").data["words"] == "Finished Report"
    listed = alice_api.get("/api/blocks").data
    assert listed["results"] == []
    assert alice_api.post(f"/api/plans/{moved.data['plan']}/undo").data["code"] == "not_the_newest"


def test_strangers_get_the_same_404_as_for_what_is_not_there(worker, bob_api):
    TaskFactory(user=worker, minutes=60)
    plan = applied(worker)
    job = jobs.request_plan(user=worker, wish=jobs.PlanRequest(), now=MONDAY)
    block = Block.objects.get()
    nothing = uuid.uuid4()
    for there, absent in [
        (f"/api/plans/{plan.pk}", f"/api/plans/{nothing}"),
        (f"/api/schedule/jobs/{job.pk}", f"/api/schedule/jobs/{nothing}"),
    ]:
        answers = [bob_api.get(address) for address in (there, absent)]
        assert [answer.status_code for answer in answers] == [404, 404]
        assert answers[0].content == answers[1].content
    span = {"start": "2026-04-13T13:00:00Z", "end": "2026-04-13T14:00:00Z"}
    assert bob_api.post(f"/api/blocks/{block.pk}/move", span).status_code == 404
    assert bob_api.post(f"/api/plans/{plan.pk}/undo").status_code == 404
    assert bob_api.get("/api/blocks").data["results"] == []
    assert plans.newest_applied(worker) == plan


def test_a_drag_onto_a_meeting_or_out_of_hours_says_so_before_it_is_dropped(worker, alice_api):
    TaskFactory(user=worker, title="Report", minutes=60)
    create_event(user=worker, now=MONDAY, title="Call", starts_at=MONDAY + 5 * HOUR, ends_at=MONDAY + 6 * HOUR)
    applied(worker)
    block = str(Block.objects.get().pk)
    onto = {"block": block, "start": "2026-04-13T13:30:00Z", "end": "2026-04-13T14:30:00Z"}
    late = {"block": block, "start": "2026-04-13T19:00:00Z", "end": "2026-04-13T20:00:00Z"}
    price = [alice_api.post("/api/schedule/consequences", {"drag": drag}).data["sentence"] for drag in (onto, late)]
    assert price == ["Clashes with Call", "Outside your working hours"]
