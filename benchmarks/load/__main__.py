"""An hour of active people, compressed: `script/load` prints the tables of docs/RELIABILITY.md.

`--minutes` (10), `--people` (1,000 of them take turns), `--at-once` (100, half a step a second each), `--embedded` for
one process on SQLite. Needs PostgreSQL, PgBouncer and Redis installed, and starts its own.
"""

import argparse
import csv
import os
import resource
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families

from benchmarks.measuring import table
from benchmarks.stack import ROOT, Stack

EVERY = 15
"""Seconds between two looks at the memory."""
SERVED = ("request_seconds_count", "request_queries_total", "request_query_seconds_total", "request_seconds_sum")


def main() -> int:
    parser = argparse.ArgumentParser(prog="script/load", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--people", type=int, default=1000)
    parser.add_argument("--at-once", type=int, default=100)
    parser.add_argument("--embedded", action="store_true")
    asked = parser.parse_args()
    with Stack.embedded() if asked.embedded else Stack.of_servers() as stack:
        _say(f"Making {asked.people} people")
        people = _people(stack, asked.people)
        looks: list[dict[str, float]] = []
        done = threading.Event()
        watcher = threading.Thread(target=_watch, args=(stack, looks, done))
        watcher.start()
        before = _spent()
        _say(f"{asked.at_once} of them at once, for {asked.minutes:g} minutes")
        try:
            code = _locust(stack, people, asked)
        finally:
            done.set()
            watcher.join()
        _print_routes(stack.folder / "load_stats.csv")
        _print_queries(stack.metrics())
        _print_parts(stack, looks, _spent() - before)
        _print_errors(stack)
    return code


def _say(words: str) -> None:
    print(f"{words} …", file=sys.stderr, flush=True)


def _people(stack: Stack, number: int) -> Path:
    half = number // 2
    with ThreadPoolExecutor(2) as pool:
        made = pool.map(
            lambda span: stack.python("-m", "benchmarks.people", *map(str, span)), [(0, half), (half, number)]
        )
        lines = "".join(made)
    where = stack.folder / "people.json"
    where.write_text(lines)
    return where


def _locust(stack: Stack, people: Path, asked: argparse.Namespace) -> int:
    command = [sys.executable, "-m", "locust", "-f", str(ROOT / "benchmarks/load/active_people.py"), "--headless"]
    command += ["--host", f"http://127.0.0.1:{stack.port}", "--csv", str(stack.folder / "load"), "--only-summary"]
    command += ["-u", str(asked.at_once), "-r", "10", "-t", f"{round(asked.minutes * 60)}s"]
    environment = os.environ | {"TIMEFLOW_PEOPLE": str(people)}
    with (stack.folder / "locust.log").open("w") as log:
        code = subprocess.run(command, env=environment, stdout=log, stderr=log, check=False).returncode
    if code:
        print((stack.folder / "locust.log").read_text()[-3000:], file=sys.stderr)
    return code


def _watch(stack: Stack, looks: list[dict[str, float]], done: threading.Event) -> None:
    began = time.monotonic()
    while not done.wait(EVERY):
        looks.append({"s": time.monotonic() - began} | {part.name: part.memory for part in stack.parts.values()})


def _print_routes(where: Path) -> None:
    with where.open() as file:
        rows = list(csv.DictReader(file))
    print(
        table(
            ["route", "requests", "errors", "a second", "p50 ms", "p95 ms", "p99 ms"],
            (
                (
                    row["Name"] if row["Name"] != "Aggregated" else "**all**",
                    row["Request Count"],
                    row["Failure Count"],
                    f"{float(row['Requests/s']):.1f}",
                    *(row[share] for share in ("50%", "95%", "99%")),
                )
                for row in rows
            ),
        )
    )


def _print_queries(metrics: str) -> None:
    """What the web processes counted themselves."""
    sums: dict[str, dict[str, float]] = {}
    for family in text_string_to_metric_families(metrics):
        for sample in family.samples:
            if (name := sample.name.removeprefix("timeflow_")) in SERVED:
                of_route = sums.setdefault(sample.labels["route"], dict.fromkeys(SERVED, 0.0))
                of_route[name] += sample.value
    print()
    print(
        table(
            ["route, seen from within", "requests", "queries each", "ms in the database", "ms in all"],
            (
                (
                    route,
                    f"{count:.0f}",
                    *(
                        f"{1000 * seconds / count:.1f}" if at else f"{seconds / count:.1f}"
                        for at, seconds in enumerate(rest)
                    ),
                )
                for route, (count, *rest) in sorted((route, found.values()) for route, found in sums.items())
                if count > 10
            ),
        )
    )


def _spent() -> float:
    """CPU seconds of this process' children that ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _print_parts(stack: Stack, looks: list[dict[str, float]], by_the_load: float) -> None:
    """Memory at the first look, in the middle, at the end; and who used the processors."""
    chosen = [looks[0], looks[len(looks) // 2], looks[-1]]
    head = ["part", *(f"MB after {look['s']:.0f} s" for look in chosen), "CPU seconds"]
    rows = [
        (name, *(f"{look[name]:.0f}" for look in chosen), f"{part.seconds:.0f}") for name, part in stack.parts.items()
    ]
    print()
    print(table(head, [*rows, ("the load itself", "", "", "", f"{by_the_load:.0f}")]))


def _print_errors(stack: Stack) -> None:
    """What the processes logged as errors."""
    for name, part in stack.parts.items():
        _, found, rest = part.log.read_text().partition(" error ")
        if found:
            print(f"\nThe first error of {name}:\n{rest[:5000]}")


if __name__ == "__main__":
    sys.exit(main())
