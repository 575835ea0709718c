"""What is counted and timed, who may read it, and that it names nobody."""

import ast
import os
import re
import subprocess
import sys
from datetime import timedelta

import pytest
from django.conf import settings
from django.core.cache import cache
from django.core.management import call_command
from django.test import Client, override_settings
from django.utils import timezone

from accounts.domain.callers import Caller
from accounts.models import User
from accounts.services.sessions import open_session
from availability.tests.factories import CalendarFactory
from scheduling.models import PlanJob
from scheduling.services.jobs import PlanRequest, request_plan
from timeflow.lib.condition import find_condition
from timeflow.lib.metrics.together import Seats
from timeflow.lib.models import Errand, Lease
from timeflow.tests.every_route.test_walks_can_fail import PLANTED
from timeflow.tests.routes import every_route

TOKEN = "of-prometheus-which-reads-it-every-minute"
LINE = re.compile(r"(?P<name>\w+)(?:{(?P<labels>.*)})? (?P<value>\S+)")
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _token(settings):
    settings.METRICS_TOKEN = TOKEN


def scraped() -> str:
    answer = Client().get("/metrics", headers={"Authorization": f"Bearer {TOKEN}", "Host": "10.1.2.3:8000"})
    assert answer.status_code == 200
    return answer.content.decode()


def value(name: str, **labels: str) -> float:
    """0 for what was never counted."""
    wanted = sorted(f'{label}="{text}"' for label, text in labels.items())
    for line in scraped().splitlines():
        found = LINE.fullmatch(line)
        if found and found["name"] == f"timeflow_{name}" and sorted((found["labels"] or "").split(",")) == wanted:
            return float(found["value"])
    return 0


def test_without_a_token_in_the_settings_there_is_no_such_page(settings):
    settings.METRICS_TOKEN = ""
    for headers in ({}, {"Authorization": "Bearer "}):
        assert Client().get("/metrics", headers=headers).status_code == 404


@pytest.mark.parametrize("given", ["", TOKEN, f"Basic {TOKEN}", f"Bearer {TOKEN}x", "Bearer ", "Bearer Ü"])
def test_whoever_does_not_know_the_token_learns_nothing_and_is_written_down(given):
    before = value("security_events_total", kind="metrics_refused")
    answer = Client().get("/metrics", headers={"Authorization": given})
    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Bearer")
    assert "timeflow_" not in answer.content.decode()
    assert value("security_events_total", kind="metrics_refused") == before + 1


def test_it_needs_no_host_name_and_no_session_and_is_kept_by_nobody():
    answer = Client().get("/metrics", headers={"Authorization": f"Bearer {TOKEN}", "Host": "10.1.2.3"}, secure=False)
    assert answer["Cache-Control"] == "no-store"
    assert not answer.cookies
    assert answer["Content-Type"].startswith("text/plain")


