"""The worked cases, word for word as they were agreed."""

import json
from pathlib import Path
from typing import Any

import pytest

from scheduling.domain.planner import parse_problem, plan, result_json
from timeflow.lib.time import from_minutes, zone

CASES = json.loads((Path(__file__).parents[1] / "cases" / "planning.json").read_text())["cases"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['id']} {case['title']}")
def test_the_case_comes_out_as_agreed(case: dict[str, Any]) -> None:
    tz = zone(case["problem"]["time_zone"])
    problem = parse_problem(case["problem"])
    result = plan(problem)
    rendered = result_json(result, tz, problem.now)
    blocks = [[block.task, wall(block.start, tz), wall(block.end, tz)] for block in result.blocks]
    tasks = {task["id"]: task for task in rendered["tasks"]}
    expect = case["expect"]
    known = {
        "blocks": lambda want: blocks == want,
        "any_of": lambda want: blocks in want,
        "windows": lambda want: [block[1:] for block in blocks] == want,
        "starts_utc": lambda want: [f"{from_minutes(b.start):%Y-%m-%dT%H:%MZ}" for b in result.blocks] == want,
        "placed": lambda want: sum(task["placed_minutes"] > 0 for task in rendered["tasks"]) == want,
        "unscheduled": lambda want: sum(task["status"] == "unscheduled" for task in rendered["tasks"]) == want,
        "status": lambda want: {owner: tasks[owner]["status"] for owner in want} == want,
        "reason": lambda want: {owner: tasks[owner]["reason"]["code"] for owner in want} == want,
        "late_minutes": lambda want: {owner: tasks[owner]["late_minutes"] for owner in want} == want,
        "states": lambda want: {block.task: block.state for block in result.blocks} == want,
    }
    for name, want in expect.items():
        assert known[name](want), (name, want, blocks, rendered["tasks"])


def wall(minute: int, tz: Any) -> str:
    return f"{from_minutes(minute).astimezone(tz):%Y-%m-%dT%H:%M}"
