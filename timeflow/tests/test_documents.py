"""What the pages in docs/ and README.md say is so: settings, commands, scripts, roles, routes, links, folders."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import get_commands

from accounts.services.deletion import TIME_TO_RETURN
from scheduling.services.jobs import SILENCE
from timeflow import gunicorn
from timeflow.__main__ import ROLES
from timeflow.lib import bounds, migrating, web_worker
from timeflow.lib.checks.servers import CLOSE_ENOUGH
from timeflow.lib.uploads import MAX_UPLOAD_BYTES
from timeflow.lib.variables import VARIABLES, page
from timeflow.tests.every_route.walking import EVERY
from timeflow.tests.test_house_rules import ROOT, is_test, python_files

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
SCRIPTS = {path.name for path in (ROOT / "script").iterdir()}
# Ours are set for programs of others to read.
OF_OTHERS = {"DJANGO_SETTINGS_MODULE", "REMAP_SIGTERM"}
# What looks like an address and is a folder.
FOLDERS = ("/data", "/dev/", "/tmp", "/var/", "/srv/", "/etc/")  # noqa: S108


def each_page() -> dict:
    return {"argvalues": PAGES, "ids": [path.name for path in PAGES]}


def environment_read_by(path: Path) -> Iterator[tuple[str, object]]:
    """Names given to `env.kind("NAME")`, `os.environ` and the like; the default, if it is a plain one."""
    for node in ast.walk(ast.parse(path.read_text())):
        match node:
            case ast.Call(func=ast.Attribute(value=owner), args=[ast.Constant(value=str(name)), *_]):
                given = [word.value for word in node.keywords if word.arg == "default"]
                default = given[0].value if given and isinstance(given[0], ast.Constant) else None
            case ast.Subscript(value=owner, slice=ast.Constant(value=str(name))):
                default = None
            case _:
                continue
        if ast.unparse(owner) in {"env", "vault", "environ", "os.environ"}:
            yield name, default


READ = [
    (name, default)
    for path in python_files()
    if not is_test(path) and ROOT / "benchmarks" not in path.parents
    for name, default in environment_read_by(path)
    if name not in OF_OTHERS
]


def test_every_variable_that_is_read_is_declared_and_no_other():
    assert {name for name, _ in READ} == set(VARIABLES)


@pytest.mark.parametrize(("name", "default"), [pair for pair in READ if pair[1] not in {None, ""}])
def test_a_variable_s_default_is_the_one_that_is_declared(name, default):
    words = "off" if default is False else str(default)
    assert re.search(rf"(^|\W){re.escape(words)}(\W|$)", VARIABLES[name].default)


def test_the_page_of_settings_is_what_the_table_prints():
    committed = (ROOT / "docs" / "SETTINGS.md").read_text()
    assert committed == page(), "python manage.py settings_page > docs/SETTINGS.md prints it anew"


@pytest.mark.parametrize("path", **each_page())
def test_commands_scripts_and_roles_that_are_named_exist(path):
    text = path.read_text()
    assert {*re.findall(r"manage(?:\.py)? ([a-z_]+)", text)} <= set(get_commands())
    assert {*re.findall(r"\bscript/([a-z_]+)", text)} <= SCRIPTS
    assert {*re.findall(r"-m timeflow ([a-z]+)", text)} <= set(ROLES)


@pytest.mark.parametrize("path", **each_page())
def test_links_lead_somewhere(path):
    linked = {*re.findall(r"\]\(((?!https?:)[^)#]+)", path.read_text())}
    assert [name for name in linked if not (path.parent / name).exists()] == []


@pytest.mark.parametrize("path", **each_page())
def test_addresses_that_are_named_are_routes(path):
    named = {address for address in re.findall(r"`(/[^` ]*)`", path.read_text()) if not address.startswith(FOLDERS)}
    patterns = [f"/{route.pattern}" for route in EVERY]
    assert [address for address in named if not any(pattern.startswith(address) for pattern in patterns)] == []


def test_readme_says_what_each_script_is_for():
    row = re.search(r"^\| `script/` \| (.*) \|$", (ROOT / "README.md").read_text(), re.MULTILINE)[1]
    assert set(re.findall(r"`(\w+)`", row)) == SCRIPTS


def test_readme_s_commands_are_there():
    table = (ROOT / "README.md").read_text().partition("| command | what it does |")[2].partition("\n\n")[0]
    named = {name for row in table.splitlines()[2:] for name in re.findall(r"`([a-z_]+)", row.split("|")[1])}
    assert len(named) > 10
    assert named <= set(get_commands())


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("DEPLOYMENT.md", f"a request that takes longer than {web_worker.SECONDS_TO_ASK} seconds to come"),
        ("DEPLOYMENT.md", f"within {settings.CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT} seconds and gives the rest back"),
        ("DEPLOYMENT.md", f"as many as `WORKER_CONCURRENCY` says ({VARIABLES['WORKER_CONCURRENCY'].default})"),
        ("DEPLOYMENT.md", f"the clock is more than {CLOSE_ENOUGH} seconds from"),
        ("DEPLOYMENT.md", f"threads = {gunicorn.threads} × web processes + 2 × workers"),
        ("SETTINGS.md", f"how many processes serve, each with {gunicorn.threads} threads"),
        ("UPGRADING.md", f"gives up after {migrating.LOCK_TIMEOUT.removesuffix('s')} seconds of waiting for a lock"),
        ("UPGRADING.md", f"a statement of it after {migrating.STATEMENT_TIMEOUT.removesuffix('min')} minutes"),
        ("RUNBOOK.md", f"taken up by another worker after {SILENCE.seconds} seconds"),
        ("ARCHITECTURE.md", f"Signing in within {TIME_TO_RETURN.days} days takes it back"),
    ],
)
def test_numbers_are_those_of_the_code(name, words):
    assert words in " ".join((ROOT / "docs" / name).read_text().split())


@pytest.mark.parametrize("name", ["Caddyfile", "Caddyfile.debian"])
def test_the_proxy_takes_the_largest_file_that_may_be_sent(name):
    largest = int(re.search(r"max_size (\d+)MB", (ROOT / "deploy" / name).read_text())[1]) * 1000 * 1000
    assert largest > MAX_UPLOAD_BYTES > bounds.FILE
    assert largest > settings.DATA_UPLOAD_MAX_MEMORY_SIZE


def test_the_table_of_what_is_needed_counts_as_it_says():
    table = (
        (ROOT / "docs" / "DEPLOYMENT.md").read_text().partition("## How much is needed\n")[2].partition("\n\nActive")[0]
    )
    rows = [[cell.strip().replace(",", "") for cell in row.split("|")[2:9]] for row in table.splitlines()[3:]]
    assert len(rows) == 5
    for web, workers, _cores, _memory, threads, connections, _pool in rows:
        assert int(threads) == gunicorn.threads * int(web) + 2 * int(workers)
        assert connections in {"–", str(2 * int(threads) + 10)}
