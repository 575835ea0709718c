"""The rules of the house that a machine can hold: sizes, clocks, names, escaping, and what is documented.

A rule's exceptions are listed here with their reason, so that a new one is a decision and not an accident.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
APPS = ("timeflow", "accounts", "billing", "availability", "scheduling", "assistant")
MAX_FILE_LINES = 400
MAX_FUNCTION_LINES = 40
MAX_MODULE_LINES = 100

# Where `now` is read and passed down. `queue.periodic` and `idempotency.idempotent` wrap doors and read it for them.
DOORS = {
    "views",
    "api",
    "tasks",
    "admin",
    "management",
    "middleware",
    "authentication",
    "adapter",
    "social_adapter",
    "signals",
    "context",
    "queue",
    "idempotency",
    "runner",
    "benchmarks",
    "checks",
}
CLOCKS = {
    ("timezone", "now"),
    ("timezone", "localtime"),
    ("timezone", "localdate"),
    ("datetime", "now"),
    ("datetime", "utcnow"),
    ("datetime", "today"),
    ("date", "today"),
    ("time", "time"),
    ("time", "monotonic"),
    ("time", "perf_counter"),
}
CLOCK_READERS = {
    "timeflow/lib/outbound.py": "it measures how long a server keeps it waiting",
    "timeflow/lib/web_worker.py": "it measures how long a client keeps it waiting",
    "timeflow/fakes/google/clock.py": "it is the clock of another service",
    "timeflow/fakes/google/push.py": "it measures when what is to be late is due",
    "accounts/models/people.py": "Django's own account life asks for a creation time before any door can pass one",
}
# What opens a connection to another server by itself, where else it does so, and to whom.
NETWORK = {"requests", "httpx", "httpcore", "urllib3", "aiohttp", "urllib.request", "http.client", "socket", "smtplib"}
CALLERS = {
    "timeflow/lib/outbound.py": "the guarded way to addresses that people give",
    "timeflow/lib/doctor.py": "to PUBLIC_URL, which is this installation itself",
    "timeflow/lib/web_worker.py": "to nobody: it is how the web process listens",
    "timeflow/processes.py": "to the server that it started",
    "timeflow/fakes/google/push.py": "to watchers on this machine",
    "timeflow/fakes/google/visiting.py": "to the stand-in, as a browser",
    "timeflow/runner.py": "to nobody: it asks whether a port is free",
    "accounts/gateways/google.py": "to Google's own addresses",
    "availability/gateways/google/client.py": "to Google's own addresses",
    "availability/gateways/caldav/door.py": "to nobody: it takes from requests how a password is proved by a digest",
    "benchmarks/image.py": "to the containers that it started",
    "benchmarks/stack.py": "to the servers that it started",
}
# Longer than they should be; a name leaves this list when it is short enough, and none comes in.
STILL_LONG = {
    "scheduling/domain/planner/build.py build_problem",
    "scheduling/selectors/planning.py load_week",
}
VAGUE = {"data", "info", "manager", "helper", "helpers", "util", "utils", "process", "handle", "common", "misc"}


def python_files() -> list[Path]:
    found = [path for app in APPS for path in (ROOT / app).rglob("*.py")]
    return sorted([*found, *ROOT.glob("*.py"), *(ROOT / "benchmarks").rglob("*.py")])


def templates() -> list[Path]:
    return sorted(path for folder in (ROOT / "templates", *APPS) for path in (ROOT / folder).rglob("*.html"))


def ours(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def is_test(path: Path) -> bool:
    return "tests" in path.parts or path.name == "conftest.py"


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def test_a_file_fits_in_one_head():
    counts = {ours(path): _lines(path) for path in python_files() if "migrations" not in path.parts}
    long = {name: count for name, count in counts.items() if count > MAX_FILE_LINES}
    assert set(long) == {name for name in STILL_LONG if " " not in name}, (
        f"longer than {MAX_FILE_LINES} lines; make it a folder of the same name: {long}"
    )


def test_an_es_module_stays_small():
    scripts = [*(ROOT / "static").rglob("*.js")]
    long = {ours(path): count for path in scripts if (count := _lines(path)) > MAX_MODULE_LINES}
    assert not long, f"longer than {MAX_MODULE_LINES} lines: {long}"


def test_a_function_fits_on_a_screen():
    long = {
        f"{ours(path)} {function.name}": length
        for path in python_files()
        if "migrations" not in path.parts
        for function in functions(path)
        if (length := _length(function)) > MAX_FUNCTION_LINES
    }
    assert set(long) == {name for name in STILL_LONG if " " in name}, f"longer than {MAX_FUNCTION_LINES} lines: {long}"


def _length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines from `def` to the end, without the docstring's."""
    first = function.body[0]
    has_docstring = ast.get_docstring(function, clean=False) is not None
    words = (first.end_lineno or 0) - first.lineno + 1 if has_docstring else 0
    return (function.end_lineno or 0) - function.lineno + 1 - words


