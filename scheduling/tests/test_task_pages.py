import uuid
from datetime import date, timedelta

import pytest
from django.urls import reverse

from availability.models import Event, WorkingHours
from scheduling.forms.tasks import TaskFilterForm
from scheduling.models import Label, Plan, Task
from scheduling.tests.factories import (
    NOW,
    TODAY,
    BlockFactory,
    ChecklistItemFactory,
    LabelFactory,
    TaskFactory,
)

pytestmark = pytest.mark.django_db

ONE_DAY = timedelta(days=1)
HTMX = {"HX-Request": "true"}
INTO_LIST = {**HTMX, "HX-Target": "list"}
INTO_SHEET = {**HTMX, "HX-Target": "sheet"}


@pytest.fixture(autouse=True)
def _tuesday(time_machine):
    time_machine.move_to(NOW, tick=False)


def groups(answer) -> dict[str, list[str]]:
    return {group.title: [row.task.title for row in group.rows] for group in answer.context["groups"]}


def sheet_fields(task, **changes):
    """What the sheet of an unchanged task posts, with changes."""
    fields = {
        "title": task.title,
        "notes": task.notes,
        "minutes": task.minutes,
        "priority": task.priority,
        "min_block_minutes": task.min_block_minutes,
        "max_block_minutes": task.max_block_minutes,
    }
    return fields | changes


def test_tasks_are_grouped_by_due_as_the_person_lives(alice_client, alice):
    def due(title, **fields):
        TaskFactory(user=alice, title=title, **fields)

    due("Late", due_on=TODAY - ONE_DAY)
    due("An hour ago", due_at=NOW - timedelta(hours=1))
    due("By tonight", due_on=TODAY)
    # Midnight of tomorrow in Berlin: the very end of today.
    due("At midnight", due_at=NOW.replace(hour=22))
    due("On Sunday", due_on=date(2026, 4, 26))
    due("On Monday", due_on=date(2026, 4, 27))
    due("Whenever")
    due("Done", due_on=TODAY, completed_at=NOW)
    assert groups(alice_client.get("/tasks")) == {
        "Overdue": ["Late", "An hour ago"],
        "Today": ["By tonight", "At midnight"],
        "This week": ["On Sunday"],
        "Later": ["On Monday"],
        "No date": ["Whenever"],
    }
    assert groups(alice_client.get("/tasks?state=done")) == {"Done": ["Done"]}


def test_a_week_that_starts_on_sunday_ends_on_saturday(alice_client, alice):
    alice.week_start = 6
    alice.save()
    TaskFactory(user=alice, title="On Sunday", due_on=date(2026, 4, 26))
    assert groups(alice_client.get("/tasks")) == {"Later": ["On Sunday"]}


def test_the_address_says_what_is_shown_and_nonsense_is_left_out(alice_client, alice):
    label = LabelFactory(user=alice)
    TaskFactory(user=alice, title="Report", labels=[label], priority=1)
    TaskFactory(user=alice, title="Call")
    shown = groups(alice_client.get(f"/tasks?label={label.pk}&priority=1&q=rep"))
    assert shown == {"No date": ["Report"]}
    for query in ("label=red", "priority=9", "state=lost", "page=x", "q=%00", "colour=red"):
        assert groups(alice_client.get(f"/tasks?{query}")) == {"No date": ["Report", "Call"]}, query
    assert "Nothing fits" in alice_client.get("/tasks?q=zebra").content.decode()


def test_fifty_tasks_need_no_more_queries_than_five(alice_client, alice, django_assert_num_queries):
    def fill(number):
        for task in TaskFactory.create_batch(number, user=alice, labels=[LabelFactory(user=alice)]):
            ChecklistItemFactory(task=task)
            task.predecessors.add(TaskFactory(user=alice, completed_at=NOW))
            BlockFactory(task=task, event__starts_at=NOW + timedelta(hours=Task.objects.count()), event__minutes=30)

    fill(5)
    with django_assert_num_queries(12):
        alice_client.get("/tasks")
    fill(60)
    with django_assert_num_queries(12):
        page = alice_client.get("/tasks")
    assert sum(len(titles) for titles in groups(page).values()) == 50
    assert "Page 1 of 2" in page.content.decode()


def test_an_empty_list_teaches_how_to_begin(alice_client):
    said = alice_client.get("/tasks").content.decode()
    assert "What is on your mind?" in said
    assert "Nothing done yet" in alice_client.get("/tasks?state=done").content.decode()


def test_what_was_understood_shows_while_one_types_and_saves_nothing(alice_client):
    said = alice_client.get("/tasks/understood", {"text": "report 2h fri #thesis"}).content.decode()
    assert all(words in said for words in ("report", "2 h", "#thesis"))
    assert "there is no title left" in alice_client.get("/tasks/understood", {"text": "2h"}).content.decode()
    assert alice_client.get("/tasks/understood", {"text": "\x00"}).status_code == 200
    assert not Task.objects.exists()
    assert not Label.objects.exists()


