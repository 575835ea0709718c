"""Planning in the request against planning in the background: `python -m benchmarks.background` prints a table.

Some people plan again and again while others only look at Today. For each way: plans a second, how long a plan takes
from the click to its end, how long others wait for a page, and what becomes of a plan whose process is killed.
"""

import argparse
import json
import signal
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from benchmarks.measuring import percentile, table
from benchmarks.stack import Person, Stack, wait_until

PLANNERS, READERS = 6, 4
PATIENCE = 40
"""Seconds for a plan; nobody takes up again what an inline one left behind."""
INLINE = [sys.executable, "-m", "gunicorn", "benchmarks.inline_wsgi"]


@dataclass
class Seen:
    """Seconds of each, and what went wrong."""

    plans: list[float] = field(default_factory=list)
    pages: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=40)
    parser.add_argument("--tasks", type=int, default=60)
    asked = parser.parse_args()
    rows = []
    for words, start, computes in (
        ("embedded, in the request", _inline(Stack.embedded), "web"),
        ("embedded, in the background", Stack.embedded, "all"),
        ("servers, in the request", _inline(Stack.of_servers), "web"),
        ("servers, in the background", Stack.of_servers, "worker"),
    ):
        print(f"{words} …", file=sys.stderr, flush=True)
        with start() as stack:
            people = stack.people(PLANNERS + READERS + 1, tasks=asked.tasks)
            seen = _busy(stack, people, asked.seconds)
            fate = _killed(stack, people[-1], computes)
        plans, pages = ([1000 * each for each in times] for times in (seen.plans, seen.pages))
        if seen.errors:
            print(Counter(seen.errors), file=sys.stderr)
        rows.append(
            (
                words,
                f"{len(plans) / asked.seconds:.2f}",
                *(f"{percentile(plans, share):,.0f}" for share in (0.5, 0.95)),
                *(f"{percentile(pages, share):,.0f}" for share in (0.5, 0.95)),
                len(seen.errors),
                fate,
            )
        )
    head = ["planned", "plans a second", "a plan: p50 ms", "p95", "Today beside it: p50 ms", "p95", "errors"]
    print(table([*head, "its process is killed in the middle"], rows))


def _inline(start: Callable[[], Stack]) -> Callable[[], Stack]:
    """That stack, whose web process does all work itself, before it answers."""

    def started() -> Stack:
        stack = start()
        part = stack.parts.get("web") or stack.parts.pop("all")
        for idle in ("worker", "beat"):
            stack.parts.pop(idle, None)
        part.name, part.command = "web", INLINE
        stack.parts["web"] = part
        return stack

    return started


def _busy(stack: Stack, people: list[Person], seconds: float) -> Seen:
    seen, until = Seen(), time.monotonic() + seconds
    planning = [threading.Thread(target=_plan, args=(stack, each, until, seen)) for each in people[:PLANNERS]]
    reading = [threading.Thread(target=_read, args=(stack, each, until, seen)) for each in people[PLANNERS:-1]]
    for thread in [*planning, *reading]:
        thread.start()
    for thread in [*planning, *reading]:
        thread.join()
    return seen


def _plan(stack: Stack, person: Person, until: float, seen: Seen) -> None:
    """The limit of the scope `schedule` is kept: ten plans a minute."""
    while time.monotonic() < until:
        began = time.monotonic()
        try:
            seen.plans.append(_planned(stack, person))
        except RuntimeError as error:
            seen.errors.append(str(error))
        time.sleep(max(0, 6.1 - (time.monotonic() - began)))


def _planned(stack: Stack, person: Person) -> float:
    """Seconds from the click to the end of the plan. Raises `RuntimeError`."""
    clicked, until = datetime.now(UTC), time.monotonic() + PATIENCE
    job = _asked(stack, person, "POST", "/api/schedule", 202)
    while job["state"] in {"queued", "running"}:
        if time.monotonic() > until:
            raise RuntimeError(f"still {job['state']}")
        # The scope `api` allows two a second.
        time.sleep(0.6)
        job = _asked(stack, person, "GET", f"/api/schedule/jobs/{job['id']}", 200)
    if job["state"] != "done":
        raise RuntimeError(job["state"])
    return (datetime.fromisoformat(job["finished_at"]) - clicked).total_seconds()


def _asked(stack: Stack, person: Person, method: str, path: str, expected: int) -> dict[str, Any]:
    status, body = stack.ask(person, method, path)
    if status != expected:
        raise RuntimeError(str(status))
    return json.loads(body)


def _read(stack: Stack, person: Person, until: float, seen: Seen) -> None:
    while time.monotonic() < until:
        began = time.monotonic()
        status, _ = stack.ask(person, "GET", "/today")
        seen.pages.append(time.monotonic() - began)
        if status != 200:
            seen.errors.append(str(status))
        time.sleep(0.25)


def _killed(stack: Stack, person: Person, computes: str) -> str:
    """Kill what computes in the middle of a plan, start it again, and tell what became of the plan."""
    told: list[tuple[int, bytes]] = []
    asking = threading.Thread(target=lambda: told.append(stack.ask(person, "POST", "/api/schedule")))
    asking.start()
    time.sleep(0.2)
    if told:
        where = f"/api/schedule/jobs/{json.loads(told[0][1])['id']}"
        wait_until(
            lambda: _asked(stack, person, "GET", where, 200)["state"] != "queued", lambda: "No worker took the plan."
        )
    part = stack.parts[computes]
    part.send(signal.SIGKILL)
    part.stop()
    asking.join()
    part.start()
    status, body = told[0]
    if status != 202:
        return "the click failed, the plan was never made" if status == 0 else f"the click got {status}"
    where = f"/api/schedule/jobs/{json.loads(body)['id']}"
    took = wait_until(
        lambda: json.loads(stack.ask(person, "GET", where)[1] or b"{}").get("state") == "done",
        lambda: "The plan was never made.",
        seconds=180,
    )
    return f"the click was answered, the plan was there {took:.0f} s after the start"


if __name__ == "__main__":
    main()
