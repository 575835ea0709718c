import io
from datetime import UTC, date, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command

from availability.errors import FileRefused
from scheduling.errors import TooManyOpenTasks
from scheduling.models import ChecklistItem, Dependency, Label, Plan, Task
from scheduling.services.plans import undo_plan
from scheduling.services.task_import import import_tasks
from scheduling.tests.factories import NOW, LabelFactory, PreferencesFactory, TaskFactory
from timeflow.lib import bounds

pytestmark = pytest.mark.django_db
PATH = "/api/tasks/import"
PLAIN = (
    b"title,minutes,due,labels,depends_on,checklist,splittable,recurrence\n"
    b'Report,2h,2026-04-24 17:00,"Thesis, new",,Ask|Write,yes,\n'
    b"Print,,2026-04-25,,Report,,yes,every friday\n"
)
EXPORT = (
    b"TYPE,CONTENT,DESCRIPTION,PRIORITY,INDENT,AUTHOR,RESPONSIBLE,DATE,DATE_LANG,TIMEZONE,DURATION,DURATION_UNIT\r\n"
    b"section,Garden,,,,,,,,,,\r\n"
    b"task,Repot the basil @home,Clay pot,1,1,,,every monday at 9am,en,Europe/Berlin,90,minute\r\n"
    b"task,Buy compost,,4,2,,,,en,,,\r\n"
)


@pytest.fixture(autouse=True)
def _tuesday(time_machine):
    time_machine.move_to(NOW, tick=False)


def rows():
    models = (Task, Label, ChecklistItem, Dependency, Task.labels.through)
    return [list(model.objects.order_by("pk").values()) for model in models]


def test_a_table_becomes_tasks_with_all_that_belongs_to_them(alice):
    PreferencesFactory(user=alice, default_minutes=45)
    thesis = LabelFactory(user=alice, name="thesis")
    found = import_tasks(user=alice, raw=PLAIN, now=NOW)
    report, print_it = found.tasks
    assert (report.title, report.minutes, report.priority, report.is_splittable) == ("Report", 120, 2, True)
    assert report.due_at == datetime(2026, 4, 24, 15, tzinfo=UTC)
    assert set(report.labels.all()) == {thesis, Label.objects.get(name="new")}
    assert list(report.checklist.order_by("position").values_list("text", flat=True)) == ["Ask", "Write"]
    assert (print_it.minutes, print_it.due_on, print_it.is_splittable) == (45, date(2026, 4, 25), False)
    assert (print_it.rrule, print_it.occurs_on) == ("FREQ=WEEKLY;BYDAY=FR", date(2026, 4, 25))
    assert list(print_it.predecessors.all()) == [report]
    assert found.edit.words == "Imported 2 tasks"
    assert list(Task.objects.order_by("pk")) == [report, print_it]


def test_an_exported_project_becomes_tasks(alice):
    (task,) = import_tasks(user=alice, raw=EXPORT, now=NOW).tasks
    assert (task.title, task.minutes, task.priority, task.notes) == ("Repot the basil", 90, 1, "Clay pot")
    assert (task.rrule, task.due_at) == ("FREQ=WEEKLY;BYDAY=MO", datetime(2026, 4, 27, 7, tzinfo=UTC))
    assert {label.name for label in task.labels.all()} == {"Garden", "home"}
    assert [item.text for item in task.checklist.all()] == ["Buy compost"]


def test_an_import_is_undone_to_the_last_row(alice):
    TaskFactory(user=alice)
    LabelFactory(user=alice, name="Thesis")
    before = rows()
    found = import_tasks(user=alice, raw=PLAIN, now=NOW)
    assert rows() != before
    undo_plan(user=alice, plan_id=found.edit.plan.pk, now=NOW)
    assert rows() == before


@pytest.mark.parametrize(
    ("raw", "line", "column", "reason"),
    [
        (PLAIN.replace(b"2h", b"0"), 2, "minutes", "A task takes between 1 and 10,000 minutes."),
        (b"title,due\nx,2201-01-01\n", 2, "due_on", "Pick a date between 1970 and 2199."),
        (b"title,title\nx,y\n", 1, "", "There are two columns called “TITLE”."),
    ],
)
def test_a_file_with_a_problem_changes_nothing(alice, raw, line, column, reason):
    with pytest.raises(FileRefused) as refusal:
        import_tasks(user=alice, raw=raw, now=NOW)
    assert refusal.value.problems == [{"line": line, "column": column, "reason": reason}]
    assert rows() == [[], [], [], [], []]
    assert not Plan.objects.exists()


def test_more_open_tasks_than_a_plan_holds_are_refused(alice, monkeypatch):
    TaskFactory(user=alice)
    monkeypatch.setattr(bounds, "OPEN_TASKS", 2)
    with pytest.raises(TooManyOpenTasks):
        import_tasks(user=alice, raw=PLAIN, now=NOW)
    assert Task.objects.count() == 1


def test_a_thousand_tasks_take_few_queries(alice, django_assert_max_num_queries):
    raw = b"title,minutes,labels\n" + b"".join(b"Task %d,30,home\n" % number for number in range(1_000))
    with django_assert_max_num_queries(80):
        import_tasks(user=alice, raw=raw, now=NOW)
    assert Task.objects.of(alice).filter(labels__name="home").count() == 1_000


def send(client, content=PLAIN, headers=None):
    upload = SimpleUploadedFile("tasks.csv", content, "text/csv")
    return client.post(PATH, {"file": upload}, format="multipart", headers=headers or {})


def test_a_program_imports_tasks(alice_api, alice):
    answer = send(alice_api)
    assert answer.status_code == 201
    assert answer.json()["tasks"] == [
        str(pk) for pk in Task.objects.of(alice).order_by("pk").values_list("pk", flat=True)
    ]
    plan = answer.json()["edit"]["plan"]
    assert alice_api.post(f"/api/plans/{plan}/undo").status_code == 200
    assert not Task.objects.exists()


def test_a_program_is_told_what_is_wrong_and_where(alice_api):
    answer = send(alice_api, PLAIN.replace(b"2026-04-25", b"soon"))
    assert answer.status_code == 400
    assert (answer.json()["code"], answer.json()["problems"][0]["line"], answer.json()["problems"][0]["column"]) == (
        "file_refused",
        3,
        "due",
    )
    assert not Task.objects.exists()


def test_the_same_key_imports_once(alice_api):
    answers = [send(alice_api, headers={"Idempotency-Key": "k"}).json() for _ in range(2)]
    assert answers[0] == answers[1]
    assert Task.objects.count() == 2


def test_what_alice_imports_is_not_bobs_and_charlie_imports_nothing(alice_api, bob, charlie_api):
    send(alice_api)
    assert not Task.objects.of(bob).exists()
    assert send(charlie_api).status_code == 401


def test_the_command_imports_tasks_or_says_what_is_wrong(alice, tmp_path):
    path = tmp_path / "tasks.csv"
    path.write_bytes(PLAIN)
    out = io.StringIO()
    call_command("import_tasks", str(path), email="alice@example.com", stdout=out)
    assert out.getvalue() == "Imported 2 tasks.\n"
    path.write_bytes(PLAIN.replace(b"2h", b"soon"))
    err = io.StringIO()
    with pytest.raises(SystemExit) as end:
        call_command("import_tasks", str(path), email="alice@example.com", stderr=err)
    assert end.value.code == 2
    assert err.getvalue() == "line 2, minutes: “soon” is no length; write minutes, or 1h30.\n"
    assert Task.objects.of(alice).count() == 2