def test_a_line_is_added_with_a_way_back(alice_client):
    page = alice_client.post("/tasks/add", {"text": "report 2h fri"}, follow=True)
    task = Task.objects.get()
    assert (task.title, task.minutes) == ("report", 120)
    assert "Added report" in page.content.decode()
    undo = reverse("task-delete", args=[task.pk])
    assert f'action="{undo}"' in page.content.decode()
    alice_client.post(undo)
    assert not Task.objects.exists()


def test_a_line_added_by_script_tells_the_list(alice_client):
    answer = alice_client.post("/tasks/add", {"text": "report"}, headers=HTMX)
    assert answer["HX-Trigger"] == '{"tasks-changed": {}}'
    assert "Added report" in answer.content.decode()
    refused = alice_client.post("/tasks/add", {"text": "2h"}, headers=HTMX)
    assert refused.status_code == 400
    assert "refused" in refused["HX-Trigger"]


def test_titles_are_shown_as_text(alice_client, alice):
    task = TaskFactory(user=alice, title="<b>bold</b>", notes="<script>")
    for page in ("/tasks", f"/tasks/{task.pk}"):
        said = alice_client.get(page).content.decode()
        assert "<b>bold" not in said
        assert "&lt;b&gt;bold" in said


def test_ticking_finishes_a_task_and_undo_opens_it_again(alice_client, alice):
    task = TaskFactory(user=alice, title="Report")
    page = alice_client.post(f"/tasks/{task.pk}/complete", follow=True).content.decode()
    assert "Finished Report" in page
    task.refresh_from_db()
    assert task.completed_at == NOW
    undo = reverse("plan-undo", args=[Plan.objects.get().pk])
    assert f'action="{undo}"' in page
    alice_client.post(undo)
    task.refresh_from_db()
    assert task.completed_at is None


def test_a_finished_task_is_opened_again_from_the_list(alice_client, alice):
    task = TaskFactory(user=alice, completed_at=NOW)
    alice_client.post(f"/tasks/{task.pk}/reopen")
    task.refresh_from_db()
    assert task.completed_at is None


def test_deleting_leads_from_the_tasks_own_page_to_the_list(alice_client, alice):
    task = TaskFactory(user=alice)
    own = f"http://testserver/tasks/{task.pk}"
    answer = alice_client.post(f"/tasks/{task.pk}/delete", headers={"Referer": own})
    assert answer["Location"] == "/tasks"
    assert not Task.objects.exists()


def test_chosen_tasks_change_together(alice_client, alice):
    label, tasks = LabelFactory(user=alice), TaskFactory.create_batch(3, user=alice)
    ids = [str(task.pk) for task in tasks]

    def bulk(do, **more):
        return alice_client.post("/tasks/bulk", {"tasks": ids, "do": do, **more}, follow=True)

    bulk("priority:1")
    bulk("due:2026-04-24")
    bulk(f"add_label:{label.pk}")
    assert set(Task.objects.values_list("priority", "due_on", "labels")) == {(1, date(2026, 4, 24), label.pk)}
    bulk("due:on", on="2026-05-01")
    assert set(Task.objects.values_list("due_on", flat=True)) == {date(2026, 5, 1)}
    bulk("due:")
    assert set(Task.objects.values_list("due_on", flat=True)) == {None}
    assert "Finished 3 tasks" in bulk("complete").content.decode()
    bulk("delete")
    assert not Task.objects.exists()


@pytest.mark.parametrize("do", ["", "explode", "priority:x", "priority:9", "due:soon", "add_label:red"])
def test_a_strange_bulk_change_is_refused_in_words(alice_client, alice, do):
    task = TaskFactory(user=alice)
    answer = alice_client.post("/tasks/bulk", {"tasks": [str(task.pk)], "do": do}, headers=HTMX)
    assert answer.status_code == 400
    assert alice_client.post("/tasks/bulk", {"do": "complete"}, headers=HTMX).status_code == 400


def test_one_strange_id_changes_nothing(alice_client, alice):
    task = TaskFactory(user=alice)
    for stranger in (TaskFactory().pk, uuid.uuid4()):
        ids = [str(task.pk), str(stranger)]
        assert alice_client.post("/tasks/bulk", {"tasks": ids, "do": "delete"}).status_code == 404
    assert Task.objects.of(alice).exists()


def test_the_sheet_is_a_page_of_its_own_and_a_fragment_for_the_list(alice_client, alice):
    task = TaskFactory(user=alice, title="Report", rrule="FREQ=WEEKLY;BYDAY=MO", due_on=TODAY)
    page = alice_client.get(f"/tasks/{task.pk}")
    assert "<html" in page.content.decode()
    sheet = alice_client.get(f"/tasks/{task.pk}", headers=INTO_SHEET).content.decode()
    assert "<html" not in sheet
    assert "Every Monday" in sheet