def test_no_clock_is_read_below_a_door():
    found = [
        f"{ours(path)}:{line}"
        for path in python_files()
        if not is_test(path) and "migrations" not in path.parts and ours(path) not in CLOCK_READERS
        if DOORS.isdisjoint({*path.relative_to(ROOT).parts[:-1], path.stem})
        for line in _clock_lines(path)
    ]
    assert not found, f"pass `now` down from the door instead: {found}"


def _clock_lines(path: Path) -> list[int]:
    """Lines that call a clock or name one to be called later."""
    return [
        node.lineno
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute) and (_last_name(node.value), node.attr) in CLOCKS
    ]


def _last_name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def test_nothing_goes_out_but_by_the_guarded_client():
    found = {ours(path) for path in python_files() if not is_test(path) and NETWORK & _imported_by(path)}
    assert found == set(CALLERS), "addresses that people give are asked by timeflow.lib.outbound.OutboundSession alone"


def test_tables_for_spreadsheets_are_written_nowhere():
    """The first one is to be written by one helper that keeps a cell from being a formula (= + - @, tab, return)."""
    words = r"\bcsv\.(?:writer|DictWriter)\b|\bfrom csv import\b"
    found = {ours(path) for path in python_files() if not is_test(path) and re.search(words, path.read_text())}
    assert not found


def _imported_by(path: Path) -> set[str]:
    """Names of modules, each with all that it lies in."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return {".".join(parts[:size]) for name in names if (parts := name.split(".")) for size in range(1, len(parts) + 1)}


def test_no_module_class_or_function_has_a_name_that_says_nothing():
    found = [ours(path) for path in python_files() if path.stem in VAGUE]
    for path in python_files():
        for node in ast.walk(ast.parse(path.read_text())):
            is_command = isinstance(node, ast.FunctionDef) and node.name == "handle" and "management" in path.parts
            if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name.lower() in VAGUE and not is_command:
                found.append(f"{ours(path)}:{node.lineno} {node.name}")
    assert not found


def test_every_module_says_what_it_owns():
    silent = [
        ours(path)
        for path in python_files()
        if path.name not in ("__init__.py", "apps.py") and "migrations" not in path.parts and not is_test(path)
        if not ast.get_docstring(ast.parse(path.read_text()))
    ]
    assert not silent


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (r"\|\s*safe\b|\|\s*safeseq\b|autoescape\s+off", "text from outside is escaped"),
        (
            r"<(?:script|link|img|source|iframe|form)\b[^>]*?(?:src|href|action)=[\"'](?:https?:)?//",
            "nothing is loaded",
        ),
        (r"\sstyle=[\"']", "the content security policy forbids inline styles"),
        (r"\son[a-z]+=[\"']|hx-on|[\"']js:", "the content security policy forbids inline handlers"),
        (r"<script(?![^>]*nonce)", "a script without a nonce does not run"),
    ],
)
def test_no_template_holds(words: str, reason: str):
    found = [
        f"{ours(path)}:{number}"
        for path in templates()
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if re.search(words, line, re.IGNORECASE)
    ]
    assert not found, f"{reason}: {found}"


def test_no_style_sheet_or_script_of_ours_loads_from_elsewhere():
    files = [*(ROOT / "static").rglob("*.css"), *(ROOT / "static").rglob("*.js")]
    found = [
        ours(path) for path in files if re.search(r"(?:url\(|from |import\()\s*[\"']?(?:https?:)?//", path.read_text())
    ]
    assert not found


def test_text_is_marked_as_safe_nowhere_but_where_it_is_made_of_our_own_markup():
    allowed = {"timeflow/lib/templatetags/ui.py", "timeflow/lib/icons.py"}
    found = {ours(path) for path in python_files() if not is_test(path) and "mark_safe" in path.read_text()}
    assert found <= allowed


def _lines(path: Path) -> int:
    return len(path.read_text().splitlines())
