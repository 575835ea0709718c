"""The files that Docker Compose reads, and the Dockerfile, against what they speak of."""

import re
import subprocess
import sys
from configparser import ConfigParser
from pathlib import Path

import pytest
import yaml
from django.apps import apps
from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.finders import get_finder
from django.core.management import get_commands
from django.test import Client

from timeflow.__main__ import ROLES
from timeflow.lib.secrets import SECRETS
from timeflow.lib.variables import VARIABLES

ROOT = Path(settings.BASE_DIR)
FILES = ("compose.yaml", "compose.scale.yaml")
DOCKERFILE = (ROOT / "Dockerfile").read_text()
IMAGE = "timeflow:0.1.0"
# What a service may hold besides, where another program than TimeFlow is inside.
OTHERS = {"POSTGRES_USER", "POSTGRES_DB", "POSTGRES_PASSWORD_FILE"}
# Seconds after which a platform kills what it asked to stop.
GRACE = "40s"


def read(name: str) -> dict:
    return yaml.safe_load((ROOT / name).read_text())


ALL = [(file, name, service) for file in FILES for name, service in read(file)["services"].items()]
OURS = [(file, name, service) for file, name, service in ALL if service["image"] == IMAGE]


def named(services: list) -> dict:
    return {"argvalues": services, "ids": [f"{file}-{name}" for file, name, _ in services]}


@pytest.mark.parametrize("file", FILES)
def test_it_is_as_the_compose_specification_says(file):
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", file]
    checked = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout


def test_one_person_needs_to_say_nothing_but_where_it_is_reached():
    text = (ROOT / "compose.yaml").read_text()
    assert set(re.findall(r"\$\{(\w+)", text)) == {"PUBLIC_URL"}
    assert len(read("compose.yaml")["services"]) == 1


@pytest.mark.parametrize(("file", "name", "service"), **named(OURS))
def test_each_variable_is_documented_and_each_command_is_there(file, name, service):
    given = {variable.removesuffix("_FILE") for variable in service["environment"]}
    assert given <= set(VARIABLES)
    assert len(service["command"]) == 1
    known = get_commands() if service.get("entrypoint") == ["python", "manage.py"] else ROLES
    assert service["command"][0] in known


def test_what_the_image_sets_for_itself_is_documented():
    set_there = set(re.findall(r"^ENV ([A-Z_]+)=|^    ([A-Z_]+)=", DOCKERFILE, re.MULTILINE))
    names = {first or second for first, second in set_there}
    assert names - {"PATH", "PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED"} <= set(VARIABLES)
    assert "DATA_DIR" in names


@pytest.mark.parametrize(("file", "name", "service"), **named(ALL))
def test_each_container_is_confined_bounded_and_given_time_to_stop(file, name, service):
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert {"mem_limit", "cpus", "stop_grace_period", "restart"} <= set(service)
    assert set(service.get("cap_add", [])) <= {"NET_BIND_SERVICE"}


@pytest.mark.parametrize(("file", "name", "service"), **named(OURS))
def test_ours_have_more_time_than_they_take_to_stop(file, name, service):
    assert service["stop_grace_period"] == GRACE
    assert settings.DRAIN_SECONDS < settings.STOP_SECONDS < int(GRACE.removesuffix("s"))
    assert settings.CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT < settings.STOP_SECONDS


@pytest.mark.parametrize(("file", "name", "service"), **named(ALL))
def test_each_image_is_of_a_version_that_is_named(file, name, service):
    assert re.fullmatch(r"[\w./-]+:v?\d+\.\d+[\w.-]*", service["image"])


def test_the_image_is_named_after_the_version_of_the_project():
    version = re.search(r'^version = "(.+)"$', (ROOT / "pyproject.toml").read_text(), re.MULTILINE)[1]
    assert f"timeflow:{version}" == IMAGE
    assert f"ARG VERSION={version}\n" in DOCKERFILE


@pytest.mark.parametrize(("file", "name", "service"), **named(ALL))
def test_whoever_is_waited_for_tells_how_it_is(file, name, service):
    services = read(file)["services"]
    for awaited, how in service.get("depends_on", {}).items():
        if how["condition"] == "service_completed_successfully":
            assert services[awaited]["restart"] == "no"
        else:
            assert how == {"condition": "service_healthy"}
            check = services[awaited].get("healthcheck", {"test": "the image's own"})
            assert check.get("test")


