import uuid
from datetime import timedelta

import pytest
from django.urls import reverse

from scheduling.models import Label, Plan, Task
from scheduling.tests.factories import (
    NOW,
    TODAY,
    BlockFactory,
    ChecklistItemFactory,
    LabelFactory,
    PreferencesFactory,
    TaskFactory,
)

pytestmark = pytest.mark.django_db

LATER = {"Idempotency-Key": "one"}


@pytest.fixture(autouse=True)
def _tuesday(time_machine):
    time_machine.move_to(NOW, tick=False)


def titles(answer) -> list[str]:
    return sorted(task["title"] for task in answer.json()["results"])


def test_a_task_is_made_with_all_its_fields(alice_api, alice):
    label, first = LabelFactory(user=alice), TaskFactory(user=alice)
    body = {
        "title": "Report",
        "notes": "For the board",
        "minutes": 240,
        "priority": 1,
        "due_at": "2026-04-24T17:00:00+02:00",
        "due_kind": "hard",
        "earliest_on": "2026-04-22",
        "is_splittable": True,
        "min_block_minutes": 30,
        "max_block_minutes": 90,
        "max_minutes_per_day": 120,
        "preferred": "morning",
        "labels": [str(label.pk)],
        "depends_on": [str(first.pk)],
        "checklist": ["Read", "Write"],
    }
    answer = alice_api.post("/api/tasks", body)
    assert answer.status_code == 201
    found = answer.json()
    steps = found.pop("checklist")
    assert [step["text"] for step in steps] == body.pop("checklist")
    assert found["due_at"] == "2026-04-24T15:00:00Z"
    assert {name: found[name] for name in body if name != "due_at"} == {k: v for k, v in body.items() if k != "due_at"}
    assert found["remaining_minutes"] == 240
    assert found["next_block"] is None


def test_the_same_key_makes_one_task(alice_api):
    answers = [alice_api.post("/api/tasks", {"title": "Report"}, headers=LATER) for _ in range(2)]
    assert answers[0].json() == answers[1].json()
    assert Task.objects.count() == 1


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"minutes": 0}, "minutes"),
        ({"minutes": 10_001}, "minutes"),
        ({"minutes": "many"}, "minutes"),
        ({"priority": 9}, "priority"),
        ({"due_at": "2026-04-24T17:00:00"}, "due_at"),
        ({"due_on": "2026-02-30"}, "due_on"),
        ({"due_on": "2026-04-20", "earliest_on": "2026-04-22"}, "due_on"),
        ({"labels": ["red"]}, "labels[0]"),
        ({"rrule": "FREQ=NEVER"}, "rrule"),
        ({"title": ""}, "title"),
        ({"completed_at": "2026-04-24T17:00:00Z"}, "completed_at"),
    ],
)
def test_bad_input_is_refused_with_its_field(alice_api, change, field):
    answer = alice_api.post("/api/tasks", {"title": "Report", **change})
    assert answer.status_code == 400
    assert list(answer.json()["fields"]) == [field]
    assert not Task.objects.exists()


def test_tasks_are_found_by_state_label_priority_words_and_due(alice_api, alice):
    label = LabelFactory(user=alice)
    TaskFactory(user=alice, title="Thesis", labels=[label], priority=1, due_on=TODAY)
    TaskFactory(user=alice, title="Call", notes="about the thesis", due_at=NOW + timedelta(days=30))
    TaskFactory(user=alice, title="Old", completed_at=NOW)
    TaskFactory(title="Somebody else's thesis")
    BlockFactory(task=TaskFactory(user=alice, title="Planned"))

    def found(**query):
        return titles(alice_api.get("/api/tasks", query))

    assert found() == ["Call", "Planned", "Thesis"]
    assert found(state="done") == ["Old"]
    assert found(state="planned") == ["Planned"]
    assert found(state="unplanned") == ["Call", "Thesis"]
    assert found(label=label.pk) == ["Thesis"]
    assert found(priority=1) == ["Thesis"]
    assert found(q="THESIS") == ["Call", "Thesis"]
    assert found(due_to=TODAY) == ["Thesis"]
    assert found(due_from=TODAY + timedelta(days=1)) == ["Call"]