def test_the_sheet_saves_what_was_changed_and_only_that(alice_client, alice):
    label = LabelFactory(user=alice)
    task = TaskFactory(user=alice, due_at=NOW + timedelta(days=2, seconds=30))
    url = f"/tasks/{task.pk}"
    alice_client.post(url, sheet_fields(task, due_date="2026-04-23", due_time="09:00", notes="Now", labels=[label.pk]))
    task.refresh_from_db()
    # The due was not touched, so its seconds stay; no plan depends on notes and labels.
    assert task.due_at == NOW + timedelta(days=2, seconds=30)
    assert (task.notes, task.labels.get()) == ("Now", label)
    assert not Plan.objects.exists()
    alice_client.post(url, sheet_fields(task, due_date="2026-04-24", due_time="17:00", labels=[label.pk]))
    task.refresh_from_db()
    assert task.due_at == NOW.replace(day=24, hour=15)
    alice_client.post(url, sheet_fields(task, due_date="2026-04-25", is_hard="on", new_labels="Home, thesis"))
    task.refresh_from_db()
    assert (task.due_at, task.due_on, task.due_kind) == (None, date(2026, 4, 25), "hard")
    assert set(task.labels.values_list("name", flat=True)) == {"Home", "thesis"}


def test_the_sheet_knows_repeats_from_a_list_and_in_words(alice_client, alice):
    task = TaskFactory(user=alice, due_on=TODAY)
    url = f"/tasks/{task.pk}"

    def save(**changes):
        answer = alice_client.post(url, sheet_fields(task, due_date=TODAY.isoformat(), **changes))
        task.refresh_from_db()
        return answer

    save(repeats="FREQ=WEEKLY;BYDAY=TU")
    assert task.rrule == "FREQ=WEEKLY;BYDAY=TU"
    save(repeats="custom", custom="every 2 weeks on fri")
    assert task.rrule == "FREQ=WEEKLY;INTERVAL=2;BYDAY=FR"
    save(repeats="custom", custom="FREQ=MONTHLY;BYMONTHDAY=-1")
    assert task.rrule == "FREQ=MONTHLY;BYMONTHDAY=-1"
    refused = save(repeats="custom", custom="now and then")
    assert refused.status_code == 422
    assert "every first monday" in refused.content.decode()
    save(repeats="")
    assert task.rrule == ""


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": " "}, "title"),
        ({"minutes": "0"}, "minutes"),
        ({"minutes": "x"}, "minutes"),
        ({"due_time": "09:00"}, "due_date"),
        ({"due_date": "2026-04-01", "earliest_date": "2026-04-02"}, "due_date"),
        ({"is_splittable": "on", "min_block_minutes": "40", "max_block_minutes": "50"}, "min_block_minutes"),
        ({"new_labels": "x" * 51}, "new_labels"),
    ],
)
def test_the_sheet_says_what_is_wrong_at_its_field_and_keeps_what_was_typed(alice_client, alice, changes, field):
    task = TaskFactory(user=alice, title="Report")
    answer = alice_client.post(f"/tasks/{task.pk}", sheet_fields(task, **{"notes": "Typed", **changes}))
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert "Typed" in answer.content.decode()
    task.refresh_from_db()
    assert (task.title, task.notes) == ("Report", "")


def test_the_checklist_is_edited_without_leaving_the_sheet(alice_client, alice):
    task = TaskFactory(user=alice)
    for text in ("Read", "Write"):
        alice_client.post(f"/tasks/{task.pk}/steps", {"text": text})
    first, second = task.checklist.order_by("position")

    def deed(step, **posted):
        return alice_client.post(f"/tasks/{task.pk}/steps/{step.pk}", posted, headers=HTMX)

    deed(first, do="tick", text="Read")
    deed(second, do="up", text="Write")
    deed(second, text="Write well")
    lines = list(task.checklist.order_by("position").values_list("text", "is_done"))
    assert lines == [("Write well", False), ("Read", True)]
    deed(second, do="up")
    deed(first, do="untick")
    assert "Write well" not in deed(second, do="remove").content.decode()
    assert list(task.checklist.values_list("text", "is_done")) == [("Read", False)]
    for text in ("", "x" * 201, "\x00"):
        assert deed(first, text=text).status_code == 400


