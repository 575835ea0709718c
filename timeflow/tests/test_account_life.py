"""Export and deletion know every table: whoever adds one has to say what becomes of it."""

import io
import json
import logging
import zipfile
from datetime import timedelta

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models import ErasedAccount, User
from accounts.services.deletion import ask_deletion, erase_account
from accounts.services.export import export_account
from accounts.tests.factories import UserFactory
from availability.domain.ics import read
from availability.models import Event, Series
from scheduling.models import Task
from timeflow.lib import lifecycle
from timeflow.tests.everything import CALLER, NOW, everything_kept, full_person, personal_models

# Tables of no person, with what they hold; a new one is put here or declared to `lifecycle`.
OF_NOBODY = {
    "accounts.ErasedAccount": "ids that lead to nobody any more",
    "availability.CallCount": "how often providers were asked on a day, by nobody in particular",
    "auth.Group": "what staff may do",
    "auth.Group_permissions": "what staff may do",
    "auth.Permission": "what staff may do",
    "contenttypes.ContentType": "names of models",
    "lib.Errand": "work that is about to be done; erasing drops what names the person",
    "lib.Lease": "who runs periodic work",
    "socialaccount.SocialApp": "nothing: Google is set by the environment",
}
GROWING = ("scheduling_task", "availability_event", "availability_series", "accounts_securityevent")
SECRETIVE = ("digest", "password", "secret", "sealed", "seed", "key", "token")
pytestmark = pytest.mark.django_db


@pytest.fixture
def maya() -> User:
    with transaction.atomic():
        return full_person()


def archive_of(user: User) -> zipfile.ZipFile:
    file = io.BytesIO()
    export_account(user=user, caller=CALLER, now=NOW, to=file)
    return zipfile.ZipFile(file)


def rows(archive: zipfile.ZipFile, name: str) -> list[dict]:
    return json.loads(archive.read(f"{name}.json"))


def test_every_table_of_people_says_what_becomes_of_it():
    declared = {table.model for table in lifecycle.tables()}
    missing = {model._meta.label for model in personal_models() - declared}
    assert not missing, f"declare these in their app's services/life.py: {missing}"
    silent = [table.model._meta.label for table in lifecycle.tables() if not table.about]
    assert not silent


def test_every_table_is_declared_once_and_has_a_file_of_its_own():
    models = [table.model for table in lifecycle.tables()]
    files = [table.file for table in lifecycle.tables() if table.file]
    assert len(models) == len(set(models))
    assert len(files) == len(set(files))


def test_every_other_table_is_known_to_hold_nothing_of_a_person():
    others = set(apps.get_models(include_auto_created=True)) - {table.model for table in lifecycle.tables()}
    assert {model._meta.label for model in others} == set(OF_NOBODY)


def test_no_table_of_people_stays_empty_in_these_tests(maya):
    empty = [table.model._meta.label for table in lifecycle.tables() if not table.of(maya.pk).exists()]
    assert not empty, f"fill these in timeflow/tests/everything.py: {empty}"


def test_erasing_leaves_nothing_of_a_person_anywhere(maya):
    traces = {str(row.pk) for table in lifecycle.tables() for row in table.of(maya.pk)}
    traces = {trace.replace("-", "") for trace in traces if len(trace) > 30} | {maya.email, "Maya", "Groceries"}
    assert len(traces) > 50
    assert {table for table, text in everything_kept() if maya.email in text} >= {"accounts_user", "django_admin_log"}
    User.objects.filter(pk=maya.pk).update(deletion_due_at=NOW)
    assert erase_account(user_id=maya.pk, now=NOW)
    ErasedAccount.objects.get(user_id=maya.pk, erased_at=NOW).delete()
    assert [(table, text) for table, text in everything_kept() if any(trace in text for trace in traces)] == []


def test_erasing_one_person_leaves_every_row_of_another(maya):
    User.objects.filter(pk=maya.pk).update(email="other@example.com")
    maya.emailaddress_set.update(email="other@example.com")
    other = full_person()
    before = {table.model: table.of(maya.pk).count() for table in lifecycle.tables()}
    User.objects.filter(pk=other.pk).update(deletion_due_at=NOW)
    assert erase_account(user_id=other.pk, now=NOW)
    assert {table.model: table.of(maya.pk).count() for table in lifecycle.tables()} == before


def test_erasing_tells_the_log_no_more_than_an_id(maya, caplog):
    User.objects.filter(pk=maya.pk).update(deletion_due_at=NOW)
    with caplog.at_level(logging.INFO):
        erase_account(user_id=maya.pk, now=NOW)
    assert f"user {maya.pk} is erased" in caplog.text
    assert "maya" not in caplog.text.lower()