def test_nothing_serves_before_migrations_are_done_and_nobody_is_sent_to_what_does_not_serve():
    services = read("compose.scale.yaml")["services"]
    for name in ("web-1", "web-2", "worker", "beat"):
        assert services[name]["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}
    assert set(services["caddy"]["depends_on"]) == {"web-1", "web-2"}
    upstreams = re.search(r"reverse_proxy (.+) {", (ROOT / "deploy" / "Caddyfile").read_text())[1].split()
    assert upstreams == ["web-1:8000", "web-2:8000"]


def test_addresses_that_are_asked_for_health_answer(db):
    caddy = (ROOT / "deploy" / "Caddyfile").read_text()
    asked = {re.search(r"health_uri (\S+)", caddy)[1], re.search(r"\}(/\w+)'", DOCKERFILE)[1]}
    for path in asked:
        assert Client().get(path).status_code == 200


def test_every_secret_is_a_file_that_is_made_and_that_its_container_is_given():
    written = read("compose.scale.yaml")
    made = (ROOT / "script" / "secrets").read_text()
    for name, secret in written["secrets"].items():
        assert secret == {"file": f"secrets/{name}"}
        assert name in made
    for service in written["services"].values():
        given = {each if isinstance(each, str) else each["source"] for each in service.get("secrets", [])}
        assert given <= set(written["secrets"])
        named_files = {path for key, path in service.get("environment", {}).items() if key.endswith("_FILE")}
        assert {path.removeprefix("/run/secrets/") for path in named_files} <= given
    assert set(SECRETS) <= set(written["secrets"])


def test_only_caddy_is_reached_from_outside_and_databases_reach_nothing():
    written = read("compose.scale.yaml")
    assert [name for name, service in written["services"].items() if "ports" in service] == ["caddy"]
    assert written["networks"]["inside"] == {"internal": True}
    for name in ("database", "pgbouncer", "redis"):
        assert written["services"][name]["networks"] == ["inside"]


def test_all_of_ours_count_in_one_place_and_a_backup_outlives_the_container_that_made_it():
    services = read("compose.scale.yaml")["services"]
    ours = {name: service for name, service in services.items() if service["image"] == IMAGE}
    assert {"web-1", "web-2", "worker", "beat", "manage"} <= set(ours)
    assert {tuple(service["volumes"]) for service in ours.values()} == {("data:/data",)}
    assert "METRICS_DIR" not in services["web-1"]["environment"], "they count below DATA_DIR"


def test_backups_are_made_by_programs_of_the_database_s_version():
    database = re.match(r"postgres:(\d+)\.", read("compose.scale.yaml")["services"]["database"]["image"])[1]
    installed = re.search(r"postgresql-client-(\d+)", DOCKERFILE)[1]
    copied = re.findall(r"/usr/lib/postgresql/(\d+)/bin/(\w+)", DOCKERFILE)
    assert {*copied} == {(database, "pg_dump"), (database, "pg_restore")}
    assert installed == database


def test_metrics_are_for_machines_of_one_s_own():
    assert "respond /metrics 404" in (ROOT / "deploy" / "Caddyfile").read_text()


def test_the_proxy_whose_word_is_taken_is_caddy():
    services = read("compose.scale.yaml")["services"]
    caddy = services["caddy"]["networks"]["outside"]["ipv4_address"]
    assert services["web-1"]["environment"]["TRUSTED_PROXIES"] == caddy


def test_pgbouncer_finds_the_database_and_listens_where_it_is_asked():
    file = ROOT / "deploy" / "pgbouncer.ini"
    told = ConfigParser(delimiters="=", strict=False)
    told.read(file)
    assert "host=database" in told["databases"]["*"]
    check = read("compose.scale.yaml")["services"]["pgbouncer"]["healthcheck"]["test"]
    assert told["pgbouncer"]["listen_port"] == check[-1]


def test_everything_that_is_installed_goes_into_the_image_and_no_test_or_secret_does():
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    rules = [line for line in lines if line and not line.startswith("#")]
    assert rules[0] == "*"
    taken = {rule.removeprefix("!") for rule in rules if rule.startswith("!")}
    own = {config.name.partition(".")[0] for config in apps.get_app_configs() if ROOT in Path(config.path).parents}
    own = {name for name in own if (ROOT / name).is_dir() and name != ".venv"}
    assert own <= taken
    assert taken <= {path.name for path in ROOT.iterdir()}
    assert taken.isdisjoint({"var", "secrets", ".git", ".env", "conftest.py"})
    assert {"**/tests", "**/.*"} <= set(rules)


def test_the_last_stage_runs_as_a_user_of_its_own_and_takes_signals_itself():
    last = DOCKERFILE.rpartition("\nFROM ")[2]
    assert "\nUSER 10001:10001\n" in last
    assert '\nENTRYPOINT ["python", "-m", "timeflow"]\n' in last
    assert "\nVOLUME /data\n" in last
    assert "pip" not in last


def test_browser_files_are_read_where_they_were_collected_if_npm_s_own_folder_is_not_kept(tmp_path, settings):
    settings.BASE_DIR = tmp_path
    get_finder.cache_clear()
    try:
        assert not finders.find("vendor/lucide/icons.json")
    finally:
        get_finder.cache_clear()
