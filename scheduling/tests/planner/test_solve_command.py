"""`manage.py solve`: a problem in JSON in, its plan out; a wrong one gives a list and exit code 2."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

CASES = json.loads((Path(__file__).parents[1] / "cases" / "planning.json").read_text())["cases"]


def solve(source: Path) -> tuple[int, str, str]:
    out, err, code = io.StringIO(), io.StringIO(), 0
    try:
        call_command("solve", str(source), stdout=out, stderr=err, no_color=True)
    except SystemExit as stop:
        code = int(stop.code or 0)
    return code, out.getvalue(), err.getvalue()


def test_a_problem_comes_back_as_its_plan(tmp_path: Path) -> None:
    source = tmp_path / "problem.json"
    source.write_text(json.dumps(next(case["problem"] for case in CASES if case["id"] == "P27")))
    code, out, err = solve(source)
    plan: dict[str, Any] = json.loads(out)
    assert (code, err) == (0, "")
    assert plan["blocks"][2] == {
        "task": "B",
        "start": "2026-04-13T12:00-04:00",
        "end": "2026-04-13T13:00-04:00",
        "pinned": False,
        "state": "moved",
    }
    assert set(plan) == {
        "blocks",
        "removed",
        "tasks",
        "cost",
        "first_greedy_cost",
        "iterations",
        "capped",
        "elapsed_ms",
    }
    assert plan["cost"]["total"] == sum(part for name, part in plan["cost"].items() if name != "total")


def test_a_wrong_problem_lists_every_error_and_exits_with_two(tmp_path: Path) -> None:
    source = tmp_path / "problem.json"
    source.write_text(
        '{"time_zone": "Mars/Base", "now": "2026-02-30T08:00", "horizon_end": "2026-03-01T00:00", "x": 1}'
    )
    code, out, err = solve(source)
    assert (code, out) == (2, "")
    assert err.splitlines() == [
        "x: unknown field",
        "time_zone: is not a known time zone",
        "now: is not in the calendar",
    ]


def test_a_file_that_is_not_there_exits_with_two(tmp_path: Path) -> None:
    code, _, err = solve(tmp_path / "nothing.json")
    assert code == 2
    assert "No such file" in err


def test_a_problem_is_read_from_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    text = io.TextIOWrapper(io.BytesIO(json.dumps(CASES[0]["problem"]).encode()))
    monkeypatch.setattr("sys.stdin", text)
    code, out, _ = solve(Path("-"))
    assert code == 0
    assert len(json.loads(out)["blocks"]) == 2
