"""The units of systemd and the files for a machine without containers, against what they speak of."""

import re
import shutil
import subprocess
from configparser import ConfigParser
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import get_commands
from django.test import Client

from timeflow.__main__ import ROLES
from timeflow.lib.variables import VARIABLES
from timeflow.processes import COMMANDS

ROOT = Path(settings.BASE_DIR)
FOLDER = ROOT / "deploy" / "systemd"
SERVICES = sorted(FOLDER.glob("*.service"))
COMMON = FOLDER / "timeflow-.service.d" / "common.conf"
CADDY = (ROOT / "deploy" / "Caddyfile.debian").read_text()
HOW = (ROOT / "docs" / "DEPLOYMENT.md").read_text().partition("\n## Bare metal\n")[2].partition("\n## ")[0]


def read(path: Path) -> ConfigParser:
    unit = ConfigParser(interpolation=None, delimiters="=")
    unit.optionxform = str
    unit.read(path)
    return unit


def role_of(path: Path) -> str:
    return path.stem.removeprefix("timeflow-").removesuffix("@")


def named() -> dict:
    return {"argvalues": SERVICES, "ids": [path.name for path in SERVICES]}


@pytest.mark.parametrize("path", **named())
def test_each_service_starts_something_that_is_there(path):
    told = read(path)["Service"]
    command = re.fullmatch(r"/bin/sh -c 'cd -P \. && exec \"\$\$PWD/\.venv/bin/python\" (.+)'", told["ExecStart"])[1]
    if role_of(path) in ROLES:
        assert command == f"-m timeflow {role_of(path)}"
    else:
        program, name = command.split()[:2]
        assert program == "manage.py"
        assert name in get_commands()


def test_every_process_and_the_migration_have_a_service():
    assert {*COMMANDS, "migrate"} <= {role_of(path) for path in SERVICES}


@pytest.mark.parametrize("path", **named())
def test_what_runs_on_is_started_again_whatever_ended_it_and_what_runs_once_is_not(path):
    told = read(path)["Service"]
    if role_of(path) in COMMANDS:
        assert told["Restart"] == "always"
        assert {"MemoryMax", "TasksMax"} <= set(told)
    else:
        assert told["Type"] == "oneshot"
        assert "Restart" not in told


def test_all_have_more_time_to_stop_than_they_take():
    common = read(COMMON)
    patience = int(common["Service"]["TimeoutStopSec"])
    # In a public installation.
    drains = 5
    assert patience >= 40 > drains + settings.STOP_SECONDS
    assert patience > settings.CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT
    assert common["Unit"]["StartLimitIntervalSec"] == "0"
    assert not any("TimeoutStopSec" in read(path)["Service"] for path in SERVICES)


def test_all_are_confined_to_one_folder():
    told = read(COMMON)["Service"]
    assert told["ProtectSystem"] == "strict"
    for fence in ("NoNewPrivileges", "PrivateTmp", "ProtectHome", "PrivateDevices", "RestrictSUIDSGID"):
        assert told[fence] == "yes"
    assert told["CapabilityBoundingSet"] == ""
    assert "ReadWritePaths" not in told
    assert f"DATA_DIR=/var/lib/{told['StateDirectory']}\n" in HOW


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd is not installed")
def test_systemd_understands_all_of_them(tmp_path):
    shutil.copytree(FOLDER, tmp_path, dirs_exist_ok=True)
    for path in tmp_path.glob("*.service"):
        # Nothing is installed here.
        path.write_text(path.read_text().replace("/srv/timeflow/current", str(ROOT)))
    units = [str(path) for path in sorted(tmp_path.glob("timeflow-*.*")) if path.is_file()]
    checked = subprocess.run(["systemd-analyze", "verify", *units], capture_output=True, text=True, check=False)  # noqa: S607
    assert (checked.returncode, checked.stderr) == (0, "")


def test_variables_that_are_set_are_declared():
    of_units = [re.findall(r"^Environment=(\w+)=", path.read_text(), re.MULTILINE) for path in SERVICES]
    of_the_page = re.findall(r"^([A-Z_]+)=", HOW, re.MULTILINE)
    assert of_the_page
    assert {name for names in [*of_units, of_the_page] for name in names} <= set(VARIABLES)


def test_files_and_services_that_the_page_names_are_there():
    assert [name for name in re.findall(r"\bdeploy/[\w./-]*\w", HOW) if not list(ROOT.glob(f"{name}*"))] == []
    units = {path.name for path in FOLDER.iterdir()}
    named = set(re.findall(r"\btimeflow-(?:web@|worker|beat|migrate|backup\b(?:\.timer)?)", HOW))
    assert {name if "." in name else f"{name}.service" for name in named} <= units
    file = re.search(r">(/etc/\S+) <<END", HOW)[1]
    assert read(COMMON)["Service"]["EnvironmentFile"] == file
    assert f". {file}\n" in (ROOT / "deploy" / "timeflow-manage").read_text()


def test_caddy_sends_people_to_the_web_services_that_are_started(db):
    ports = set(re.findall(r"timeflow-web@(\d+)", HOW))
    assert set(re.search(r"reverse_proxy (.+) {", CADDY)[1].split()) == {f"127.0.0.1:{port}" for port in ports}
    assert Client().get(re.search(r"health_uri (\S+)", CADDY)[1]).status_code == 200
    assert "respond /metrics 404" in CADDY
