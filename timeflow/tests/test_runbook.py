"""What the runbook names exists: commands, metrics, events of the log, variables, routes, deeds of the back office."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import get_commands
from prometheus_client import CollectorRegistry

from accounts.admin import back_office
from accounts.models import Connection, SecurityEvent
from timeflow.lib.condition import Condition
from timeflow.lib.logs import Suspicion
from timeflow.lib.metrics import COUNTED
from timeflow.lib.metrics.gauges import Gauges
from timeflow.lib.variables import VARIABLES
from timeflow.tests.every_route.walking import EVERY
from timeflow.tests.test_house_rules import ROOT, is_test, python_files

PAGES = {name: (ROOT / "docs" / name).read_text() for name in ("RUNBOOK.md", "MONITORING.md")}
RUNBOOK = PAGES["RUNBOOK.md"]
SPANS = re.findall(r"`([^`]+)`", RUNBOOK)
PROBES = {"healthz", "readyz"}
VERSIONS = ("TimeFlow", "Python", "Django", "Database")


def metric_names() -> set[str]:
    registry = CollectorRegistry()
    registry.register(Gauges(Condition(dict.fromkeys(VERSIONS, ""), disk_free=0, disk_size=0)))
    families = [*COUNTED.collect(), *registry.collect()]
    return {f"{family.name}_total" if family.type == "counter" else family.name for family in families}


def test_its_commands_exist():
    named = {*re.findall(r"manage\.py (\w+)", RUNBOOK)}
    assert named
    assert named <= set(get_commands())


def test_its_metrics_exist_and_every_metric_is_explained():
    named = {*re.findall(r"timeflow_[a-z_]+", RUNBOOK)}
    assert named
    assert named <= metric_names()
    assert {*re.findall(r"timeflow_[a-z_]+", PAGES["MONITORING.md"])} - {"timeflow_"} <= metric_names()
    table = PAGES["MONITORING.md"].partition("| metric | labels | says |")[2].partition("\n\n")[0]
    explained = {
        f"timeflow_{name}" for row in table.splitlines()[2:] for name in re.findall(r"`(\w+)`", row.split("|")[1])
    }
    assert explained == metric_names()


def test_its_labels_are_those_of_the_code(db):
    named = {*re.findall(r'timeflow_\w+{(\w+)="([^"]+)"}', RUNBOOK)}
    assert named <= {
        *(("part", name) for name in ("database", "redis")),
        *(("kind", name) for name in ("errand", "plan_job", "erasure", "calendar")),
        *(("task", name) for name in settings.CELERY_BEAT_SCHEDULE),
        ("what", "calendar_windows"),
        *(("provider", name) for name in Connection.Provider.values),
    }


def test_its_events_of_the_log_exist():
    named = {*re.findall(r"security\.(\w+)", RUNBOOK)}
    assert named
    assert named <= {*Suspicion, *SecurityEvent.Kind}


@pytest.mark.parametrize("words", ["task failed", "Redis does not answer", "could not be erased yet", "duration_ms"])
def test_its_words_of_the_log_are_those_that_are_logged(words):
    assert f"`{words}`" in RUNBOOK
    ours = [path for path in python_files() if not is_test(path)]
    assert any(words in path.read_text() for path in ours)


def test_its_variables_exist():
    named = {span for span in SPANS if re.fullmatch(r"[A-Z][A-Z_]{4,}", span)} - {"VACUUM"}
    assert named
    assert named <= set(VARIABLES)


def test_its_deeds_are_offered_in_the_back_office():
    offered = {
        getattr(getattr(type(page), action), "short_description", "")
        for page in back_office._registry.values()
        for action in page.actions
    }
    named = {*re.findall(r"“([A-Z][^”]*)”", RUNBOOK)}
    headings = {*re.findall(r"^## (.*)", RUNBOOK, re.MULTILINE), "Disk", "Periodic tasks"}
    deeds = named - headings
    assert deeds
    assert {deed for deed in deeds if not any(words.startswith(deed) for words in offered)} == set()


def test_its_tasks_and_routes_exist():
    assert "settings-import" in {route.name for route in EVERY}
    assert all(name in {route.name for route in EVERY} for name in PROBES)
    assert {*re.findall(r"`(\w+\.tasks\.\w+)`", RUNBOOK)} == {"accounts.tasks.send_notice"}


def test_its_links_lead_somewhere():
    linked = {*re.findall(r"\]\(([^)#]+)\)", RUNBOOK)}
    assert linked
    assert all((ROOT / "docs" / Path(name)).exists() for name in linked)
