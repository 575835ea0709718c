"""What the pages in docs/ and README.md say is so: settings, commands, scripts, roles, routes, links, folders."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import get_commands

from timeflow.__main__ import ROLES
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
    """Names given to `env.kind("NAME")`, `vault.kind("NAME")` `os.environ`; the default, if it is a plain one."""
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