@pytest.mark.parametrize("query", ["state=lost", "label=red", "colour=red", "due_to=soon", "q=a&q=b", "page_size=0"])
def test_a_query_is_as_strict_as_a_body(alice_api, query):
    assert alice_api.get(f"/api/tasks?{query}").status_code == 400


def test_a_list_comes_in_pages(alice_api, alice):
    TaskFactory.create_batch(5, user=alice)
    first = alice_api.get("/api/tasks?page_size=3").json()
    second = alice_api.get(first["next"]).json()
    assert (len(first["results"]), len(second["results"]), second["next"]) == (3, 2, None)


def test_a_long_list_needs_no_more_queries_than_a_short_one(alice_api, alice, django_assert_num_queries):
    def fill(number):
        for task in TaskFactory.create_batch(number, user=alice, labels=[LabelFactory(user=alice)]):
            starts_at = NOW + timedelta(hours=Task.objects.count())
            ChecklistItemFactory(task=task)
            TaskFactory(user=alice, completed_at=NOW, after=[task])
            task.predecessors.add(TaskFactory(user=alice, completed_at=NOW))
            BlockFactory(task=task, event__starts_at=starts_at, event__minutes=30)

    fill(3)
    with django_assert_num_queries(8):
        assert len(alice_api.get("/api/tasks").json()["results"]) == 3
    fill(30)
    with django_assert_num_queries(8):
        assert len(alice_api.get("/api/tasks").json()["results"]) == 33


def test_remaining_minutes_leave_out_what_past_blocks_worked_off(alice_api, alice):
    task = TaskFactory(user=alice, minutes=200)
    hour = timedelta(hours=1)
    BlockFactory(task=task, event__starts_at=NOW - 2 * hour)
    BlockFactory(task=task, event__starts_at=NOW - 4 * hour, outcome="partly", worked_minutes=20)
    BlockFactory(task=task, event__starts_at=NOW - 6 * hour, outcome="not", worked_minutes=0)
    ahead = BlockFactory(task=task, event__starts_at=NOW + hour)
    found = alice_api.get(f"/api/tasks/{task.pk}").json()
    assert found["remaining_minutes"] == 200 - 60 - 20
    assert found["next_block"] == {"starts_at": "2026-04-21T08:00:00Z", "ends_at": "2026-04-21T09:00:00Z"}
    assert ahead.event.starts_at == NOW + hour


def test_a_change_answers_with_the_task_and_the_edit(alice_api, alice):
    task = TaskFactory(user=alice, title="Report")
    answer = alice_api.patch(f"/api/tasks/{task.pk}", {"minutes": 90}).json()
    assert answer["task"]["minutes"] == 90
    assert answer["edit"]["words"] == "Changed Report"
    assert alice_api.patch(f"/api/tasks/{task.pk}", {"notes": "x"}).json()["edit"] is None


def test_completing_brings_the_next_and_undo_takes_both_back(alice_api, alice):
    made = alice_api.post("/api/tasks", {"title": "Water", "rrule": "FREQ=DAILY", "due_on": "2026-04-21"}).json()
    answer = alice_api.post(f"/api/tasks/{made['id']}/complete").json()
    assert answer["task"]["completed_at"] == "2026-04-21T07:00:00Z"
    assert answer["following"]["due_on"] == "2026-04-22"
    assert alice_api.post(f"/api/plans/{answer['edit']['plan']}/undo").status_code == 200
    task = Task.objects.get()
    assert (task.completed_at, task.rrule) == (None, "FREQ=DAILY")


