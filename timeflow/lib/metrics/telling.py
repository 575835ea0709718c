"""The few counters that a person looks at, what counted most first."""

import os
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from timeflow.lib.metrics.together import DOOR, FOLDER, counted

SHOWN = {"timeflow_errors": "logger", "timeflow_rate_refusals": "scope", "timeflow_security_events": "kind"}


@dataclass
class Told:
    """(name, how often) of each, most first. `since` is None where this process counts for itself."""

    since: datetime | None
    answers: int = 0
    failed: int = 0
    errors: list[tuple[str, int]] = field(default_factory=list)
    rate_refusals: list[tuple[str, int]] = field(default_factory=list)
    security_events: list[tuple[str, int]] = field(default_factory=list)


def told_by_counters() -> Told:
    """All of them in one reading."""
    told = Told(_began())
    for metric in counted().collect():
        for sample in metric.samples:
            if not sample.name.endswith("_total") or not sample.value:
                continue
            if metric.name == "timeflow_requests":
                told.answers += int(sample.value)
                told.failed += int(sample.value) if sample.labels["status"] == "5xx" else 0
            elif metric.name in SHOWN:
                names = getattr(told, metric.name.removeprefix("timeflow_"))
                names.append((sample.labels[SHOWN[metric.name]], int(sample.value)))
    for names in (told.errors, told.rate_refusals, told.security_events):
        names.sort(key=lambda entry: (-entry[1], entry[0]))
    return told


def _began() -> datetime | None:
    folder = os.environ.get(FOLDER)
    door = Path(folder) / DOOR if folder else None
    return datetime.fromtimestamp(door.stat().st_mtime, UTC) if door and door.exists() else None