def test_an_export_holds_every_row_of_the_person_and_no_others(maya):
    Task.objects.create(user=UserFactory(), title="Of somebody else", minutes=5, created_at=NOW, updated_at=NOW)
    archive = archive_of(maya)
    for table in lifecycle.tables():
        if table.file:
            kept = {str(pk) for pk in table.of(maya.pk).values_list("pk", flat=True)}
            key = table.model._meta.pk.attname
            assert {str(row[key]) for row in rows(archive, table.file)} == kept, table.file
    listed = archive.read("README.txt").decode()
    assert all(name in listed for name in archive.namelist() if name != "README.txt")


def test_no_secret_is_in_an_export(maya):
    names = {column for table in lifecycle.tables() if table.file for column in table.columns}
    assert [name for name in names if any(word in name for word in SECRETIVE)] == []
    text = "".join(archive_of(maya).read(name).decode() for name in archive_of(maya).namelist())
    assert maya.password not in text
    for table in lifecycle.tables():
        for column in table.without if table.file else ():
            for value in table.of(maya.pk).values_list(column, flat=True):
                assert str(value) not in text, (table.file, column)


def test_an_exports_words_are_those_that_were_written(maya):
    title = '=HYPERLINK("x") „Grüße” 日本語 🎉 </script>'
    notes = "Zeile\n" * 1500
    Task.objects.of(maya).filter(pk=Task.objects.of(maya)[0].pk).update(title=title, notes=notes)
    archive = archive_of(maya)
    assert (title, notes) in [(row["title"], row["notes"]) for row in rows(archive, "tasks")]
    assert "日本語 🎉" in archive.read("tasks.json").decode()


def test_the_exported_calendar_is_one_that_can_be_imported_again(maya):
    notes = "Zeile eins, zwei; drei\n" * 200
    alone = Event.objects.of(maya).filter(series=None)
    Event.objects.filter(pk=alone[0].pk).update(title="Müllers; Feier, 日本語", notes=notes)
    Event.objects.filter(pk=alone[1].pk).update(
        is_all_day=True, starts_on=NOW.date(), ends_on=NOW.date() + timedelta(days=2)
    )
    found = read(archive_of(maya).read("calendar.ics"))
    assert not found.problems
    assert not found.notes
    text = archive_of(maya).read("calendar.ics").decode()
    assert text.count("BEGIN:VTIMEZONE") == text.count("TZID:Europe/Berlin") == 1
    assert text.count("DTSTAMP") == text.count("BEGIN:VEVENT")
    assert len(found.series) == alone.count() + Series.objects.filter(calendar__user=maya).count()
    assert "Müllers; Feier, 日本語" in {series.title for series in found.series}


def test_two_calendars_that_know_the_same_uid_are_both_in_the_exported_one(maya):
    first = Series.objects.filter(calendar__user=maya)[0]
    Series.objects.create(calendar=maya.calendars.get(kind="own"), uid=first.uid, ics=first.ics)
    found = read(archive_of(maya).read("calendar.ics"))
    assert {first.uid, f"{first.uid}-2"} <= {series.uid for series in found.series}


def test_an_export_that_breaks_off_is_closed_while_its_file_is_there():
    file = io.BytesIO()
    with pytest.raises(ZeroDivisionError), lifecycle.Archive(file, NOW) as archive:
        archive.add_rows("tasks", "", ({"minutes": 1 / 0} for _ in "x"))
    assert zipfile.is_zipfile(file)


def test_the_export_of_ten_thousand_tasks_is_complete(alice):
    Task.objects.bulk_create(
        Task(user=alice, title=f"Task {number}", notes="x" * 500, minutes=5, created_at=NOW, updated_at=NOW)
        for number in range(10_000)
    )
    with CaptureQueriesContext(connection) as asked:
        assert len(rows(archive_of(alice), "tasks")) == 10_000
    # A cursor on the server would do as well, but there is none behind a pool of connections.
    lists = [query["sql"] for query in asked if any(f'FROM "{table}"' in query["sql"] for table in GROWING)]
    assert len(lists) > len(GROWING) + 9
    assert all("LIMIT 1000" in query for query in lists)


def test_asking_for_deletion_stops_what_is_under_way(maya):
    maya.planjobs.create(created_at=NOW)
    ask_deletion(user=maya, caller=CALLER, now=NOW)
    assert not maya.planjobs.filter(state__in=["queued", "running"]).exists()
    assert not maya.sessions.filter(revoked_at=None).exists()
    assert not maya.api_tokens.filter(revoked_at=None).exists()