def test_reopening_makes_it_open_again(alice_api, alice):
    task = TaskFactory(user=alice, completed_at=NOW)
    assert alice_api.post(f"/api/tasks/{task.pk}/reopen").json()["task"]["completed_at"] is None


def test_a_deleted_task_comes_back_whole(alice_api, alice):
    first = TaskFactory(user=alice)
    task = TaskFactory(user=alice, labels=[LabelFactory(user=alice)], after=[first])
    step, block = ChecklistItemFactory(task=task), BlockFactory(task=task)
    answer = alice_api.delete(f"/api/tasks/{task.pk}")
    assert answer.status_code == 200
    assert not Task.objects.filter(pk=task.pk).exists()
    alice_api.post(f"/api/plans/{answer.json()['edit']['plan']}/undo")
    task = Task.objects.get(pk=task.pk)
    assert list(task.checklist.all()) == [step]
    assert list(task.blocks.all()) == [block]
    assert (task.labels.count(), task.predecessors.get()) == (1, first)


def test_many_tasks_change_at_once_and_come_back_at_once(alice_api, alice, time_machine):
    tasks, label = TaskFactory.create_batch(3, user=alice), LabelFactory(user=alice)
    ids = [str(task.pk) for task in tasks]
    for change in (
        {"action": "priority", "priority": 1},
        {"action": "due", "due_on": None},
        {"action": "add_label", "label": str(label.pk)},
        {"action": "delete"},
    ):
        time_machine.shift(1)
        answer = alice_api.post("/api/tasks/bulk", {"tasks": ids, **change})
        assert answer.status_code == 200, answer.json()
    assert not Task.objects.exists()
    alice_api.post(f"/api/plans/{answer.json()['edit']['plan']}/undo")
    assert set(Task.objects.values_list("priority", "labels")) == {(1, label.pk)}


@pytest.mark.parametrize(
    "change", [{"action": "priority"}, {"action": "delete", "priority": 1}, {"action": "add_label"}, {"action": "x"}]
)
def test_a_bulk_change_takes_what_its_action_needs(alice_api, alice, change):
    task = TaskFactory(user=alice)
    assert alice_api.post("/api/tasks/bulk", {"tasks": [str(task.pk)], **change}).status_code == 400


def test_a_cycle_is_refused_with_its_field(alice_api, alice):
    first = TaskFactory(user=alice, title="Plan")
    second = TaskFactory(user=alice, title="Write", after=[first])
    answer = alice_api.patch(f"/api/tasks/{first.pk}", {"depends_on": [str(second.pk)]})
    assert answer.status_code == 400
    assert answer.json()["code"] == "dependency_cycle"
    assert "“Plan” → “Write” → “Plan”" in answer.json()["fields"]["depends_on"][0]


def test_a_checklist_is_edited_line_by_line(alice_api, alice):
    url = f"/api/tasks/{TaskFactory(user=alice).pk}/checklist"
    first, second = (alice_api.post(url, {"text": text}).json()["id"] for text in ("Read", "Write"))
    assert alice_api.patch(f"{url}/{first}", {"is_done": True}).json()["is_done"] is True
    assert alice_api.put(f"{url}/order", {"items": [second, first]}).status_code == 204
    assert [line["text"] for line in alice_api.get(url).json()] == ["Write", "Read"]
    assert alice_api.put(f"{url}/order", {"items": [second]}).status_code == 400
    assert alice_api.delete(f"{url}/{second}").status_code == 204
    assert [line["id"] for line in alice_api.get(url).json()] == [first]


def test_labels_are_made_renamed_listed_and_removed_with_a_way_back(alice_api, alice):
    label = alice_api.post("/api/labels", {"name": "Thesis"}).json()
    assert alice_api.post("/api/labels", {"name": "thesis"}).status_code == 400
    url = f"/api/labels/{label['id']}"
    assert alice_api.patch(url, {"name": "PhD", "tint": 3}).json() == {"id": label["id"], "name": "PhD", "tint": 3}
    assert [found["name"] for found in alice_api.get("/api/labels").json()["results"]] == ["PhD"]
    task = TaskFactory(user=alice, labels=[Label.objects.get()])
    edit = alice_api.delete(url).json()["edit"]
    assert not Label.objects.exists()
    alice_api.post(f"/api/plans/{edit['plan']}/undo")
    assert task.labels.get().name == "PhD"