def test_a_task_is_found_and_waited_for(alice_client, alice):
    task, first = TaskFactory(user=alice, title="Send"), TaskFactory(user=alice, title="Write")
    TaskFactory(title="Write to bob")
    found = alice_client.get(f"/tasks/{task.pk}/find", {"find": "wri"}).content.decode()
    assert "Wait for it" in found
    assert "bob" not in found
    assert "Wait for it" in alice_client.get(f"/tasks/{task.pk}?find=wri").content.decode()
    alice_client.post(f"/tasks/{task.pk}/waits", {"add": str(first.pk)})
    assert task.predecessors.get() == first
    refused = alice_client.post(f"/tasks/{first.pk}/waits", {"add": str(task.pk)}, headers=HTMX)
    assert "for ever" in refused["HX-Trigger"]
    alice_client.post(f"/tasks/{task.pk}/waits", {"remove": str(first.pk)})
    assert not task.predecessors.exists()
    assert alice_client.post(f"/tasks/{task.pk}/waits", {"add": "x"}, headers=HTMX).status_code == 400


def page_doors(task_id, item_id):
    return [
        ("get", reverse("task", args=[task_id]), {}),
        ("post", reverse("task", args=[task_id]), {"title": "Mine", "minutes": 5, "priority": 1}),
        ("post", reverse("task-complete", args=[task_id]), {}),
        ("post", reverse("task-reopen", args=[task_id]), {}),
        ("post", reverse("task-delete", args=[task_id]), {}),
        ("post", reverse("task-steps", args=[task_id]), {"text": "x"}),
        ("post", reverse("task-step", args=[task_id, item_id]), {"do": "tick"}),
        ("get", reverse("task-find", args=[task_id]), {"find": "x"}),
        ("post", reverse("task-price", args=[task_id]), {"title": "Mine", "minutes": 5, "priority": 1}),
        ("post", reverse("task-waits", args=[task_id]), {"add": str(uuid.uuid4())}),
        ("post", reverse("tasks-bulk"), {"tasks": [str(task_id)], "do": "delete"}),
    ]


def test_bob_sees_the_same_nothing_for_alices_task_as_for_none(bob_client, alice):
    task = TaskFactory(user=alice)
    step = ChecklistItemFactory(task=task)
    for ids in ((task.pk, step.pk), (uuid.uuid4(), uuid.uuid4())):
        for method, url, body in page_doors(*ids):
            assert getattr(bob_client, method)(url, body).status_code == 404, (method, url)
    assert groups(bob_client.get("/tasks")) == {}
    assert Task.objects.get() == task


def test_charlie_is_led_to_sign_in(charlie_client, alice):
    task = TaskFactory(user=alice)
    doors = [*page_doors(task.pk, uuid.uuid4()), ("get", "/tasks", {}), ("post", "/tasks/add", {"text": "x"})]
    for method, url, body in [*doors, ("get", "/tasks/understood", {"text": "x"}), ("get", "/tasks/price", {})]:
        answer = getattr(charlie_client, method)(url, body)
        assert answer.status_code == 302, (method, url)
        assert answer["Location"].startswith("/accounts/login/")


def test_a_filter_reads_what_it_can():
    wanted = TaskFilterForm({"state": "done", "priority": "2", "label": "x"}, []).wanted()
    assert (wanted.state, wanted.priority, wanted.label) == ("done", 2, None)


def test_a_line_may_be_planned_at_once(alice_client, alice):
    WorkingHours.objects.create(user=alice, weekday=1, start_minute=540, end_minute=1020)
    page = alice_client.post("/tasks/add", {"text": "report 2h", "plan": "yes"}, follow=True).content.decode()
    task = Task.objects.get()
    assert task.blocks.get().event.starts_at == NOW
    assert "Added report · 1 block planned" in page
    undo = reverse("plan-undo", args=[Plan.objects.get().pk])
    alice_client.post(undo)
    assert not Task.objects.exists()
    assert not Event.objects.exists()


def test_the_price_of_a_line_shows_while_it_is_typed(alice_client, alice):
    WorkingHours.objects.create(user=alice, weekday=1, start_minute=540, end_minute=1020)
    said = alice_client.get("/tasks/price", {"text": "<i>report</i> 2h"}).content.decode()
    assert "&lt;i&gt;report&lt;/i&gt; fits today 9:00" in said
    assert alice_client.get("/tasks/price", {"text": "2h"}).content == b""


def test_the_price_of_a_change_shows_while_the_sheet_is_filled_in(alice_client, alice):
    WorkingHours.objects.create(user=alice, weekday=1, start_minute=540, end_minute=1020)
    task = TaskFactory(user=alice, title="<i>Report</i>")
    BlockFactory(task=task)
    url = f"/tasks/{task.pk}/price"
    said = alice_client.post(url, sheet_fields(task, minutes=120), headers=HTMX).content.decode()
    assert "&lt;i&gt;Report&lt;/i&gt; fits today" in said
    assert alice_client.post(url, sheet_fields(task, notes="x"), headers=HTMX).content == b""
    assert alice_client.post(url, sheet_fields(task, minutes="0"), headers=HTMX).content == b""
    assert not Plan.objects.exists()