def test_a_short_token_is_refused_at_start_up():
    environment = {**os.environ, "METRICS_TOKEN": "short"}
    command = [sys.executable, "manage.py", "check"]
    done = subprocess.run(command, env=environment, cwd=settings.BASE_DIR, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "METRICS_TOKEN needs 32 characters" in done.stderr


def test_a_request_is_counted_by_the_name_of_its_route_with_its_queries(alice_client):
    labels = {"route": "tasks", "method": "GET"}
    answered = value("requests_total", status="2xx", **labels)
    timed, queries = value("request_seconds_count", **labels), value("request_queries_total", route="tasks")
    alice_client.get("/tasks")
    assert value("requests_total", status="2xx", **labels) == answered + 1
    assert value("request_seconds_count", **labels) == timed + 1
    assert value("request_queries_total", route="tasks") > queries
    assert value("request_query_seconds_total", route="tasks") > 0


def test_addresses_and_methods_that_nobody_knows_share_one_name_each(alice_client):
    before = value("requests_total", route="none", method="other", status="4xx")
    for word in ("first", "second"):
        alice_client.generic("BREW", f"/{word}-{alice_client.cookies}")
    assert value("requests_total", route="none", method="other", status="4xx") == before + 2
    assert "first-" not in scraped()


def test_labels_are_names_out_of_the_code_and_never_a_persons(alice, alice_client):
    for address in ("/tasks", f"/api/tasks/{alice.pk}", f"/week?text={alice.email}", f"/{alice.email}"):
        alice_client.get(address)
    page = scraped()
    assert not re.search(r"[0-9a-f]{8}-[0-9a-f]{4}-", page)
    assert "alice" not in page.lower()
    routes = {*re.findall(r'route="([^"]*)"', page)}
    # Other tests of this process may have asked for routes that were planted.
    known = {re.sub(r".*:", "", route.name) for route in every_route(PLANTED)}
    names = {route.split(":")[-1] for route in routes}
    # A route without a name is told by its view.
    views = {name for name in names if re.fullmatch(r"\w+(\.\w+)+", name)}
    assert names - views - {"none"} <= known | {"breaks", "api-breaks"}


def test_a_plan_is_counted_as_a_task_and_as_a_job_since_it_was_asked_for(alice, django_capture_on_commit_callbacks):
    jobs = value("job_seconds_count", kind="plan_request", state="done")
    tasks = value("task_seconds_count", task="scheduling.tasks.run_plan_job", state="success")
    with django_capture_on_commit_callbacks(execute=True):
        request_plan(user=alice, wish=PlanRequest(), now=timezone.now())
    assert value("job_seconds_count", kind="plan_request", state="done") == jobs + 1
    assert value("task_seconds_count", task="scheduling.tasks.run_plan_job", state="success") == tasks + 1


def test_a_sign_in_is_counted_by_its_last_step_and_as_a_security_event(alice):
    labels = {"kind": "signed_in"}
    before = value("sign_ins_total", method="password"), value("security_events_total", **labels)
    open_session(user=alice, caller=Caller(), method="password", now=timezone.now())
    assert value("sign_ins_total", method="password") == before[0] + 1
    assert value("security_events_total", **labels) == before[1] + 1


def test_a_limit_that_was_hit_is_counted_by_its_scope(limits, alice_client):
    before = value("rate_refusals_total", scope="page")
    limits(page=0)
    assert alice_client.get("/tasks").status_code == 429
    assert value("rate_refusals_total", scope="page") == before + 1


def test_hits_and_misses_of_the_cache_are_counted():
    before = {result: value("cache_reads_total", result=result) for result in ("hit", "miss")}
    cache.delete("metrics-test")
    assert cache.get("metrics-test", "nothing") == "nothing"
    cache.set("metrics-test", None)
    assert cache.get("metrics-test", "nothing") is None
    assert {result: value("cache_reads_total", result=result) - count for result, count in before.items()} == {
        "hit": 1,
        "miss": 1,
    }


def test_what_waits_is_told_with_the_age_of_the_oldest(alice):
    now = timezone.now()
    Errand.objects.create(task="some.task", args=[], created_at=now - timedelta(hours=2))
    Errand.objects.create(task="some.task", args=[], created_at=now)
    PlanJob.objects.create(user=alice, created_at=now - timedelta(minutes=3))
    User.objects.filter(pk=alice.pk).update(deletion_due_at=now + timedelta(days=3))
    found = {undone.kind: (undone.rows, undone.age) for undone in find_condition(now, lambda: 0).undone}
    assert found == {
        "errand": (2, timedelta(hours=2)),
        "plan_job": (1, timedelta(minutes=3)),
        "erasure": (1, timedelta()),
        "calendar": (0, timedelta()),
    }


def test_a_periodic_task_that_did_not_run_in_time_is_late():
    now = timezone.now()
    # A run that began a minute and a half ago; it kept others away for 50 seconds.
    Lease.objects.create(name="sweep-errands", held_until=now - timedelta(seconds=40))
    Lease.objects.create(name="roll-calendar-windows", held_until=now - timedelta(hours=1))
    ticks = {tick.name: tick for tick in find_condition(now, lambda: 0).ticks}
    assert ticks["sweep-errands"].age == timedelta(seconds=90)
    assert not ticks["sweep-errands"].is_late
    assert ticks["roll-calendar-windows"].is_late
    assert ticks["sweep-plan-jobs"].is_late, "it never ran, and should each minute"
    assert not ticks["forget-old-plans"].is_late, "its first hour may not be over"
    assert set(ticks) == set(settings.CELERY_BEAT_SCHEDULE)


def test_how_far_calendars_reach_ahead_is_told(alice):
    now = timezone.now()
    CalendarFactory(user=alice, expanded_until=now + timedelta(days=300))
    CalendarFactory(user=alice, expanded_until=now + timedelta(days=20))
    assert find_condition(now, lambda: 0).reaches == {"calendar_windows": timedelta(days=20)}


def test_processes_sit_apart_and_the_next_one_goes_on_counting_where_one_ended(tmp_path):
    say = (
        "import sys, pathlib; from timeflow.lib import metrics; from timeflow.lib.metrics import together as t;"
        "from timeflow.lib.metrics.telling import told_by_counters;"
        "t.count_together(pathlib.Path(sys.argv[1])); metrics.ERRORS.labels('x').inc();"
        "print(sum(n for _, n in told_by_counters().errors), flush=True); sys.stdin.read()"
    )
    pipe = subprocess.PIPE

    def begin() -> subprocess.Popen:
        return subprocess.Popen(
            [sys.executable, "-c", say, str(tmp_path)], cwd=settings.BASE_DIR, stdin=pipe, stdout=pipe, text=True
        )

    def said(process: subprocess.Popen) -> float:
        return float(process.stdout.readline())

    first = begin()
    counts = [said(first)]
    second = begin()
    counts.append(said(second))
    files = {f"{kind}_{seat}.db" for kind in ("counter", "histogram") for seat in (0, 1)}
    assert {path.name for path in tmp_path.glob("*.db")} == files, "two containers have processes of the same ids"
    second.kill()
    second.communicate()
    third = begin()
    counts.append(said(third))
    assert counts == [1, 2, 3]
    assert len([*tmp_path.glob("*.seat")]) == 2
    for process in (first, third):
        process.communicate()
    assert Seats(tmp_path)() == 0
    assert not list(tmp_path.glob("counter_1.db")), "whoever is first begins anew"


def test_a_folder_that_cannot_be_written_stops_nobody(tmp_path):
    (tmp_path / "taken").write_text("")
    say = (
        "import sys, pathlib; from timeflow.lib import metrics; from timeflow.lib.metrics import together as t;"
        "from timeflow.lib.metrics.telling import told_by_counters;"
        "t.count_together(pathlib.Path(sys.argv[1])); metrics.ERRORS.labels('x').inc();"
        "print(told_by_counters().errors)"
    )
    command = [sys.executable, "-c", say, str(tmp_path / "taken" / "metrics")]
    done = subprocess.run(command, cwd=settings.BASE_DIR, capture_output=True, text=True, check=True)
    assert ("x", 1) in ast.literal_eval(done.stdout)
    assert "counted in this process alone" in done.stderr


@override_settings(METRICS_DIR=settings.VAR_DIR / "nothing-here")
def test_the_command_prints_the_same(capsys):
    call_command("metrics")
    printed = capsys.readouterr().out
    assert 'timeflow_up{part="database"} 1.0' in printed
    names = {*re.findall(r"# TYPE (\w+)", printed)}
    assert names == {*re.findall(r"# TYPE (\w+)", scraped())}