def test_preferences_are_read_and_changed(alice_api, alice):
    assert alice_api.get("/api/preferences").json()["horizon_days"] == 14
    answer = alice_api.patch("/api/preferences", {"auto_repair": True, "daily_max_minutes": 360})
    assert (answer.json()["auto_repair"], answer.json()["daily_max_minutes"]) == (True, 360)
    assert alice_api.patch("/api/preferences", {"horizon_days": 400}).status_code == 400
    PreferencesFactory(auto_repair=False)
    assert alice_api.get("/api/preferences").json()["auto_repair"] is True


def task_doors(task_id, item_id, label_id):
    return [
        ("get", reverse("api-task", args=[task_id]), None),
        ("patch", reverse("api-task", args=[task_id]), {"title": "Mine"}),
        ("delete", reverse("api-task", args=[task_id]), None),
        ("post", reverse("api-task-complete", args=[task_id]), {}),
        ("post", reverse("api-task-reopen", args=[task_id]), {}),
        ("post", reverse("api-tasks-bulk"), {"tasks": [str(task_id)], "action": "delete"}),
        ("post", reverse("api-tasks"), {"title": "Mine", "depends_on": [str(task_id)]}),
        ("post", reverse("api-tasks"), {"title": "Mine", "labels": [str(label_id)]}),
        ("get", reverse("api-checklist", args=[task_id]), None),
        ("post", reverse("api-checklist", args=[task_id]), {"text": "x"}),
        ("put", reverse("api-checklist-order", args=[task_id]), {"items": [str(item_id)]}),
        ("patch", reverse("api-step", args=[task_id, item_id]), {"is_done": True}),
        ("delete", reverse("api-step", args=[task_id, item_id]), None),
        ("get", reverse("api-label", args=[label_id]), None),
        ("patch", reverse("api-label", args=[label_id]), {"name": "Mine"}),
        ("delete", reverse("api-label", args=[label_id]), None),
    ]


def test_for_bob_nothing_of_alice_is_there_and_it_looks_like_nothing_at_all(bob_api, alice):
    task = TaskFactory(user=alice, labels=[LabelFactory(user=alice)])
    step, label = ChecklistItemFactory(task=task), task.labels.get()
    before = list(Task.objects.values())
    unknown = [uuid.uuid4() for _ in range(3)]
    doors = zip(task_doors(task.pk, step.pk, label.pk), task_doors(*unknown), strict=True)
    for (method, url, body), (_, unknown_url, unknown_body) in doors:
        answer = getattr(bob_api, method)(url, body)
        nothing = getattr(bob_api, method)(unknown_url, unknown_body)
        assert (answer.status_code, answer.json()) == (404, nothing.json()), (method, url)
    assert titles(bob_api.get("/api/tasks")) == []
    assert bob_api.get("/api/labels").json()["results"] == []
    assert list(Task.objects.values()) == before
    assert not Plan.objects.exists()


def test_charlie_is_asked_to_sign_in(charlie_api, alice):
    task = TaskFactory(user=alice, labels=[LabelFactory(user=alice)])
    step, label = ChecklistItemFactory(task=task), task.labels.get()
    for method, url, body in [
        *task_doors(task.pk, step.pk, label.pk),
        ("get", "/api/tasks", None),
        ("get", "/api/labels", None),
        ("get", "/api/preferences", None),
        ("patch", "/api/preferences", {"auto_repair": True}),
    ]:
        assert getattr(charlie_api, method)(url, body).status_code == 401, (method, url)
